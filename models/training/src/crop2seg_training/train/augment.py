"""Variations of a patch: place, turn, flip, fewer dates."""

from __future__ import annotations

from typing import Literal

import numpy as np

from crop2seg_training.datasets.record import DatasetError, LabelledSeries
from crop2seg_training.train.batch import Patch

Augmentation = Literal["none", "turns", "rotate"]
AUGMENTATIONS: tuple[Augmentation, ...] = ("none", "turns", "rotate")
LEAST_DATES = 4
"""Dates that dropout leaves at least, or all where a series has fewer."""
# The predecessor's angles in degrees; 0 is drawn more often (specification, 3.3).
ANGLES = (
    -180, -150, -120, -90, -75, -45, -25, -10, 0, 0, 0, 0, 10, 25, 45, 75, 90, 120, 150, 180,
)  # fmt: skip
OUTSIDE_DN = 0


def drop_dates(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Indices of the dates that stay, ascending, when each is dropped with a chance of `share`.

    Never fewer than LEAST_DATES, or than there are.
    """
    kept = np.flatnonzero(rng.random(count) >= share)
    least = min(LEAST_DATES, count)
    if len(kept) < least:
        kept = rng.choice(count, least, replace=False)
    return np.sort(kept)


def cut_place(size: tuple[int, int], patch: int, rng: np.random.Generator) -> tuple[int, int]:
    """Row and column of a random cut, even, so that the 20 m bands keep their phase.

    Raises DatasetError where the patch is larger than the image.
    """
    rows, columns = (int(side) - patch for side in size)
    if rows < 0 or columns < 0:
        raise DatasetError(f"patches of {patch} pixels do not fit into {size[0]} x {size[1]}")
    row, column = (2 * int(value) for value in rng.integers(0, [rows // 2 + 1, columns // 2 + 1]))
    return row, column


def turn(
    dn: np.ndarray, labels: np.ndarray, turns: int, flip: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Series [..., rows, columns] and labels turned by quarters and flipped, without any loss."""
    dn, labels = np.rot90(dn, turns, (-2, -1)), np.rot90(labels, turns)
    if flip:
        dn, labels = dn[..., ::-1], labels[..., ::-1]
    return np.ascontiguousarray(dn), np.ascontiguousarray(labels)


def rotate(
    dn: np.ndarray, labels: np.ndarray, degrees: float, ignored: int
) -> tuple[np.ndarray, np.ndarray]:
    """Series and labels rotated about the centre, nearest neighbour.

    What comes from outside is no data and of the ignored class: nothing is learnt there.
    """
    rows, columns = labels.shape
    angle = np.deg2rad(degrees)
    y, x = np.meshgrid(
        np.arange(rows) - (rows - 1) / 2, np.arange(columns) - (columns - 1) / 2, indexing="ij"
    )
    from_row = np.rint(np.cos(angle) * y + np.sin(angle) * x + (rows - 1) / 2).astype(int)
    from_column = np.rint(np.cos(angle) * x - np.sin(angle) * y + (columns - 1) / 2).astype(int)
    inside = (from_row >= 0) & (from_row < rows) & (from_column >= 0) & (from_column < columns)
    place = (np.clip(from_row, 0, rows - 1), np.clip(from_column, 0, columns - 1))
    turned = np.where(inside, dn[(..., *place)], np.asarray(OUTSIDE_DN, dn.dtype))
    return turned, np.where(inside, labels[place], np.asarray(ignored, labels.dtype))


def vary(
    series: LabelledSeries,
    dates: np.ndarray,
    patch: int,
    augmentation: Augmentation,
    ignored: int,
    rng: np.random.Generator,
) -> Patch:
    """A patch of a series on the given dates, varied as asked for."""
    dn, labels = series.dn[dates], series.labels
    if augmentation == "rotate":
        dn, labels = rotate(dn, labels, float(rng.choice(ANGLES)), ignored)
    row, column = cut_place((labels.shape[0], labels.shape[1]), patch, rng)
    area = (slice(row, row + patch), slice(column, column + patch))
    dn, labels = dn[(..., *area)], labels[area]
    if augmentation != "none":
        dn, labels = turn(dn, labels, int(rng.integers(4)), bool(rng.integers(2)))
    return np.ascontiguousarray(dn), series.days[dates], np.ascontiguousarray(labels)
