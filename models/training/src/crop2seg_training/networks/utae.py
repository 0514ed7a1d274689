"""U-TAE: a U-Net encoder per date, attention at the coarsest level, shared by all skips."""

from __future__ import annotations

from torch import Tensor

from crop2seg_training.networks.aggregate import aggregate
from crop2seg_training.networks.base import (
    EncodingNetwork,
    Levels,
    SeriesOutput,
    as_pixels,
    attention_maps,
    per_date,
    without_invalid,
)
from crop2seg_training.networks.config import NetworkConfig


class UTAE(EncodingNetwork):
    """U-Net with temporal attention encoder (Sainte Fare Garnot and Landrieu, 2021)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width = config.encoder_widths[-1]
        self.in_conv = self._make_in()
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = self._make_attention(width, width)
        self._make_heads()

    def encode(self, x: Tensor, padding: Tensor | None, seen: Levels) -> list[Tensor]:
        """See :class:`EncodingNetwork`; one map a level."""
        maps = [per_date(self.in_conv, without_invalid(x, seen[0]), padding, seen[0])]
        for block, level in zip(self.down_blocks, seen[1:]):
            maps.append(per_date(block, maps[-1], padding, level))
        return maps

    def season(
        self, maps: list[Tensor], days: Tensor, padding: Tensor | None, seen: Levels
    ) -> SeriesOutput:
        """See :class:`SeriesOutput`; attention and temporal output are at the coarsest level."""
        rows, columns = maps[-1].shape[-2:]
        flat = None if seen[-1] is None else seen[-1].flatten(2)
        embedding, weights = self.temporal_encoder(as_pixels(maps[-1]), days, padding, flat)
        temporal = embedding.unflatten(1, (rows, columns)).permute(0, 3, 1, 2)
        attention = attention_maps(weights, rows, columns)
        mode = self.config.agg_mode
        skips = [
            aggregate(level, attention, mode, padding, of_level)
            for level, of_level in zip(maps[:-1], seen)
        ]
        logits, boundary = self.decode(temporal, skips)
        return SeriesOutput(logits, attention, temporal, boundary)
