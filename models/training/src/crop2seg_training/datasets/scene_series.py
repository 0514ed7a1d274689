"""A real labelled series: a static STAC catalogue of scenes with a raster of labels beside it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from scipy import ndimage

from crop2seg_training.data.nomenclature import BACKGROUND, CROP2SEG
from crop2seg_training.data.validity import SEEN_SCL
from crop2seg_training.datasets.catalogue import (
    Grid,
    choose_scenes,
    clear_shares,
    grid_of,
    read_classifications,
    read_scene,
)
from crop2seg_training.datasets.record import DatasetError, Entry, LabelledSeries, LabelledSet

LABELS_FILE = "labels.tif"
NODATA_LABEL = 255
ALL_DATES = 10_000  # no limit: evaluation reads every date that the cloud limit leaves


def parcels_of_labels(labels: np.ndarray) -> np.ndarray:
    """4-connected areas of one crop label as parcels, int32, 0 = none.

    Stands in for parcel outlines where there are none: two neighbours with one crop are one.
    """
    parcels = np.zeros(labels.shape, np.int32)
    found = 0
    for code in np.unique(labels):
        if code in (BACKGROUND, CROP2SEG.ignored, NODATA_LABEL):
            continue
        areas, count = ndimage.label(labels == code)
        parcels[areas > 0] = areas[areas > 0] + found
        found += count
    return parcels


def _read(
    folder: Path, season: int, months: str, outlines: Path | None, entry: Entry
) -> LabelledSeries:
    path = folder / LABELS_FILE
    grid = grid_of(path)
    scenes = choose_scenes(folder, season, months, ALL_DATES)
    with rasterio.open(path) as source:
        labels = source.read(1)
    # Where two orbits or baselines gave one day, the first stands.
    firsts = [i for i, s in enumerate(scenes) if i == 0 or s.day != scenes[i - 1].day]
    kept = [scenes[i] for i in firsts]
    dn = np.stack([read_scene(scene, grid) for scene in kept])
    scl = read_classifications(kept, grid)
    if scl is not None:
        seen = np.isin(scl, SEEN_SCL) & (dn > 0).all(1)
        dn, scl = np.where(seen[:, None], dn, np.uint16(0)), np.where(seen, scl, np.uint8(0))
    return LabelledSeries(
        name=entry.name,
        dn=dn,
        days=np.array([scene.day for scene in kept], np.int32),
        labels=labels,
        parcels=parcels_of_labels(labels) if outlines is None else _outlined(outlines, grid),
        clear=clear_shares(kept),
        scl=scl,
    )


def _outlined(path: Path, grid: Grid) -> np.ndarray:
    """Parcel numbers of a raster that lies on the grid. Raises DatasetError for another grid."""
    if grid_of(path) != grid:
        raise DatasetError(f"{path} does not lie on the grid of the labels")
    with rasterio.open(path) as source:
        parcels: np.ndarray = source.read(1).astype(np.int32)
    return parcels


def open_scene_series(
    folder: Path, season: int, months: str, outlines: Path | None = None
) -> LabelledSet:
    """The labelled series in a folder with `items.json` and `labels.tif`.

    `outlines` is a raster of parcel numbers; without it, areas of one label stand for parcels.
    Raises DatasetError.
    """
    for name in ("items.json", LABELS_FILE):
        if not (folder / name).is_file():
            raise DatasetError(f"{folder} has no {name}")
    read = partial(_read, folder, season, months, outlines)
    return LabelledSet(folder.name, "real", CROP2SEG, (Entry(folder.name),), read)
