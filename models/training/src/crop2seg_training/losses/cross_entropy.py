"""Losses on class scores: cross entropy with label smoothing, focal and recall cross entropy."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.losses.counted import counted_pixels, mean_of


def cross_entropy(logits: Tensor, labels: Tensor, ignored: int, smoothing: float) -> Tensor:
    """Cross entropy of logits [B, K, H, W]; the ignored class counts neither as label nor in the
    smoothing."""
    counted = counted_pixels(labels, ignored)
    if not bool(counted.any()):
        return logits.sum() * 0.0  # the mean over no pixel would be no number
    weight = logits.new_ones(logits.shape[1])
    weight[ignored] = 0.0
    targets = torch.where(counted, labels, torch.full_like(labels, ignored))
    loss: Tensor = nn.functional.cross_entropy(
        logits, targets, weight, ignore_index=ignored, label_smoothing=smoothing
    )
    return loss


def pixel_cross_entropy(logits: Tensor, labels: Tensor, ignored: int) -> tuple[Tensor, Tensor]:
    """-log p of the label, and the mask of the pixels that count, both [B, H, W]."""
    counted = counted_pixels(labels, ignored)
    safe = torch.where(counted, labels, torch.zeros_like(labels))
    loss: Tensor = nn.functional.cross_entropy(logits, safe, reduction="none")
    return loss, counted


def focal(logits: Tensor, labels: Tensor, ignored: int, gamma: float) -> Tensor:
    """-(1 - p)^gamma log p of the label's probability p, mean over the pixels that count (Lin et
    al., 2017)."""
    loss, counted = pixel_cross_entropy(logits, labels, ignored)
    return mean_of((1 - torch.exp(-loss)) ** gamma * loss, counted)


def recall(logits: Tensor, labels: Tensor, ignored: int) -> Tensor:
    """Cross entropy weighted by the share of a class's pixels in the batch that are missed (Tian et
    al., 2022): classes that are found already weigh nothing."""
    loss, counted = pixel_cross_entropy(logits, labels, ignored)
    classes = logits.shape[1]
    missed = counted & (logits.argmax(1) != labels)
    total = torch.bincount(labels[counted], minlength=classes).clamp_min(1)
    lost = torch.bincount(labels[missed], minlength=classes)
    weight = (lost / total).to(loss.dtype)
    safe = torch.where(counted, labels, torch.zeros_like(labels))
    return mean_of(weight[safe] * loss, counted)
