"""Adding up maps over the dates with what the attention found at a coarser level."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.networks.config import AggregationMode

LEAST_WEIGHT = 1e-6
"""Sum of the weights of a pixel's valid dates below which it has none to speak of: its sum is 0."""


def aggregate(
    features: Tensor,
    attention: Tensor,
    mode: AggregationMode,
    padding: Tensor | None,
    valid: Tensor | None = None,
) -> Tensor:
    """Sum ``features [B, T, C, H, W]`` over dates with enlarged ``attention [heads, B, T, h, w]``.

    ``att_group``: channels are cut into one consecutive group per head. ``att_mean``: the mean of
    the heads' weights counts for all channels. ``mean``: every date counts alike. The attention is
    enlarged bilinearly, or averaged where the features are coarser. Padding dates ``[B, T]`` count
    nothing: their features are 0. With ``valid [B, T, H, W]`` only a pixel's valid dates count, and
    the sum is divided by the sum of their weights.
    """
    if mode == "mean":
        if valid is not None:
            return (features * valid.unsqueeze(2)).sum(1) / valid.sum(1).clamp_min(1.0).unsqueeze(1)
        real = features.shape[1] if padding is None else (~padding).sum(1)[:, None, None, None]
        return features.sum(1) / real
    if mode == "att_mean":
        attention = attention.mean(0, keepdim=True)
    heads, dates = attention.shape[0], attention.shape[2]
    rows, columns = features.shape[-2:]
    by_head = features.reshape(*features.shape[:2], heads, -1, rows, columns)
    total = torch.zeros_like(by_head[:, 0])
    shares = features.new_zeros((features.shape[0], heads, rows, columns))
    for date in range(dates):
        weight = _at_size(attention[:, :, date].transpose(0, 1), rows, columns)
        if valid is not None:
            weight = weight * valid[:, date].unsqueeze(1)
            shares = shares + weight
        total = total + by_head[:, date] * weight.unsqueeze(2)
    if valid is not None:
        total = total / torch.where(shares < LEAST_WEIGHT, 1.0, shares).unsqueeze(2)
    return total.flatten(1, 2)


def _at_size(weight: Tensor, rows: int, columns: int) -> Tensor:
    if weight.shape[-2] > rows:
        return nn.functional.adaptive_avg_pool2d(weight, (rows, columns))
    return nn.functional.interpolate(
        weight, size=(rows, columns), mode="bilinear", align_corners=False
    )
