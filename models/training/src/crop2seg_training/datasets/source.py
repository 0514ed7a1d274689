"""Opening a data set by a short text, the same on every command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crop2seg_training.datasets.parcel_patches import open_parcel_patches
from crop2seg_training.datasets.pastis import open_pastis
from crop2seg_training.datasets.record import DatasetError, LabelledSet
from crop2seg_training.datasets.s2tsczcrop import open_s2tsczcrop
from crop2seg_training.datasets.scene_series import open_scene_series
from crop2seg_training.datasets.simulated import open_perturbed, open_scenes, open_simulated

SOURCES = """simulated[:SCENES], perturbed[:SCENES] (long seasons, swath edges, missed haze, wrong
classification), scenes:DIR (written by simulate), parcels (held out by location),
s2tsczcrop:DIR, pastis:DIR (20 classes), pastis15:DIR (mapped to the 15), series:DIR (a catalogue
with items.json and labels.tif)"""
SIMULATED_SCENES = 24


@dataclass(frozen=True)
class SeriesChoice:
    """Which season and months of a scene catalogue, the latter as 3-10 or 9p-10."""

    season: int = 2018
    months: str = "9p-10"
    parcels: Path | None = None
    """Raster of parcel numbers on the grid of the labels, 0 = none."""


def open_data(source: str, choice: SeriesChoice | None = None) -> LabelledSet:
    """The data set that a text names; see SOURCES. Raises DatasetError for an unknown one."""
    kind, _, rest = source.partition(":")
    if kind == "simulated":
        return open_simulated(_count(rest) if rest else SIMULATED_SCENES)
    if kind == "perturbed":
        return open_perturbed(_count(rest) if rest else SIMULATED_SCENES)
    if kind == "parcels" and not rest:
        return open_parcel_patches("validation")
    folder = Path(rest)
    if not rest or not folder.is_dir():
        raise DatasetError(f"{source!r} names no data set and folder. Known are: {SOURCES}")
    if kind == "scenes":
        return open_scenes(folder)
    if kind == "s2tsczcrop":
        return open_s2tsczcrop(folder)
    if kind in ("pastis", "pastis15"):
        return open_pastis(folder, mapped=kind == "pastis15")
    if kind == "series":
        choice = choice or SeriesChoice()
        return open_scene_series(folder, choice.season, choice.months, choice.parcels)
    raise DatasetError(f"{kind!r} is no kind of data set. Known are: {SOURCES}")


def _count(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise DatasetError(f"{text!r} names no number of scenes")
    return int(text)
