"""What the three networks share: encoding dates one by one, and the U-Net behind the attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from crop2seg_training.networks.attention import TemporalAttention
from crop2seg_training.networks.attention_direct import DirectTemporalAttention
from crop2seg_training.networks.blocks import ConvBlock, DownBlock, UpBlock
from crop2seg_training.networks.config import NetworkConfig


class SeriesOutput(NamedTuple):
    """All a forward pass knows."""

    logits: Tensor
    """``[B, K, H, W]``, never negative (the last layer ends in a ReLU)."""
    attention: Tensor
    """``[heads, B, T, h, w]``."""
    temporal: Tensor
    """What the temporal stage hands on: ``[B, C, h, w]``."""


class SeriesNetwork(nn.Module):
    """Base of the networks: a series of images in, one map of class scores out."""

    in_conv: ConvBlock
    down_blocks: nn.ModuleList
    up_blocks: nn.ModuleList
    out_conv: ConvBlock

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config

    def forward(self, x: Tensor, days: Tensor) -> Tensor:
        """Logits ``[B, K, H, W]`` of a normalised series ``x [B, T, C, H, W]``, ``days [B, T]``.

        Days count from 1 September of the year before the season. H and W are multiples of
        ``config.size_multiple``. In a batch of more than one sample, dates that hold nothing but
        ``config.pad_value`` are padding; with a single sample every date is real.
        """
        return self.forward_parts(x, days).logits

    def forward_parts(self, x: Tensor, days: Tensor) -> SeriesOutput:
        """As :meth:`forward`, with attention weights and the temporal stage's output."""
        raise NotImplementedError

    def padding_of(self, x: Tensor) -> Tensor | None:
        """Mask ``[B, T]`` of padding dates, or None where every date is real."""
        if x.shape[0] == 1:
            return None
        padding: Tensor = torch.eq(x, self.config.pad_value).flatten(2).all(2)
        return padding if bool(padding.any()) else None

    def _make_down(self, separable: bool = False) -> nn.ModuleList:
        widths, groups = self.config.encoder_widths, self.config.encoder_groups
        pairs = zip(widths[:-1], widths[1:])
        return nn.ModuleList(DownBlock(a, b, groups, separable) for a, b in pairs)

    def _make_up(self) -> nn.ModuleList:
        encoder, decoder = self.config.encoder_widths, self.config.decoder_widths
        return nn.ModuleList(
            UpBlock(decoder[level], decoder[level - 1], encoder[level - 1])
            for level in range(self.config.levels - 1, 0, -1)
        )

    def _make_in(self) -> ConvBlock:
        width = self.config.encoder_widths[0]
        return ConvBlock((self.config.bands, width, width), "group", self.config.encoder_groups)

    def _make_attention(self, in_width: int, out_width: int | None) -> TemporalAttention:
        direct = self.config.formulation == "direct"
        kind = DirectTemporalAttention if direct else TemporalAttention
        return kind(in_width, out_width, self.config)

    def _make_out(self) -> ConvBlock:
        width = self.config.decoder_widths[0]
        return ConvBlock((width, width, self.config.classes), "batch", 1)

    def decode(self, deepest: Tensor, skips: list[Tensor]) -> Tensor:
        """Walk up from the coarsest map; ``skips`` run from full resolution downwards."""
        for up, skip in zip(self.up_blocks, reversed(skips)):
            deepest = up(deepest, skip)
        logits: Tensor = self.out_conv(deepest)
        return logits

    def unet(self, full: Tensor) -> Tensor:
        """Down from one full-resolution map ``[B, C, H, W]`` and up again to logits."""
        maps = [full]
        for down in self.down_blocks:
            maps.append(down(maps[-1]))
        return self.decode(maps[-1], maps[:-1])


def per_date(block: Callable[[Tensor], Tensor], x: Tensor, padding: Tensor | None) -> Tensor:
    """Run ``block`` on each date of ``x [B, T, C, H, W]``; padding dates stay 0, at no cost."""
    batch, dates = x.shape[:2]
    # channels_last is what oneDNN's convolutions and the per-pixel attention both read fastest.
    flat = x.flatten(0, 1)
    if padding is None:
        out = block(flat.contiguous(memory_format=torch.channels_last))
    else:
        real = ~padding.flatten()
        encoded = block(flat[real].contiguous(memory_format=torch.channels_last))
        blank = encoded.new_zeros((batch * dates, *encoded.shape[1:]))
        blank = blank.contiguous(memory_format=torch.channels_last)
        out = blank.index_put((real.nonzero().squeeze(1),), encoded)
    return out.view(batch, dates, *out.shape[1:])


def as_pixels(x: Tensor) -> Tensor:
    """``[B, T, C, H, W]`` to ``[B, T, H * W, C]`` (a view if channels already lie innermost)."""
    return x.permute(0, 1, 3, 4, 2).flatten(2, 3).contiguous()


def attention_maps(weights: Tensor, rows: int, columns: int) -> Tensor:
    """``[B, T, P, heads]`` to ``[heads, B, T, rows, columns]``."""
    batch, dates, _, heads = weights.shape
    return weights.view(batch, dates, rows, columns, heads).permute(4, 0, 1, 2, 3)


def aggregate(features: Tensor, attention: Tensor) -> Tensor:
    """Sum ``features [B, T, C, H, W]`` over dates with bilinearly enlarged ``attention``.

    Channels are cut into one consecutive group per head. Padding dates need no mask: their weights
    and their features are both 0.
    """
    heads, dates = attention.shape[0], attention.shape[2]
    rows, columns = features.shape[-2:]
    by_head = features.reshape(*features.shape[:2], heads, -1, rows, columns)
    total = torch.zeros_like(by_head[:, 0])
    for date in range(dates):
        weight = attention[:, :, date].transpose(0, 1)
        enlarged = nn.functional.interpolate(
            weight, size=(rows, columns), mode="bilinear", align_corners=False
        )
        total = total + by_head[:, date] * enlarged.unsqueeze(2)
    return total.flatten(1, 2)
