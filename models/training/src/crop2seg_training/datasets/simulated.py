"""Simulated scenes as a data set: drawn anew, or read from the files that `simulate` wrote."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from crop2seg_training.data.nomenclature import CROP2SEG
from crop2seg_training.datasets.catalogue import CLEAR_SCL
from crop2seg_training.datasets.dates import keep_dates
from crop2seg_training.datasets.record import DatasetError, Entry, LabelledSeries, LabelledSet
from crop2seg_training.simulate.archive import simulate_archive
from crop2seg_training.simulate.scene import Scene, simulate_scene

# Apart from the seeds of training (101) and of validation (202).
TEST_STREAM = 303
PERTURBED_STREAM = 305
PERTURBED_DATES = (36, 60)
TEST_SIZE = 128  # pixels: one tile of the browser
TEST_DATES = (9, 40)


def clear_share(scl: np.ndarray) -> np.ndarray:
    """Share of clear pixels, float32 [dates], of scene classifications [dates, rows, columns]."""
    return np.isin(scl, CLEAR_SCL).mean(axis=(1, 2)).astype(np.float32)


def series_of_scene(name: str, scene: Scene) -> LabelledSeries:
    """A simulated scene as a labelled series."""
    scl = scene.scl.repeat(2, axis=1).repeat(2, axis=2)
    return LabelledSeries(
        name, scene.dn, scene.days, scene.labels, scene.fields, clear_share(scene.scl), scl
    )


def _draw(size: int, entry: Entry) -> LabelledSeries:
    rng = np.random.default_rng([TEST_STREAM, int(entry.name)])
    dates = int(rng.integers(TEST_DATES[0], TEST_DATES[1] + 1))
    return series_of_scene(entry.name, simulate_scene(size, dates, "validation", rng))


def open_simulated(count: int, size: int = TEST_SIZE) -> LabelledSet:
    """`count` scenes of seeds that no training draws, painted with held-out real parcels."""
    entries = tuple(Entry(str(number)) for number in range(count))
    return LabelledSet("simulated", "simulated", CROP2SEG, entries, partial(_draw, size))


def _draw_perturbed(size: int, entry: Entry) -> LabelledSeries:
    rng = np.random.default_rng([PERTURBED_STREAM, int(entry.name)])
    while True:
        scene = simulate_archive(size, "validation", rng)
        if len(scene.days) >= PERTURBED_DATES[0]:
            break
    series = series_of_scene(entry.name, scene)
    count = min(len(series.days), PERTURBED_DATES[1])
    return keep_dates(series, np.sort(rng.choice(len(series.days), count, replace=False)))


def open_perturbed(count: int, size: int = TEST_SIZE) -> LabelledSet:
    """As `open_simulated`, of other seeds, with what hurts networks on real scenes.

    Whole seasons of 36 to 60 dates as an archive offers them, cloudy ones among them, with swath
    edges and a classification that misses haze and calls bright soil cloud.
    """
    entries = tuple(Entry(str(number)) for number in range(count))
    return LabelledSet("perturbed", "simulated", CROP2SEG, entries, partial(_draw_perturbed, size))


def _read(folder: Path, entry: Entry) -> LabelledSeries:
    with np.load(folder / f"{entry.name}.npz", allow_pickle=False) as file:
        return LabelledSeries(
            entry.name,
            file["dn"],
            file["days"],
            file["labels"],
            file["fields"],
            clear_share(file["scl"]),
        )


def open_scenes(folder: Path) -> LabelledSet:
    """The scenes that `crop2seg-train simulate` wrote to a folder.

    Raises DatasetError where there is none.
    """
    entries = tuple(Entry(path.stem) for path in sorted(folder.glob("scene-*.npz")))
    if not entries:
        raise DatasetError(
            f"{folder} holds no scene-*.npz; write some with crop2seg-train simulate"
        )
    return LabelledSet(folder.name, "simulated", CROP2SEG, entries, partial(_read, folder))
