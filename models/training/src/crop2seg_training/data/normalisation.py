"""Normalisation of DN: fixed numbers, so that a card, a checkpoint and the browser agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# DN per band, in the order of BANDS. Rounded statistics of simulated scenes, clouds included.
BAND_MEAN = np.array([850, 1100, 1050, 1500, 2550, 2900, 3050, 3100, 2200, 1450], np.float32)
BAND_STD = np.array([1250, 1200, 1200, 1250, 1250, 1300, 1350, 1350, 900, 800], np.float32)


@dataclass(frozen=True)
class Normalisation:
    """Mean and standard deviation of DN per band, in the order of BANDS."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def apply(self, dn: np.ndarray) -> np.ndarray:
        """(DN - mean) / std of an array [..., 10, rows, columns], float32."""
        mean, std = (
            np.array(values, np.float32)[:, None, None] for values in (self.mean, self.std)
        )
        return (dn.astype(np.float32) - mean) / std


DEFAULT_NORMALISATION = Normalisation(
    tuple(float(value) for value in BAND_MEAN), tuple(float(value) for value in BAND_STD)
)


def normalise(dn: np.ndarray) -> np.ndarray:
    """`DEFAULT_NORMALISATION` of an array [..., 10, rows, columns], float32."""
    return DEFAULT_NORMALISATION.apply(dn)


RED, NEAR_INFRARED = 2, 6
"""Places of B04 and B08 in BANDS."""


def ndvi_channel(dn: np.ndarray) -> np.ndarray:
    """NDVI float32 [..., 1, rows, columns] of DN [..., 10, rows, columns]; 0 where both are 0."""
    red, infrared = (dn[..., band, :, :].astype(np.float32) for band in (RED, NEAR_INFRARED))
    total = infrared + red
    ndvi = np.divide(infrared - red, total, out=np.zeros_like(total), where=total > 0)
    return ndvi[..., None, :, :]


def network_input(dn: np.ndarray, normalisation: Normalisation, bands: int) -> np.ndarray:
    """What a network of a number of bands sees of DN: an eleventh band is NDVI as it is."""
    values = normalisation.apply(dn)
    if bands == values.shape[-3] + 1:
        return np.concatenate([values, ndvi_channel(dn)], axis=-3)
    return values
