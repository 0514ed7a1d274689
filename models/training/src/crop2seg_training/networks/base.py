"""What the networks share: encoding dates one by one, and the U-Net behind the attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from crop2seg_training.networks.attention import TemporalAttention
from crop2seg_training.networks.attention_direct import DirectTemporalAttention
from crop2seg_training.networks.blocks import (
    ConvBlock,
    DownBlock,
    Style,
    UpBlock,
    encoder_style,
)
from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.masked import coarser

BOUNDARY_CLASSES = 2
"""Inside a field, and at a border."""


class SeriesOutput(NamedTuple):
    """All a forward pass knows."""

    logits: Tensor
    """``[B, K, H, W]``; never negative where the last layer ends in a ReLU."""
    attention: Tensor | None = None
    """``[heads, B, T, h, w]``, of networks that have it."""
    temporal: Tensor | None = None
    """What the temporal stage hands on: ``[B, C, h, w]``."""
    boundary: Tensor | None = None
    """``[B, 2, H, W]``: scores of inside and border, of networks with that head."""


class SeriesNetwork(nn.Module):
    """Base of the networks: a series of images in, one map of class scores out."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config

    def forward(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> Tensor:
        """Logits ``[B, K, H, W]`` of a normalised series ``x [B, T, C, H, W]``, ``days [B, T]``.

        Days count from 1 September of the year before the season. H and W are multiples of
        ``config.size_multiple``. ``valid [B, T, H, W]`` is 1 or true where a date measured the
        land: what it holds elsewhere does not matter then. Without it, in a batch of more than one
        sample, dates that hold nothing but ``config.pad_value`` are padding; with a single sample
        every date is real. Raises ValueError where a network knows no validity.
        """
        return self.forward_parts(x, days, valid).logits

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """As :meth:`forward`, with attention weights and the temporal stage's output."""
        raise NotImplementedError

    def refuse_validity(self, valid: Tensor | None) -> None:
        """For networks without masked forms of their parts. Raises ValueError."""
        if valid is not None:
            raise ValueError(f"{type(self).__name__} cannot leave out invalid pixels")

    def padding_of(self, x: Tensor, valid: Tensor | None = None) -> Tensor | None:
        """Mask ``[B, T]`` of padding dates, or None where every date is real.

        Validity, where it is given, says all of that by itself.
        """
        if x.shape[0] == 1 or valid is not None:
            return None
        padding: Tensor = torch.eq(x, self.config.pad_value).flatten(2).all(2)
        return padding if bool(padding.any()) else None


class LevelledNetwork(SeriesNetwork):
    """Base of the networks with a U-Net's levels."""

    in_conv: ConvBlock
    down_blocks: nn.ModuleList
    up_blocks: nn.ModuleList
    out_conv: ConvBlock

    def _make_down(self, separable: bool = False) -> nn.ModuleList:
        widths, style = self.config.encoder_widths, encoder_style(self.config, separable)
        pairs = zip(widths[:-1], widths[1:])
        return nn.ModuleList(DownBlock(a, b, style, self.config) for a, b in pairs)

    def _decoder_style(self) -> Style:
        return Style("batch", padding_mode=self.config.padding_mode)

    def _make_up(self) -> nn.ModuleList:
        encoder, decoder = self.config.encoder_widths, self.config.decoder_widths
        style = self._decoder_style()
        return nn.ModuleList(
            UpBlock(decoder[level], decoder[level - 1], encoder[level - 1], style, self.config)
            for level in range(self.config.levels - 1, 0, -1)
        )

    def _make_in(self, bands: int | None = None) -> ConvBlock:
        width = self.config.encoder_widths[0]
        return ConvBlock((bands or self.config.bands, width, width), encoder_style(self.config))

    def _make_attention(self, in_width: int, out_width: int | None) -> TemporalAttention:
        direct = self.config.formulation == "direct"
        kind = DirectTemporalAttention if direct else TemporalAttention
        return kind(in_width, out_width, self.config)

    def _make_heads(self) -> None:
        """The last block, and beside it the one for field borders where there is one."""
        widths = self.config.head_widths
        style = self._decoder_style()
        self.out_conv = ConvBlock((*widths, self.config.classes), style)
        if self.config.boundary_head:
            self.boundary_conv = ConvBlock((*widths, BOUNDARY_CLASSES), style)

    def decode(self, deepest: Tensor, skips: list[Tensor]) -> tuple[Tensor, Tensor | None]:
        """Logits, and those of borders, walking up from the coarsest map.

        ``skips`` run from full resolution downwards.
        """
        for up, skip in zip(self.up_blocks, reversed(skips)):
            deepest = up(deepest, skip)
        boundary = self.boundary_conv(deepest) if self.config.boundary_head else None
        return self.out_conv(deepest), boundary

    def unet(self, full: Tensor) -> tuple[Tensor, Tensor | None]:
        """Down from one full-resolution map ``[B, C, H, W]`` and up again to logits."""
        maps = [full]
        for down in self.down_blocks:
            maps.append(down(maps[-1]))
        return self.decode(maps[-1], maps[:-1])


Levels = list[Tensor | None]
"""Validity ``[B, T, h, w]`` of each level, or None for each."""


class EncodingNetwork(LevelledNetwork):
    """Base of the networks that encode each date by itself before they look at the season."""

    def encode(self, x: Tensor, padding: Tensor | None, seen: Levels) -> list[Tensor]:
        """Maps ``[B, T, C, h, w]`` of each date of ``x [B, T, bands, H, W]``, finest first."""
        raise NotImplementedError

    def season(
        self, maps: list[Tensor], days: Tensor, padding: Tensor | None, seen: Levels
    ) -> SeriesOutput:
        """What the network makes of the encoded dates."""
        raise NotImplementedError

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """See :class:`SeriesNetwork`."""
        padding, seen = self.padding_of(x, valid), validity_levels(valid, self.config)
        return self.season(self.encode(x, padding, seen), days, padding, seen)


PerDate = Callable[..., Tensor]
"""A block of the encoder: maps ``[N, C, H, W]`` and, where given, their validity."""


def per_date(
    block: PerDate, x: Tensor, padding: Tensor | None, valid: Tensor | None = None
) -> Tensor:
    """Run ``block`` on each date of ``x [B, T, C, H, W]``; padding dates stay 0, at no cost.

    ``valid [B, T, h, w]`` is that of the block's output; where it is given there is no padding.
    """
    batch, dates = x.shape[:2]
    # channels_last is what oneDNN's convolutions and the per-pixel attention both read fastest.
    flat = x.flatten(0, 1)
    if valid is not None:
        seen = valid.flatten(0, 1).unsqueeze(1)
        out = block(flat.contiguous(memory_format=torch.channels_last), seen)
    elif padding is None:
        out = block(flat.contiguous(memory_format=torch.channels_last))
    else:
        real = ~padding.flatten()
        encoded = block(flat[real].contiguous(memory_format=torch.channels_last))
        blank = encoded.new_zeros((batch * dates, *encoded.shape[1:]))
        blank = blank.contiguous(memory_format=torch.channels_last)
        out = blank.index_put((real.nonzero().squeeze(1),), encoded)
    return out.view(batch, dates, *out.shape[1:])


def validity_levels(valid: Tensor | None, config: NetworkConfig) -> Levels:
    """Validity ``[B, T, H, W]`` of each level, from full resolution downwards, as numbers."""
    if valid is None:
        return [None] * config.levels
    level = valid.to(torch.float32)
    levels: Levels = [level]
    for _ in range(config.levels - 1):
        level = coarser(level, config.str_conv_s)
        levels.append(level)
    return levels


def without_invalid(x: Tensor, valid: Tensor | None) -> Tensor:
    """``x [B, T, C, H, W]`` with 0 where a date is not valid."""
    return x if valid is None else x * valid.unsqueeze(2)


def as_pixels(x: Tensor) -> Tensor:
    """``[B, T, C, H, W]`` to ``[B, T, H * W, C]`` (a view if channels already lie innermost)."""
    return x.permute(0, 1, 3, 4, 2).flatten(2, 3).contiguous()


def attention_maps(weights: Tensor, rows: int, columns: int) -> Tensor:
    """``[B, T, P, heads]`` to ``[heads, B, T, rows, columns]``."""
    batch, dates, _, heads = weights.shape
    return weights.view(batch, dates, rows, columns, heads).permute(4, 0, 1, 2, 3)
