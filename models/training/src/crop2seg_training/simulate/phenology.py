"""NDVI curves of single fields, drawn from the crop calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from crop2seg_training.data.parcels import GRID_DAYS
from crop2seg_training.data.season import day_of
from crop2seg_training.simulate.crops import (
    ANNUALS,
    HOP_HARVEST,
    PERENNIAL_SHARE,
    PERENNIALS,
    Annual,
    Pair,
    Perennial,
)

SOIL_NDVI: Pair = (0.17, 0.03)
CUT_FLOOR: Pair = (0.42, 0.08)  # NDVI right after a cut
CUT_RECOVERY: Pair = (16.0, 5.0)  # days, e-folding
# What a maritime climate changes: stands stay greener in winter, start earlier, are cut more.
MILD_WINTER = 0.32  # NDVI
MILD_AUTUMN = 0.14  # NDVI
MILD_RISE = 16.0  # days
MILD_CUTS = 2
GREENEST_WINTER = 0.88  # NDVI
WINTER_REST = float(day_of(11, 20, before=True))
DRY_SUMMER = float(day_of(7, 25))
DRY_WIDTH = 24.0  # days
LEAST_SUMMER = 0.22  # NDVI of withered grass
BLOOM_WIDTH = 8.0  # days, standard deviation of a flowering field
HOP = 11


@dataclass(frozen=True)
class CropCurve:
    """NDVI on GRID_DAYS, and where the crop itself begins and ends (None: all season)."""

    ndvi: np.ndarray
    sown: float | None
    cleared: float | None
    bloom: str = ""
    bloom_strength: np.ndarray | None = None
    nir_gain: float = 1.0


def _draw(rng: np.random.Generator, pair: Pair) -> float:
    return float(pair[0] + pair[1] * np.clip(rng.standard_normal(), -2.2, 2.2))


def _logistic(days: np.ndarray, middle: float, width: float) -> np.ndarray:
    return expit((days - middle) / max(width, 2.0))


def _annual(crop: Annual, shift: float, mild: float, rng: np.random.Generator) -> CropCurve:
    days = GRID_DAYS - shift
    sown, rise, fall = (_draw(rng, pair) for pair in (crop.sown, crop.rise, crop.fall))
    if crop.autumn[0]:
        rise -= MILD_RISE * mild
    rise = max(rise, sown + 18)
    harvest = _draw(rng, crop.harvest)
    soil, peak = _draw(rng, SOIL_NDVI), _draw(rng, crop.peak)
    autumn = max(_draw(rng, crop.autumn) + MILD_AUTUMN * mild, soil) if crop.autumn[0] else soil
    frost = rng.uniform(0.05, 0.5) * (1 - mild)  # share of the leaves that is lost
    winter = autumn - (autumn - soil) * frost
    curve = soil + (autumn - soil) * _logistic(days, sown + rng.uniform(18, 32), 7)
    curve = curve - (autumn - winter) * _logistic(days, float(day_of(1, 5)), 12)
    curve = curve + (peak - winter) * _logistic(days, rise, _draw(rng, crop.rise_width))
    ripe = _draw(rng, crop.ripe)
    curve = curve - (peak - ripe) * _logistic(days, fall, _draw(rng, crop.fall_width))
    strength = None
    if crop.bloom:
        middle = _draw(rng, crop.bloom_day)
        strength = np.exp(-0.5 * ((days - middle) / BLOOM_WIDTH) ** 2) * rng.uniform(0.5, 1.1)
    return CropCurve(curve, sown + shift, harvest + shift, crop.bloom, strength, crop.nir_gain)


def _perennial(
    crop: Perennial, shift: float, mild: float, drought: float, rng: np.random.Generator
) -> CropCurve:
    days = GRID_DAYS - shift
    winter, peak, summer, autumn = (
        _draw(rng, pair) for pair in (crop.winter, crop.peak, crop.summer, crop.autumn)
    )
    if crop.soil_share[0] == 0:  # meadows and leys; woody stands lose their leaves everywhere
        winter = min(winter + MILD_WINTER * mild, GREENEST_WINTER)
        autumn = min(autumn + MILD_AUTUMN * mild, GREENEST_WINTER)
        summer = max(summer - drought, LEAST_SUMMER)
    peak = max(peak, winter)
    rise = _draw(rng, crop.rise) - MILD_RISE * mild
    previous = autumn + rng.normal(0, 0.04)
    curve = previous + (winter - previous) * _logistic(days, WINTER_REST, 14)
    curve = curve + (peak - winter) * _logistic(days, rise, rng.uniform(8, 16))
    dry = DRY_SUMMER + rng.normal(0, 12)
    curve = curve - max(peak - summer, 0) * np.exp(-0.5 * ((days - dry) / DRY_WIDTH) ** 2)
    curve = curve - (peak - autumn) * _logistic(days, float(day_of(9, 12)), 14)
    cut_day = _draw(rng, crop.first_cut) - MILD_RISE * mild
    most = int(crop.cuts[1]) + round(MILD_CUTS * mild) if crop.cuts[1] else 0
    for _ in range(rng.integers(int(crop.cuts[0]), most + 1)):
        since = days - cut_day
        floor, recovery = _draw(rng, CUT_FLOOR), max(_draw(rng, CUT_RECOVERY), 6)
        drop = np.where(since >= 0, np.exp(-np.maximum(since, 0) / recovery), 0)
        curve = curve - np.maximum(curve - floor, 0) * drop
        cut_day += rng.uniform(30, 60)
    if crop.label == HOP:
        bare = rng.uniform(0.25, 0.45)
        curve = curve - np.maximum(curve - bare, 0) * _logistic(days, _draw(rng, HOP_HARVEST), 3)
    soil = np.clip(_draw(rng, crop.soil_share), 0, 0.5)
    return CropCurve(curve * (1 - soil) + soil * 0.2, None, None)


def draw_curve(
    label: int,
    shift: float,
    rng: np.random.Generator,
    mild: float = 0.0,
    drought: float = 0.0,
) -> CropCurve:
    """Curve of one field of a class (1..13), `shift` days later than the calendar.

    `mild` leads from the climate of Czechia (0) to that of the North Sea coast (1); `drought` is
    what the year takes from the summer NDVI of meadows and leys (below 0: it was wet).
    """
    perennial = rng.random() < PERENNIAL_SHARE.get(label, 0.0)
    table: tuple[Annual | Perennial, ...] = PERENNIALS if perennial else ANNUALS
    kinds = [crop for crop in table if crop.label == label]
    shares = np.array(
        [
            crop.share + (mild * crop.mild_share if isinstance(crop, Perennial) else 0)
            for crop in kinds
        ]
    )
    kind = kinds[rng.choice(len(kinds), p=shares / shares.sum())]
    if isinstance(kind, Annual):
        return _annual(kind, shift, mild, rng)
    return _perennial(kind, shift, mild, drought, rng)
