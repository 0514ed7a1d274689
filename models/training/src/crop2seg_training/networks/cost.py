"""What a network costs: multiply-adds, counted while it runs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from crop2seg_training.networks.attention import TemporalAttention
from crop2seg_training.networks.base import SeriesNetwork

DATES = 30
"""Of a season with its usual clouds."""
PIXELS = 32
"""Rows and columns of the counted run; the cost per pixel does not hang on them."""


def multiply_adds(network: SeriesNetwork, dates: int = DATES) -> float:
    """Multiply-adds per pixel and date, of convolutions, linear layers and the folded attention.

    What is done once a season (the U-Net behind the attention) is shared among the dates. W-TAE's
    attention, on one of 64 pixels, is left out.
    """
    total = 0

    def count(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        nonlocal total
        if isinstance(module, TemporalAttention):
            total += _attention(module, inputs[0])
        elif isinstance(module, nn.ConvTranspose2d | nn.ConvTranspose3d):
            total += inputs[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Conv2d | nn.Conv3d | nn.Linear):
            total += output.numel() * module.weight[0].numel()

    attention = [m for m in network.modules() if isinstance(m, TemporalAttention)]
    within = {id(m) for a in attention for m in a.modules() if m is not a}
    hooks = [m.register_forward_hook(count) for m in network.modules() if id(m) not in within]
    x = torch.zeros(1, dates, network.config.bands, PIXELS, PIXELS)
    try:
        with torch.no_grad():
            network.eval()(x, torch.arange(dates, dtype=torch.float32)[None])
    finally:
        for hook in hooks:
            hook.remove()
    return total / (dates * PIXELS**2)


def _attention(module: TemporalAttention, x: Tensor) -> int:
    """Scores and sums per date, widening and linear layer per pixel; ``x [B, T, P, C]``."""
    batch, dates, pixels, width = x.shape
    heads, wide = module.config.heads, module.config.model_width
    per_date = width * heads * (module.config.num_queries + 1) + wide
    once = width * wide + wide * int(module.mlp[0].out_features)
    return batch * pixels * (dates * per_date + once)
