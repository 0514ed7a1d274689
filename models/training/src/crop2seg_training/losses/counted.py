"""Which pixels count in a loss."""

from __future__ import annotations

from torch import Tensor

UNLABELLED = 255
"""In label rasters: no data."""


def counted_pixels(labels: Tensor, ignored: int) -> Tensor:
    """Mask of the pixels of labels [batch, rows, columns] that have a class to be learnt."""
    return (labels != ignored) & (labels != UNLABELLED)


def mean_of(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of the values where the mask holds; 0, still differentiable, where it holds nowhere."""
    return (values * mask).sum() / mask.sum().clamp_min(1)
