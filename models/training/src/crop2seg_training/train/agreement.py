"""Teaching a network that the class of a pixel does not hang on the tile around it.

GroupNorm takes its statistics from the whole tile, so the same pixel scores differently in two
tiles that overlap, and a pixel between two classes tips at a seam. Each step therefore cuts a
smaller window out of its patches, runs the network on it too, and draws the two answers together.
"""

from __future__ import annotations

import torch
from torch import Tensor

from crop2seg_training.losses import Loss
from crop2seg_training.networks import SeriesNetwork

WINDOW_SHARE = 0.75  # of the patch's side
EDGE = 6  # pixels along the window's edges that see a reflection and are not compared
LABEL_SHARE = 0.5  # weight of the window's own loss on labels


def window_size(patch: int, multiple: int) -> int:
    """Side of the window in pixels, a multiple of the network's size multiple."""
    return int(patch * WINDOW_SHARE) // multiple * multiple


def disagreement(whole: Tensor, part: Tensor, row: int, column: int) -> Tensor:
    """Kullback-Leibler divergence of a window from the whole patch it was cut from.

    Logits [B, K, H, W] and [B, K, h, w], the window's corner in the patch; one number, the mean
    over pixels. The whole patch sees more land and is taken as given.
    """
    rows, columns = part.shape[-2:]
    inner = (..., slice(EDGE, rows - EDGE), slice(EDGE, columns - EDGE))
    cut = (..., slice(row, row + rows), slice(column, column + columns))
    seen = torch.log_softmax(whole.detach(), 1)[cut][inner]
    found = torch.log_softmax(part, 1)[inner]
    return (seen.exp() * (seen - found)).sum(1).mean()


def agreement_loss(
    network: SeriesNetwork,
    inputs: tuple[Tensor, Tensor, Tensor],
    whole: Tensor,
    loss_of: Loss,
    valid: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Disagreement with a random window, and the window's own loss on labels.

    `inputs` are series [B, T, C, H, W], days and labels; `whole` the network's logits of them;
    `valid` the pixels that count, [B, T, H, W], or None.
    The window's corner is even, to keep the phase of the 20 m bands.
    """
    x, days, labels = inputs
    size = window_size(x.shape[-1], network.config.size_multiple)
    if size <= 2 * EDGE:
        raise ValueError(f"patches of {x.shape[-1]} pixels are too small for --agreement")
    spare = (x.shape[-1] - size) // 2 + 1
    row, column = (2 * int(torch.randint(spare, ())) for _ in range(2))
    cut = (..., slice(row, row + size), slice(column, column + size))
    part = network(x[cut].contiguous(), days, None if valid is None else valid[cut])
    return disagreement(whole, part, row, column), LABEL_SHARE * loss_of(part, labels[cut])
