"""Sinusoidal encoding of the day count."""

from __future__ import annotations

import torch
from torch import Tensor


def encode_days(days: Tensor, width: int, period: float) -> Tensor:
    """Encode day counts of any shape ``[...]`` as ``[..., width]`` float32.

    Even places hold the sine, odd places the cosine of ``day / period ** (2 * (j // 2) / width)``.
    The predecessor repeats this vector once per head; here one copy serves all heads.
    """
    place = torch.arange(width, device=days.device)
    divisor = period ** (2.0 * torch.div(place, 2, rounding_mode="floor").float() / width)
    angle = days.float().unsqueeze(-1) / divisor
    return torch.where(torch.remainder(place, 2).eq(0), torch.sin(angle), torch.cos(angle))
