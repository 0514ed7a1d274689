"""The border between classes: where it is, and the loss of a head that is to find it."""

from __future__ import annotations

import torch
from torch import Tensor

from crop2seg_training.losses.counted import mean_of
from crop2seg_training.losses.cross_entropy import pixel_cross_entropy

NO_CLASS = -1
"""For a loss whose every pixel counts."""


def boundary_of(labels: Tensor) -> Tensor:
    """Pixels of labels [B, H, W] that have another class among their four neighbours, as 0 and 1.

    Both sides of a border count; the edge of the image is none (specification, 3.4).
    """
    mask = torch.zeros_like(labels, dtype=torch.bool)
    down = labels[:, 1:] != labels[:, :-1]
    across = labels[:, :, 1:] != labels[:, :, :-1]
    mask[:, 1:] |= down
    mask[:, :-1] |= down
    mask[:, :, 1:] |= across
    mask[:, :, :-1] |= across
    return mask.long()


def boundary_loss(logits: Tensor, labels: Tensor, gamma: float) -> Tensor:
    """Focal loss of a boundary head's logits [B, 2, H, W] against the borders of the labels."""
    loss, counted = pixel_cross_entropy(logits, boundary_of(labels), NO_CLASS)
    return mean_of((1 - torch.exp(-loss)) ** gamma * loss, counted)
