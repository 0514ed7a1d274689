"""How far the simulated class curves lie from the published NDVI curves of Czechia.

The published curves (specification, 8.1) are means over all pixels of a class, clouded ones
included. A cloud hides a share of the pixels of every class alike, so one share a date, fitted
jointly to all classes, explains what clouds took; the rest is the simulator's error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.data.nomenclature import CROP_CLASSES
from crop2seg_training.data.parcels import Split
from crop2seg_training.data.profiles import NdviProfile, load_profiles
from crop2seg_training.data.season import day_of
from crop2seg_training.simulate.field_series import draw_field_series, resample_days
from crop2seg_training.simulate.spectra import ndvi

CLOUD_NDVI = 0.05
MOST_CLOUD = 0.9  # share of a date's pixels; more would leave nothing to compare
# A published value is the mean of three acquisitions about this far apart (days).
ACQUISITION_GAPS = (-8.0, 0.0, 8.0)
GROWING_SEASON = (float(day_of(4, 1)), float(day_of(9, 30)))
SCENES = 12  # each has a year and a region of its own
FIELDS = 40  # of one class in each scene


@dataclass(frozen=True)
class ClassFit:
    """Root mean square distance in NDVI over the growing season, April to September.

    clear: of the simulated curve as it is; clouded: after the dates' cloud shares.
    """

    code: int
    clear: float
    clouded: float


@dataclass(frozen=True)
class CurveFit:
    """Fit of all classes, and the cloud share 0..1 of each published day."""

    classes: tuple[ClassFit, ...]
    days: np.ndarray
    cloud_share: np.ndarray

    @property
    def mean(self) -> float:
        """Mean over the classes of the distance that clouds do not explain."""
        return float(np.mean([entry.clouded for entry in self.classes]))


def _simulated(code: int, days: np.ndarray, split: Split, rng: np.random.Generator) -> np.ndarray:
    """Mean NDVI of a class, averaged over three acquisitions as the published values are."""
    curves = []
    for _ in range(SCENES):
        series = draw_field_series(np.full(FIELDS, code), split, rng, mild=0.0).series
        three = [ndvi(resample_days(series, days + gap)) for gap in ACQUISITION_GAPS]
        curves.append(np.mean(three, axis=(0, 1)))
    return np.mean(curves, axis=0)


def cloud_shares(published: np.ndarray, clear: np.ndarray) -> np.ndarray:
    """Least-squares cloud share of each date, of curves [classes, dates]; 0 to MOST_CLOUD."""
    drop = CLOUD_NDVI - clear
    share = (drop * (published - clear)).sum(0) / np.maximum((drop**2).sum(0), 1e-9)
    return np.clip(share, 0, MOST_CLOUD)


def fit_curves(seed: int = 1, split: Split = "training") -> CurveFit:
    """Compares simulated and published curves of classes 1 to 13.

    Raises MissingDataError where the reference data is absent.
    """
    rng = np.random.default_rng([seed, 303])
    profiles: dict[int, NdviProfile] = load_profiles()
    days = profiles[int(CROP_CLASSES[0])].days
    published = np.stack([profiles[int(code)].mean for code in CROP_CLASSES])
    clear = np.stack([_simulated(int(code), days, split, rng) for code in CROP_CLASSES])
    share = cloud_shares(published, clear)
    clouded = clear + share * (CLOUD_NDVI - clear)
    season = (days >= GROWING_SEASON[0]) & (days <= GROWING_SEASON[1])

    def distance(curve: np.ndarray, row: int) -> float:
        return float(np.sqrt(((curve - published)[row, season] ** 2).mean()))

    return CurveFit(
        classes=tuple(
            ClassFit(int(code), distance(clear, row), distance(clouded, row))
            for row, code in enumerate(CROP_CLASSES)
        ),
        days=days,
        cloud_share=share,
    )
