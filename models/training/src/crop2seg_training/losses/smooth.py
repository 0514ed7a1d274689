"""Cross entropy whose targets soften at borders and on Background (specification, 3.5)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.losses.counted import counted_pixels, mean_of

SMALL_SHARE = 0.1
"""Of one, spread evenly over the classes: what a class that is not there gets."""
BACKGROUND = 0
BACKGROUND_SHARE = 0.6
"""Of a Background target; the rest goes to the crops, some of which are mapped as Background."""
CROP_SHARES = (
    0.3111, 0.0193, 0.0809, 0.2809, 0.1084, 0.0892, 0.0350, 0.0170, 0.0007, 0.0047, 0.0015, 0.0044,
    0.0394, 0.0074,
)  # fmt: skip
"""Of classes 1 to 14, presumably by area in Czechia; the predecessor's numbers."""


def present_in_cross(labels: Tensor, classes: int) -> Tensor:
    """Which classes a pixel or one of its four neighbours has: bool [B, classes, H, W]."""
    own = nn.functional.one_hot(labels, classes).permute(0, 3, 1, 2).bool()
    present = own.clone()
    present[:, :, 1:] |= own[:, :, :-1]
    present[:, :, :-1] |= own[:, :, 1:]
    present[:, :, :, 1:] |= own[:, :, :, :-1]
    present[:, :, :, :-1] |= own[:, :, :, 1:]
    return present


def soft_targets(labels: Tensor, classes: int) -> Tensor:
    """Target distributions float32 [B, classes, H, W] of labels [B, H, W].

    With n classes in the cross and e = 0.1 / classes, absent classes get e and present ones
    (1 - e (classes - n)) / n. Background pixels get a fixed distribution, which is defined for 15
    classes; other schemes treat Background as any class.
    """
    present = present_in_cross(labels, classes)
    count = present.sum(1, keepdim=True)
    small = SMALL_SHARE / classes
    targets = torch.where(present, (1 - small * (classes - count)) / count, small)
    if classes != len(CROP_SHARES) + 1:
        return targets
    rest = [(1 - BACKGROUND_SHARE) * share / sum(CROP_SHARES) for share in CROP_SHARES]
    background = torch.tensor([BACKGROUND_SHARE, *rest], device=labels.device)
    return torch.where((labels == BACKGROUND).unsqueeze(1), background.view(1, -1, 1, 1), targets)


def smooth_cross_entropy(logits: Tensor, labels: Tensor, ignored: int) -> Tensor:
    """Cross entropy of logits [B, K, H, W] against `soft_targets`, mean over pixels that count."""
    counted = counted_pixels(labels, ignored)
    safe = torch.where(counted, labels, torch.full_like(labels, ignored))
    targets = soft_targets(safe, logits.shape[1])
    loss = -(targets * torch.log_softmax(logits, 1)).sum(1)
    return mean_of(loss, counted)
