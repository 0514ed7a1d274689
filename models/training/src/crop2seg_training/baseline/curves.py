"""Curves of three spectral indices on an even grid of days: what the forest sees of a pixel."""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.season import SEASON_DAYS

CURVE_STEP = 10  # days, about two visits of the satellites
CURVE_DAYS = np.arange(0, SEASON_DAYS, CURVE_STEP, dtype=np.float64)
LEAST_SUM = 1.0  # DN; a pixel that is black in both bands has index 0 instead of no value
_BAND = {"red": 2, "red edge": 3, "near infrared": 6, "short-wave infrared": 8}


def indices(dn: np.ndarray) -> np.ndarray:
    """NDVI, NDWI and red-edge NDVI, float64 [..., 3], of DN [..., 10].

    NDVI: Rouse et al., 1974. NDWI: Gao, 1996 (near against short-wave infrared). Red edge:
    Gitelson and Merzlyak, 1994 (B08 against B05).
    """
    values = dn.astype(np.float64)
    infrared = values[..., _BAND["near infrared"]]
    curves = []
    for name in ("red", "short-wave infrared", "red edge"):
        other = values[..., _BAND[name]]
        curves.append((infrared - other) / np.maximum(infrared + other, LEAST_SUM))
    return np.stack(curves, axis=-1)


def interpolate(days: np.ndarray, values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Values [n, dates, k] at `days` (ascending), linearly at `targets`; the ends hold."""
    place = np.interp(targets, days, np.arange(len(days)))
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, len(days) - 1)
    part = (place - low)[:, None]
    mixed: np.ndarray = values[:, low] * (1 - part) + values[:, high] * part
    return mixed


def index_curves(days: np.ndarray, dn: np.ndarray) -> np.ndarray:
    """Features float64 [n, CURVE_DAYS * 3] of series DN [n, dates, 10] at `days` (ascending)."""
    return interpolate(days, indices(dn), CURVE_DAYS).reshape(len(dn), -1)
