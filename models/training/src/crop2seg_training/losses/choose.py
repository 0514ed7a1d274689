"""Losses by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from crop2seg_training.losses.cross_entropy import cross_entropy, focal, recall
from crop2seg_training.losses.smooth import smooth_cross_entropy

LOSS_NAMES = ("cross_entropy", "focal", "recall", "smooth")
Loss = Callable[[Tensor, Tensor], Tensor]
"""Of logits [B, K, H, W] and labels int64 [B, H, W]: one number."""


@dataclass(frozen=True)
class LossOptions:
    """Settings of the losses."""

    name: str = "cross_entropy"
    ignored: int = 14
    label_smoothing: float = 0.05
    """Of `cross_entropy`."""
    gamma: float = 2.0
    """Of `focal` and of the boundary head: how much sure pixels are played down."""


def make_loss(options: LossOptions) -> Loss:
    """The loss of that name. Raises ValueError for an unknown one."""
    ignored = options.ignored
    losses: dict[str, Loss] = {
        "cross_entropy": lambda x, y: cross_entropy(x, y, ignored, options.label_smoothing),
        "focal": lambda x, y: focal(x, y, ignored, options.gamma),
        "recall": lambda x, y: recall(x, y, ignored),
        "smooth": lambda x, y: smooth_cross_entropy(x, y, ignored),
    }
    if options.name not in losses:
        raise ValueError(f"unknown loss {options.name!r}; known are {', '.join(LOSS_NAMES)}")
    return losses[options.name]
