"""Data sets in the layout of S2TSCzCrop (specification, 4.1).

`metadata.json`, `DATA_S2/S2_<id>` (arrays without extension, bands as stored by the predecessor),
`ANNOTATIONS/TARGET_<id>`, and `NORM_S2_patch.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from crop2seg_training.data.nomenclature import CROP2SEG
from crop2seg_training.data.normalisation import Normalisation
from crop2seg_training.data.season import season_start
from crop2seg_training.datasets.checks import as_dn, as_labels
from crop2seg_training.datasets.parts import parts_of_folds
from crop2seg_training.datasets.record import (
    DatasetError,
    Entry,
    LabelledSeries,
    LabelledSet,
    Place,
)

STORED_BANDS = ("B04", "B03", "B02", "B08", "B05", "B06", "B07", "B8A", "B11", "B12")
TO_MODEL_ORDER = (2, 1, 0, 4, 5, 6, 3, 7, 8, 9)
"""Stored channels that make the order of BANDS."""
TO_STORED_ORDER = tuple(TO_MODEL_ORDER.index(channel) for channel in range(len(TO_MODEL_ORDER)))
PATCHES_PER_TILE_SIDE = 82
NORM_FILE = "NORM_S2_patch.json"
_FIRST_MONTH = 9  # of a season, in the year before it


def read_records(path: Path) -> list[dict[str, Any]]:
    """Records of a metadata file: a JSON list, one object a line, or columns of values by row."""
    text = path.read_text(encoding="utf-8")
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(content, list):
        return content
    if isinstance(content, dict) and all(isinstance(v, dict) for v in content.values()):
        rows = next(iter(content.values()))
        return [{key: column[row] for key, column in content.items()} for row in rows]
    return [content]


def acquisition_days(dates: dict[str, Any], season: int | None = None) -> np.ndarray:
    """Day counts int32 [dates] of `{"0": "20180903", ...}`.

    The season is the year of the last date, or the next where none lies before that September.
    """
    taken = [_date(dates[key]) for key in sorted(dates, key=int)]
    if season is None:
        year = max(taken).year
        season = year + (min(taken) >= date(year, _FIRST_MONTH, 1))
    start = season_start(season)
    return np.array([(day - start).days for day in taken], np.int32)


def _date(value: Any) -> date:
    """`20180903` or `2018-09-03`. Raises DatasetError."""
    text = str(value)
    try:
        if "-" in text:
            return date.fromisoformat(text[:10])
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as error:
        raise DatasetError(f"{text!r} is no date such as 20180903 or 2018-09-03") from error


def dates_of(record: Mapping[str, Any], name: str, path: Path) -> np.ndarray:
    """Day counts of the `dates-S2` of one patch's record. Raises DatasetError, naming the patch."""
    content = record.get("dates-S2")
    try:
        # GeoJSON writers often store the object as text.
        dates = json.loads(content) if isinstance(content, str) else content
        if not isinstance(dates, dict) or not dates:
            raise DatasetError('it has no "dates-S2" such as {"0": "20180903"}')
        return acquisition_days(dates)
    except ValueError as error:
        raise DatasetError(f"patch {name} in {path}: {error}") from error


def read_norm(path: Path, fold: int = 1) -> Normalisation:
    """A norm file: `train`, or the mean over the folds that train where `fold` is the run's.

    Stored order becomes model order; files by fold are PASTIS's, in model order already.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if "train" in content:
        part = content["train"]
        mean, std = (np.array(part[key])[list(TO_MODEL_ORDER)] for key in ("mean", "std"))
    else:
        train = [
            f"Fold_{number}" for number, part in parts_of_folds(fold).items() if part == "train"
        ]
        if not set(train) <= set(content):
            raise DatasetError(f"{path} names neither train nor {', '.join(train)}")
        folds = [content[name] for name in train]
        mean, std = (np.mean([fold[key] for fold in folds], axis=0) for key in ("mean", "std"))
    return Normalisation(tuple(map(float, mean)), tuple(map(float, std)))


def _load(path: Path) -> np.ndarray:
    with path.open("rb") as file:
        array: np.ndarray = np.load(file, allow_pickle=False)
    return array


def _read(folder: Path, records: dict[str, dict[str, Any]], entry: Entry) -> LabelledSeries:
    record = records[entry.name]
    stored = _load(folder / "DATA_S2" / f"S2_{entry.name}")
    days = dates_of(record, entry.name, folder / "metadata.json")
    if stored.ndim != 4 or stored.shape[0] != len(days) or stored.shape[1] < len(STORED_BANDS):
        raise DatasetError(
            f"S2_{entry.name} in {folder} is {stored.shape}, not [{len(days)} dates, 10 bands, "
            "rows, columns]"
        )
    target = folder / "ANNOTATIONS" / f"TARGET_{entry.name}"
    labels = as_labels(_load(target), stored.shape[-2:], CROP2SEG, target)
    clouded, missing = (record.get(k) for k in ("Snow_Cloud_Cover", "Nodata_Cover"))
    clear = None
    if clouded is not None:
        lost = _per_date(clouded) + (_per_date(missing) if missing is not None else 0.0)
        clear = np.clip(1.0 - lost, 0.0, 1.0).astype(np.float32)
    order = np.argsort(days, kind="stable")
    dn = as_dn(stored[order][:, list(TO_MODEL_ORDER)], folder / "DATA_S2" / f"S2_{entry.name}")
    clear = clear[order] if clear is not None and len(clear) == len(days) else None
    return LabelledSeries(entry.name, dn, days[order], labels, clear=clear)


def _per_date(value: Any) -> np.ndarray:
    """A list, or an object by date number, as an array."""
    values = [value[key] for key in sorted(value, key=int)] if isinstance(value, dict) else value
    return np.array(values, np.float32)


def _entry(record: dict[str, Any]) -> Entry:
    place = None
    if record.get("ID_WITHIN_TILE") is not None:
        row, column = divmod(int(record["ID_WITHIN_TILE"]), PATCHES_PER_TILE_SIDE)
        place = Place(str(record.get("TILE", "")), row, column)
    part = record.get("set")
    return Entry(str(record["ID_PATCH"]), place, str(part) if part else None)


def open_s2tsczcrop(folder: Path) -> LabelledSet:
    """A data set in this layout; patches marked REMOVED are left out. Raises DatasetError."""
    path = folder / "metadata.json"
    if not path.is_file():
        raise DatasetError(f"{folder} has no metadata.json")
    kept = [r for r in read_records(path) if r.get("Status", "OK") != "REMOVED"]
    if not kept:
        raise DatasetError(f"{path} lists no patch")
    records = {str(record["ID_PATCH"]): record for record in kept}
    return LabelledSet(
        name=folder.name,
        kind="real",
        scheme=CROP2SEG,
        entries=tuple(_entry(record) for record in kept),
        read=partial(_read, folder, records),
    )
