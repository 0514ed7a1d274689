"""The instrument: point spread, mixed pixels, registration, 20 m bands, resampling, noise."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from crop2seg_training.data.nomenclature import BANDS_10M, BANDS_20M
from crop2seg_training.simulate.plan import CELLS_PER_PIXEL

POINT_SPREAD_CELLS = 1.15  # standard deviation in 5 m cells, about the MTF of the 10 m bands
TAPS = np.arange(-2, 4)  # cells around a pixel's first cell that its response reaches
REGISTRATION = 0.25  # pixels of 10 m, standard deviation per date
NOISE_FLOOR = 4.0  # DN
NOISE_SHARE = 0.005  # of the DN

# GDAL's cubic (a = -0.5) at exactly two times: taps at i-2..i+1 for even, i-1..i+2 for odd outputs.
CUBIC_EVEN = np.array([-3, 29, 111, -9], np.float32) / 128
CUBIC_ODD = np.array([-9, 111, 29, -3], np.float32) / 128


def mixing_matrix(columns_of_cells: np.ndarray, column_count: int) -> csr_matrix:
    """Share of each surface in each 10 m pixel.

    columns_of_cells: int [2 * rows, 2 * columns], surface number of each 5 m cell. Returns a
    sparse float32 [rows * columns, column_count] whose rows sum to 1.
    """
    rows, columns = (size // CELLS_PER_PIXEL for size in columns_of_cells.shape)
    weight = np.exp(-0.5 * ((TAPS - 0.5) / POINT_SPREAD_CELLS) ** 2)
    weight /= weight.sum()
    before, after = int(-TAPS[0]), int(TAPS[-1])
    padded = np.pad(columns_of_cells, (before, after), mode="edge")
    windows = [
        padded[
            before + dy : before + dy + CELLS_PER_PIXEL * rows : CELLS_PER_PIXEL,
            before + dx : before + dx + CELLS_PER_PIXEL * columns : CELLS_PER_PIXEL,
        ].ravel()
        for dy in TAPS
        for dx in TAPS
    ]
    stacked = np.stack(windows)
    shares = np.outer(weight, weight).ravel().astype(np.float32)
    pure = (stacked == stacked[0]).all(axis=0)
    mixed = np.flatnonzero(~pure)
    data = np.concatenate([np.ones(pure.sum(), np.float32), np.repeat(shares, len(mixed))])
    row = np.concatenate([np.flatnonzero(pure), np.tile(mixed, len(shares))])
    column = np.concatenate([stacked[0, pure], stacked[:, mixed].ravel()])
    return csr_matrix((data, (row, column)), shape=(rows * columns, column_count))


def misregister(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shifts each date of [dates, bands, rows, columns] by a part of a pixel (bilinear)."""
    out = np.empty_like(image)
    for date, frame in enumerate(image):
        for axis in (1, 2):
            shift = float(np.clip(rng.normal(0, REGISTRATION), -0.9, 0.9))
            moved = np.roll(frame, 1 if shift > 0 else -1, axis=axis)
            frame = frame + np.float32(abs(shift)) * (moved - frame)
        out[date] = frame
    return out


def cubic_double(image: np.ndarray) -> np.ndarray:
    """Doubles rows and columns of float32 [..., rows, columns] as GDAL's cubic RasterIO does.

    Exact up to rounding except for two pixels along the edges, where the outermost value is
    repeated instead of renormalising the weights. Result is float32 before rounding.
    """
    return _double_axis(_double_axis(image, -1), -2)


def _double_axis(image: np.ndarray, axis: int) -> np.ndarray:
    moved = np.moveaxis(image, axis, -1).astype(np.float32)
    padded = np.concatenate([moved[..., :1]] * 2 + [moved] + [moved[..., -1:]] * 2, axis=-1)
    size = moved.shape[-1]
    out = np.empty((*moved.shape[:-1], 2 * size), np.float32)
    out[..., 0::2] = sum(CUBIC_EVEN[k] * padded[..., k : k + size] for k in range(4))
    out[..., 1::2] = sum(CUBIC_ODD[k] * padded[..., k + 1 : k + 1 + size] for k in range(4))
    return np.moveaxis(out, -1, axis)


def average_pairs(image: np.ndarray) -> np.ndarray:
    """Means of 2 x 2 pixels of [..., rows, columns]."""
    rows = image[..., ::2, :] + image[..., 1::2, :]
    return (rows[..., ::2] + rows[..., 1::2]) / 4


def to_dn(image: np.ndarray) -> np.ndarray:
    """Rounds as GDAL does (half up) to uint16, kept above 0, which means nodata."""
    return np.floor(np.clip(image, 1, 65535) + 0.5).astype(np.uint16)


def add_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Adds instrument noise to DN."""
    noise = rng.standard_normal(image.shape, dtype=np.float32)
    return image + noise * (NOISE_FLOOR + NOISE_SHARE * image)


def record(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What the instrument delivers of a true image, float32 [dates, 10, rows, columns] at 10 m.

    Returns uint16 DN of the 10 m bands [dates, 4, rows, columns] in the order of BANDS_10M, and of
    the 20 m bands [dates, 6, rows / 2, columns / 2] in the order of BANDS_20M.
    """
    coarse = average_pairs(image[:, list(BANDS_20M)])
    fine = image[:, list(BANDS_10M)]
    return to_dn(add_noise(fine, rng)), to_dn(add_noise(coarse, rng))


def stack_at_10m(fine: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """All ten bands at 10 m, uint16 [dates, 10, rows, columns], of what `record` delivers."""
    dates, _, rows, columns = fine.shape
    out = np.empty((dates, len(BANDS_10M) + len(BANDS_20M), rows, columns), np.uint16)
    out[:, list(BANDS_10M)] = fine
    out[:, list(BANDS_20M)] = to_dn(cubic_double(coarse))
    return out
