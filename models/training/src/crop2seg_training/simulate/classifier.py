"""How well the scene classification (SCL) of a scene knows its weather.

A perfect one is for tests of networks on plain scenes. Real ones differ from region to region: thin
haze and the rims of clouds pass as clear land, thin shadows too, bright soils and roofs pass as
clouds, dark woods as shadows, and now and then a veil is seen where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.simulate.noise import smooth_noise

VEIL_SHARE = 0.03  # of the dates, on which a part of clear land is called cirrus
BRIGHT_SHARE = 0.25  # of the dates, on which bright land is called cloud
DARK_SHARE = 0.2  # of the dates, on which dark land is called shadow
SOIL_NDVI = 0.3


@dataclass(frozen=True)
class Classifier:
    """Limits above which each date's haze, cloud and shadow are seen, float [dates].

    haze: optical thickness; cloud and shade: opacity; cloud of high probability from `dense` on.
    """

    haze: np.ndarray
    cloud: np.ndarray
    dense: np.ndarray
    shade: np.ndarray


def draw_classifier(dates: int, rng: np.random.Generator) -> Classifier:
    """A fallible classifier of one scene: skilled or not, and better on some dates."""
    skill = rng.beta(2.0, 1.5)
    cloud = np.clip(rng.normal(0.65 - 0.4 * skill, 0.12, dates), 0.08, 0.9)
    haze = rng.uniform(0.1, 0.5, dates) + (rng.random(dates) > skill) * 1.0
    shade = np.clip(rng.normal(0.75 - 0.35 * skill, 0.12, dates), 0.2, 0.95)
    return Classifier(haze, cloud, np.minimum(cloud + rng.uniform(0.15, 0.45, dates), 0.97), shade)


def mistake_land(
    scl: np.ndarray, clear: np.ndarray, greenness: np.ndarray, rng: np.random.Generator
) -> None:
    """Calls some clear land cloud, shadow or cirrus, in place, before weather is put over it.

    scl: uint8 [dates, rows, columns]; clear: DN [dates, 10, rows, columns] without weather;
    greenness: its NDVI.
    """
    dates, rows, columns = scl.shape
    for date in np.flatnonzero(rng.random(dates) < BRIGHT_SHARE):
        limit = rng.uniform(1000, 1900)
        bright = (clear[date, 0] > limit) & (greenness[date] < SOIL_NDVI)
        scl[date][bright] = rng.choice([8, 9])
    for date in np.flatnonzero(rng.random(dates) < DARK_SHARE):
        scl[date][clear[date, 6] < rng.uniform(700, 1700)] = 3
    for date in np.flatnonzero(rng.random(dates) < VEIL_SHARE):
        scl[date][smooth_noise(rows, columns, 60, rng) > rng.uniform(-1.0, 1.5)] = 10
