"""Smooth random fields."""

from __future__ import annotations

import numpy as np


def _interpolation(size: int, scale: float, phase: float) -> np.ndarray:
    """Matrix [size, coarse] of linear interpolation between values `scale` cells apart."""
    place = np.arange(size) / scale + phase
    low = place.astype(int)
    matrix = np.zeros((size, int(place[-1]) + 2))
    rows = np.arange(size)
    matrix[rows, low] = 1 - (place - low)
    matrix[rows, low + 1] = place - low
    return matrix


def smooth_noise(
    rows: int, columns: int, correlation: float, rng: np.random.Generator, octaves: int = 3
) -> np.ndarray:
    """Float32 [rows, columns], about normal (0, 1); `correlation` is the largest scale in cells.

    Computed in float64: the last bit of a matrix product depends on the library and its threads,
    and a scene must not.
    """
    total = np.zeros((rows, columns))
    power = 0.0
    for octave in range(octaves):
        scale = max(correlation / 2**octave, 1.0)
        down = _interpolation(rows, scale, rng.random())
        across = _interpolation(columns, scale, rng.random())
        coarse = rng.standard_normal((down.shape[1], across.shape[1]))
        amplitude = 0.55**octave
        total += amplitude * (down @ coarse @ across.T)
        power += amplitude**2
    # Bilinear interpolation between grid values keeps 4/9 of their variance on average.
    return (total / np.sqrt(power * 4 / 9)).astype(np.float32)
