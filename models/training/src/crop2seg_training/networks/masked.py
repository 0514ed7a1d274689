"""Operations of the per-date encoder over the valid pixels of a date alone.

Invalid pixels are 0 in every map that a convolution reads, as if they lay in its padding, and take
no part in statistics: so their values cannot matter.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn


def coarser(valid: Tensor, stride: int) -> Tensor:
    """Validity ``[N, 1, H, W]`` one level down: a pixel is valid if any of its block is."""
    return nn.functional.max_pool2d(valid, stride)


def masked_mean(x: Tensor, valid: Tensor) -> Tensor:
    """Mean ``[N, C]`` of ``x [N, C, H, W]`` over valid pixels; 0 where there is none."""
    return (x * valid).sum((2, 3)) / valid.sum((2, 3)).clamp_min(1.0)


def masked_norm(norm: nn.GroupNorm | nn.InstanceNorm2d, x: Tensor, valid: Tensor) -> Tensor:
    """The norm with statistics of the valid pixels, times ``valid [N, 1, H, W]``.

    Without a valid pixel mean and variance are 0. An InstanceNorm has a group for each channel.
    """
    groups = norm.num_groups if isinstance(norm, nn.GroupNorm) else x.shape[1]
    weight, bias = norm.weight, norm.bias
    if weight is None or bias is None:
        weight, bias = x.new_ones(x.shape[1]), x.new_zeros(x.shape[1])
    if x.requires_grad or weight.requires_grad:
        out = _MaskedNorm.apply(x, valid, weight, bias, groups, norm.eps)
        return cast(Tensor, out)
    return _forward(x, valid, weight, bias, groups, norm.eps)[0]


def _statistics(x: Tensor, valid: Tensor, groups: int, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """``x`` without its mean, 0 where invalid; 1 / deviation and values, ``[N, groups, 1]``."""
    rows = x.shape[0]
    count = (valid.sum((2, 3)) * (x.shape[1] // groups)).unsqueeze(-1).clamp_min(1.0)
    sums = (x * valid).sum((2, 3), dtype=torch.float32)
    mean = sums.view(rows, groups, -1).sum(-1, keepdim=True) / count
    centred = (x - _by_channel(mean, x)) * valid
    squares = centred.square().sum((2, 3), dtype=torch.float32)
    variance = squares.view(rows, groups, -1).sum(-1, keepdim=True) / count
    return centred, torch.rsqrt(variance + eps), count


def _by_channel(values: Tensor, x: Tensor) -> Tensor:
    """``[N, groups, 1]`` as ``[N, C, 1, 1]``, in the type of x."""
    groups = values.shape[1]
    spread = values.expand(-1, -1, x.shape[1] // groups).reshape(*x.shape[:2], 1, 1)
    return spread.to(x.dtype)


def _forward(
    x: Tensor, valid: Tensor, weight: Tensor, bias: Tensor, groups: int, eps: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    valid = valid.to(x.dtype)
    centred, inverse, count = _statistics(x, valid, groups, eps)
    scale = _by_channel(inverse, x) * weight.to(x.dtype).view(1, -1, 1, 1)
    return centred * scale + bias.to(x.dtype).view(1, -1, 1, 1) * valid, centred, inverse, count


class _MaskedNorm(torch.autograd.Function):
    """Forward and backward by hand: a third of the memory that autograd would keep."""

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Tensor:
        """Of x, valid, weight, bias, groups and epsilon."""
        x, valid, weight, bias, groups, eps = args
        out, centred, inverse, count = _forward(x, valid, weight, bias, groups, eps)
        ctx.save_for_backward(centred, valid, inverse, count, weight)
        return out

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> tuple[Tensor | None, ...]:
        """To x, weight and bias."""
        centred, valid, inverse, count, weight = ctx.saved_tensors
        (gradient,) = grad_outputs
        rows, groups = inverse.shape[:2]
        # Centred values and so all products are 0 outside; the gradient is made so.
        gradient = gradient * valid.to(gradient.dtype)
        of_scale = (gradient * centred).sum((2, 3), dtype=torch.float32)  # [N, C]
        of_bias = gradient.sum((2, 3), dtype=torch.float32)
        by_channel = inverse.expand(-1, -1, centred.shape[1] // groups).reshape(rows, -1)
        weighted = (weight * of_bias).view(rows, groups, -1).sum(-1, keepdim=True) / count
        along = (weight * of_scale).view(rows, groups, -1).sum(-1, keepdim=True) / count
        scale = (by_channel * weight)[:, :, None, None].to(gradient.dtype)
        slope = _by_channel(along * inverse**3, centred)
        level = _by_channel(weighted * inverse, centred)
        of_x = gradient * scale - centred * slope - level * valid.to(gradient.dtype)
        return of_x, None, (of_scale * by_channel).sum(0), of_bias.sum(0), None, None
