"""Ten-band spectra for an NDVI curve, borrowed from real spectra of the same NDVI and season.

Classes without real series (sugar beet, hops, flax, ...) still have known NDVI curves. The model
below turns a curve into bands: a kernel-smoothed mean of the logarithm of real reflectance, given
NDVI, day of the year and a group of look-alike crops, plus residuals drawn from the real scatter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crop2seg_training.data.parcels import GRID_DAYS, ParcelSeries, load_parcels

# Crops whose canopies look alike at the same NDVI: the group index of each class 0..13.
GROUP_OF_CLASS = np.array([4, 2, 1, 0, 0, 0, 1, 2, 1, 1, 3, 3, 3, 1])
GROUP_COUNT = 5
OTHER_GROUP_WEIGHT = 0.04  # of a spectrum of another group; fills cells a group never visits
NDVI_BINS = np.linspace(0.05, 0.95, 24, dtype=np.float32)
NDVI_BANDWIDTH = 0.05
SEASON_BINS = 24
YEAR = 365.0
SEASON_BANDWIDTH = 22.0  # days
RESIDUAL_MODES = 5
# Scatter of real spectra holds noise and mislabelled pixels beside what a field really varies.
RESIDUAL_SHARE = 0.75
PERSISTENT_SHARE = 0.6  # variance that stays with a field all season (soil, variety)
RESIDUAL_MEMORY_DAYS = 25.0


def ndvi(dn: np.ndarray) -> np.ndarray:
    """NDVI of DN [..., 10]."""
    red, nir = dn[..., 2], dn[..., 6]
    return (nir - red) / np.maximum(nir + red, 1)


@dataclass(frozen=True)
class SpectrumModel:
    """Mean log DN [groups, seasons, NDVI bins, 10] and residual modes [modes, 10]."""

    mean: np.ndarray
    modes: np.ndarray

    def spectra(self, curve: np.ndarray, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """DN float32 [n, days, 10] of NDVI curves [n, GRID_DAYS] of crops of the groups [n]."""
        season = np.floor(np.mod(GRID_DAYS, YEAR) / YEAR * SEASON_BINS).astype(int)
        place = np.interp(curve, NDVI_BINS, np.arange(len(NDVI_BINS)))
        low = np.clip(place.astype(int), 0, len(NDVI_BINS) - 2)
        part = (place - low)[..., None]
        table = self.mean[group[:, None], season[None, :]]
        rows = np.arange(len(curve))[:, None], np.arange(len(GRID_DAYS))[None, :]
        base = table[(*rows, low)] * (1 - part) + table[(*rows, low + 1)] * part
        return np.exp(base + self.residuals(len(curve), rng)).astype(np.float32)

    def residuals(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Log scatter [count, GRID_DAYS, 10] of fields about the mean spectrum of their NDVI."""
        days, modes = len(GRID_DAYS), len(self.modes)
        step = GRID_DAYS[1] - GRID_DAYS[0]
        memory = np.exp(-step / RESIDUAL_MEMORY_DAYS)
        shock = rng.standard_normal((days, count, modes))
        wander = np.empty_like(shock)
        wander[0] = shock[0]
        for day in range(1, days):
            wander[day] = memory * wander[day - 1] + np.sqrt(1 - memory**2) * shock[day]
        steady = rng.standard_normal((1, count, modes))
        mixed = np.sqrt(PERSISTENT_SHARE) * steady + np.sqrt(1 - PERSISTENT_SHARE) * wander
        return (mixed @ self.modes).transpose(1, 0, 2)


def fit_spectrum_model(parcels: ParcelSeries) -> SpectrumModel:
    """Spectrum model of labelled real composites."""
    log_dn = np.log(parcels.spectra.astype(np.float64))
    greenness = np.clip(ndvi(parcels.spectra), NDVI_BINS[0], NDVI_BINS[-1])
    group = GROUP_OF_CLASS[parcels.spectra_label]
    season_centre = (np.arange(SEASON_BINS) + 0.5) * YEAR / SEASON_BINS
    gap = np.abs(np.mod(parcels.spectra_day, YEAR)[None, :] - season_centre[:, None])
    season_weight = np.exp(-0.5 * (np.minimum(gap, YEAR - gap) / SEASON_BANDWIDTH) ** 2)
    ndvi_weight = np.exp(-0.5 * ((greenness[None, :] - NDVI_BINS[:, None]) / NDVI_BANDWIDTH) ** 2)
    mean = np.empty((GROUP_COUNT, SEASON_BINS, len(NDVI_BINS), 10))
    for g in range(GROUP_COUNT):
        member = np.where(group == g, 1.0, OTHER_GROUP_WEIGHT)
        for s in range(SEASON_BINS):
            # The small constant lets spectra of other seasons speak where a bin has none.
            weight = ndvi_weight * (season_weight[s] + 1e-3) * member
            mean[g, s] = (weight @ log_dn) / weight.sum(axis=1, keepdims=True)
    season = np.floor(np.mod(parcels.spectra_day, YEAR) / YEAR * SEASON_BINS).astype(int)
    nearest = np.abs(greenness[:, None] - NDVI_BINS[None, :]).argmin(axis=1)
    residual = np.clip(log_dn - mean[group, season, nearest], -0.6, 0.6)
    values, vectors = np.linalg.eigh(np.cov(residual.T))
    modes = (vectors * np.sqrt(np.maximum(values, 0))).T[::-1][:RESIDUAL_MODES]
    # An eigenvector's sign is arbitrary; a fixed one keeps scenes the same on every machine.
    modes = modes * np.sign(modes[np.arange(len(modes)), np.abs(modes).argmax(axis=1)])[:, None]
    return SpectrumModel(mean=mean, modes=RESIDUAL_SHARE * modes)


@lru_cache(maxsize=2)
def spectrum_model(split: str) -> SpectrumModel:
    """Spectrum model of one side of the split of the real parcels by location."""
    return fit_spectrum_model(load_parcels(split))
