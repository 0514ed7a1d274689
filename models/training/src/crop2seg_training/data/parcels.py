"""Real labelled Sentinel-2 series of parcels, cleaned, on an even grid of days.

Only the parcel sets named in SETS are read. The labelled scene series `flanders-2018`, and the band
statistics derived from it, judge a finished model and must not reach this module.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from crop2seg_training.data.paths import shared_data_folder
from crop2seg_training.data.season import season_start

# Name of the set and the season (harvest year) its labels describe.
SETS: tuple[tuple[str, int], ...] = (
    ("fr_dekad_2023", 2023),
    ("be_dekad_2021", 2021),
    ("be_month_2021", 2021),
)
MISSING_DN = 65535
UNLABELLED = 255
GRID_STEP = 5  # days; finer than the 10-day composites, so that shifts do not alias
# Days of the grid: beyond both ends of a season, so that a series can be shifted by a month.
GRID_DAYS = np.arange(-30, 465, GRID_STEP, dtype=np.float32)
MIN_DATES = 10  # fewer clean dates leave gaps of months
CELL_DEGREES = 0.25  # parcels of one cell share weather and farmers: held out together
HELD_OUT_SHARE = 0.15

Split = Literal["training", "validation"]


@dataclass(frozen=True)
class ParcelSeries:
    """Cleaned series of parcels.

    series: float32 [parcels, GRID_DAYS, 10] DN; labels: int [parcels], codes 0..13;
    spectra: float32 [n, 10] the clean composites themselves, with spectra_day, spectra_label [n];
    parcel i has the composites first[i] to first[i + 1] (int [parcels + 1]).
    """

    ids: tuple[str, ...]
    labels: np.ndarray
    series: np.ndarray
    spectra: np.ndarray
    spectra_day: np.ndarray
    spectra_label: np.ndarray
    first: np.ndarray

    def composites(self, parcel: int) -> tuple[np.ndarray, np.ndarray]:
        """Days [n] and clean DN [n, 10] of one parcel, as measured."""
        own = slice(int(self.first[parcel]), int(self.first[parcel + 1]))
        return self.spectra_day[own], self.spectra[own]


def cell_is_held_out(lon: float, lat: float) -> bool:
    """Whether the 0.25 degree cell of a place is kept for validation (a fixed hash of the cell)."""
    column, row = int(np.floor(lon / CELL_DEGREES)), int(np.floor(lat / CELL_DEGREES))
    mixed = (column * 73856093) ^ (row * 19349663)
    return (mixed * 2654435761 % 2**32) / 2**32 < HELD_OUT_SHARE


def derive_b8a(dn: np.ndarray) -> np.ndarray:
    """B8A (865 nm), which the source lacks, from B07 and B08 [..., 10]; 2 % above their mean."""
    return 0.45 * dn[..., 5] + 0.57 * dn[..., 6]


def _drop_outliers(days: np.ndarray, dn: np.ndarray) -> np.ndarray:
    """Mask of the composites that are neither haze nor shadow, judged against their neighbours."""
    count = len(days)
    neighbours = np.clip(np.arange(count)[:, None] + np.arange(-2, 3), 0, count - 1)
    blue, nir = dn[:, 0], dn[:, 6]
    blue_median = np.median(blue[neighbours], axis=1)
    nir_median = np.median(nir[neighbours], axis=1)
    haze = (blue > 1.5 * blue_median + 200) | (blue > 1700)
    shadow = (nir < 0.55 * nir_median) & (blue < 0.8 * blue_median)
    return ~(haze | shadow)


def _read_set(
    folder: Path, name: str, season: int, split: Split
) -> list[tuple[str, int, np.ndarray, np.ndarray]]:
    """Identifier, label, days and clean DN of the parcels of one set."""
    with (folder / f"{name}_parcels.csv").open() as file:
        parcels = list(csv.DictReader(file))
    with (folder / f"{name}_dates.csv").open() as file:
        mids = [date.fromisoformat(row["mid"]) for row in csv.DictReader(file)]
    days = np.array([(mid - season_start(season)).days for mid in mids], np.float32)
    with gzip.open(folder / f"{name}_series.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",", skiprows=1, usecols=range(3, 13), dtype=np.uint16)
    values = table.reshape(len(parcels), len(days), 10)
    rows = []
    for parcel, dn in zip(parcels, values, strict=True):
        label = int(parcel["class15"])
        held_out = cell_is_held_out(float(parcel["lon"]), float(parcel["lat"]))
        if label == UNLABELLED or held_out != (split == "validation"):
            continue
        valid = np.all(np.delete(dn, 7, axis=1) != MISSING_DN, axis=1)
        kept = dn[valid].astype(np.float32)
        kept[:, 7] = derive_b8a(kept)
        clean = _drop_outliers(days[valid], kept)
        if clean.sum() >= MIN_DATES:
            rows.append((parcel["id"], label, days[valid][clean], np.maximum(kept[clean], 1)))
    return rows


@lru_cache(maxsize=2)
def load_parcels(split: Split) -> ParcelSeries:
    """Labelled parcels of one side of the split by location.

    Raises MissingDataError where the reference data is absent.
    """
    folder = shared_data_folder() / "parcel-series"
    rows = [row for name, season in SETS for row in _read_set(folder, name, season, split)]
    series = np.stack(
        [
            np.stack([np.interp(GRID_DAYS, days, dn[:, band]) for band in range(10)], axis=-1)
            for _, _, days, dn in rows
        ]
    ).astype(np.float32)
    return ParcelSeries(
        ids=tuple(row[0] for row in rows),
        labels=np.array([row[1] for row in rows]),
        series=series,
        spectra=np.concatenate([row[3] for row in rows]),
        spectra_day=np.concatenate([row[2] for row in rows]),
        spectra_label=np.concatenate([np.full(len(row[2]), row[1]) for row in rows]),
        first=np.cumsum([0, *(len(row[2]) for row in rows)]),
    )
