"""What a field carries outside its crop: stubble, bare soil, catch crop, winter cover, next crop.

Drawn independently of the class of the field: maize after a green winter cover is common, and a
model that learnt "bare in winter, hence maize" calls real maize by another name.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from crop2seg_training.data.parcels import GRID_DAYS
from crop2seg_training.data.season import day_of

# Kinds of land before a crop and how often they are drawn.
BEFORE_SPRING_CROP = {
    "ploughed": 0.38,
    "stubble": 0.15,
    "frost_killed": 0.17,
    "winter_green": 0.20,
    "late_crop": 0.10,
}
BEFORE_WINTER_CROP = {"stubble": 0.6, "ploughed": 0.2, "late_crop": 0.2}
AFTER_CROP = {"stubble": 0.35, "ploughed": 0.25, "volunteers": 0.2, "sown": 0.2}
SPRING = float(day_of(2, 15))  # crops sown after it count as spring crops


def _step(middle: float, width: float) -> np.ndarray:
    return expit((GRID_DAYS - middle) / width)


def _choose(kinds: dict[str, float], rng: np.random.Generator) -> str:
    return str(rng.choice(list(kinds), p=list(kinds.values())))


def cover_before(sown: float, rng: np.random.Generator) -> np.ndarray:
    """NDVI on GRID_DAYS of the land before a crop sown on a day (only the days before it count)."""
    kind = _choose(BEFORE_SPRING_CROP if sown > SPRING else BEFORE_WINTER_CROP, rng)
    soil, stubble = rng.uniform(0.12, 0.21), rng.uniform(0.17, 0.36)
    ploughed = rng.uniform(20, 90) if sown > SPRING else sown - rng.uniform(3, 20)
    if kind == "stubble":
        return stubble + (rng.uniform(0.25, 0.5) - stubble) * _step(rng.uniform(20, 70), 14)
    if kind == "late_crop":
        standing = rng.uniform(0.45, 0.8)
        gone = min(rng.uniform(10, 60), sown - 4)
        return standing + (soil - standing) * _step(gone, 4)
    if kind == "ploughed":
        return stubble + (soil - stubble) * _step(ploughed, 3)
    green = rng.uniform(0.45, 0.85)
    curve = stubble + (green - stubble) * _step(rng.uniform(5, 55), rng.uniform(7, 13))
    if kind == "frost_killed":
        dead = rng.uniform(0.2, 0.4)
        return curve + (dead - green) * _step(rng.uniform(95, 165), rng.uniform(6, 16))
    winter = green - rng.uniform(0, 0.25)
    curve = curve + (winter - green) * _step(rng.uniform(100, 140), 12)
    spring = min(winter + rng.uniform(0, 0.3), 0.9)
    curve = curve + (spring - winter) * _step(rng.uniform(195, 215), 8)
    return curve + (soil - spring) * _step(sown - rng.uniform(2, 22), 2.5)


def cover_after(cleared: float, rng: np.random.Generator) -> np.ndarray:
    """NDVI on GRID_DAYS of the land after a harvest (only the days after it count)."""
    kind = _choose(AFTER_CROP, rng)
    stubble, soil = rng.uniform(0.15, 0.26), rng.uniform(0.13, 0.22)
    if kind == "ploughed":
        return stubble + (soil - stubble) * _step(cleared + rng.uniform(4, 40), 2.5)
    if kind == "stubble":
        return np.full(len(GRID_DAYS), stubble)
    green = rng.uniform(0.35, 0.6) if kind == "volunteers" else rng.uniform(0.45, 0.85)
    start = cleared + (rng.uniform(18, 50) if kind == "volunteers" else rng.uniform(25, 60))
    return stubble + (green - stubble) * _step(start, rng.uniform(6, 13))
