"""Checks of what files bring, before it is taken for DN and class codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crop2seg_training.data.nomenclature import ClassScheme
from crop2seg_training.datasets.record import DatasetError

NODATA_LABEL = 255
"""A label that says nothing, in whatever scheme."""
LEAST_BRIGHT = 2.0
"""Numbers that never reach this are reflectance from 0 to 1, or nothing at all."""


def as_dn(values: np.ndarray, path: Path) -> np.ndarray:
    """DN uint16 of an array of any type; slightly negative values, as correction leaves, become 0.

    Raises DatasetError for what is no DN: other types, NaN, reflectance from 0 to 1.
    """
    if values.dtype.kind not in "uif":
        raise DatasetError(f"{path} holds {values.dtype}, not numbers")
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise DatasetError(f"{path} holds NaN or infinity: put 0 where there is no data")
        if 0 < values.max(initial=0) < LEAST_BRIGHT:
            raise DatasetError(
                f"{path} holds reflectance (at most {values.max():g}), not DN: multiply it by 10000"
            )
        values = np.rint(values)
    return np.clip(values, 0, np.iinfo(np.uint16).max).astype(np.uint16)


def as_labels(
    values: np.ndarray, size: tuple[int, ...], scheme: ClassScheme, path: Path
) -> np.ndarray:
    """Class codes uint8 [rows, columns]; 255 becomes the ignored class.

    Raises DatasetError for another size than the images' or codes that the scheme does not have.
    """
    if values.shape != size:
        raise DatasetError(f"{path} is {values.shape}, but its images are {size}")
    codes = np.where(values == NODATA_LABEL, scheme.ignored, values)
    known = np.isin(codes, np.arange(scheme.count))
    if not known.all():
        raise DatasetError(
            f"{path} holds class {codes[~known][0]}; known are 0 to {scheme.count - 1} and "
            f"{NODATA_LABEL}"
        )
    return codes.astype(np.uint8)
