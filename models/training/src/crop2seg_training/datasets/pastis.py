"""Data sets in the layout of PASTIS (specification, 4.4).

`metadata.geojson`, `DATA_S2/S2_<id>.npy` (bands in the order of BANDS), `ANNOTATIONS/
TARGET_<id>.npy` (classes in the first layer) and, for parcels, `INSTANCE_ANNOTATIONS/
INSTANCES_<id>.npy`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from crop2seg_training.data.nomenclature import CROP2SEG, CROP2SEG_OF_PASTIS, PASTIS
from crop2seg_training.datasets.checks import as_dn, as_labels
from crop2seg_training.datasets.record import (
    DatasetError,
    Entry,
    LabelledSeries,
    LabelledSet,
    Place,
)
from crop2seg_training.datasets.s2tsczcrop import dates_of

PATCH_METRES = 1280.0
METADATA_FILE = "metadata.geojson"


def _coordinates(value: Any) -> Iterator[tuple[float, float]]:
    """All points of a GeoJSON coordinate list, however deep."""
    if value and isinstance(value[0], int | float):
        yield float(value[0]), float(value[1])
        return
    for part in value:
        yield from _coordinates(part)


def _place(feature: dict[str, Any]) -> Place | None:
    """Row and column of a patch's centre on a grid of the patch size."""
    geometry = feature.get("geometry")
    if not geometry:
        return None
    x, y = np.mean(list(_coordinates(geometry["coordinates"])), axis=0)
    tile = str(feature["properties"].get("TILE", ""))
    return Place(tile, int(-y // PATCH_METRES), int(x // PATCH_METRES))


def _entry(feature: dict[str, Any]) -> Entry:
    properties = feature["properties"]
    fold = properties.get("Fold")
    return Entry(
        str(properties["ID_PATCH"]), _place(feature), None if fold is None else str(int(fold))
    )


def _read(
    folder: Path, records: dict[str, dict[str, Any]], mapped: bool, entry: Entry
) -> LabelledSeries:
    image = folder / "DATA_S2" / f"S2_{entry.name}.npy"
    path = folder / "ANNOTATIONS" / f"TARGET_{entry.name}.npy"
    dn, target = np.load(image, allow_pickle=False), np.load(path, allow_pickle=False)
    labels = as_labels(target[0] if target.ndim == 3 else target, dn.shape[-2:], PASTIS, path)
    if mapped:
        labels = np.array(CROP2SEG_OF_PASTIS, np.uint8)[labels]
    instances = folder / "INSTANCE_ANNOTATIONS" / f"INSTANCES_{entry.name}.npy"
    parcels = np.load(instances, allow_pickle=False) if instances.is_file() else None
    days = dates_of(records[entry.name], entry.name, folder / METADATA_FILE)
    if len(days) != len(dn):
        raise DatasetError(f"S2_{entry.name} in {folder} has {len(dn)} dates, not {len(days)}")
    order = np.argsort(days, kind="stable")
    dn = as_dn(dn[order], image)
    owned = None if parcels is None else parcels.astype(np.int32)
    return LabelledSeries(entry.name, dn, days[order], labels, owned)


def open_pastis(folder: Path, mapped: bool) -> LabelledSet:
    """A data set in this layout, with its own 20 classes or `mapped` to those of Crop2Seg.

    Raises DatasetError.
    """
    path = folder / METADATA_FILE
    if not path.is_file():
        raise DatasetError(f"{folder} has no {METADATA_FILE}")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    if not features:
        raise DatasetError(f"{path} lists no patch")
    records = {
        str(feature["properties"]["ID_PATCH"]): feature["properties"] for feature in features
    }
    return LabelledSet(
        name=folder.name,
        kind="real",
        scheme=CROP2SEG if mapped else PASTIS,
        entries=tuple(_entry(feature) for feature in features),
        read=partial(_read, folder, records, mapped),
    )
