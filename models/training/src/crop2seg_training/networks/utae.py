"""U-TAE: a U-Net encoder per date, attention at the coarsest level, shared by all skips."""

from __future__ import annotations

from torch import Tensor

from crop2seg_training.networks.aggregate import aggregate
from crop2seg_training.networks.base import (
    LevelledNetwork,
    SeriesOutput,
    as_pixels,
    attention_maps,
    per_date,
)
from crop2seg_training.networks.config import NetworkConfig


class UTAE(LevelledNetwork):
    """U-Net with temporal attention encoder (Sainte Fare Garnot and Landrieu, 2021)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width = config.encoder_widths[-1]
        self.in_conv = self._make_in()
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = self._make_attention(width, width)
        self._make_heads()

    def forward_parts(self, x: Tensor, days: Tensor) -> SeriesOutput:
        """See :class:`SeriesOutput`; attention and temporal output are at the coarsest level."""
        padding = self.padding_of(x)
        maps = [per_date(self.in_conv, x, padding)]
        for block in self.down_blocks:
            maps.append(per_date(block, maps[-1], padding))
        rows, columns = maps[-1].shape[-2:]
        embedding, weights = self.temporal_encoder(as_pixels(maps[-1]), days, padding)
        temporal = embedding.unflatten(1, (rows, columns)).permute(0, 3, 1, 2)
        attention = attention_maps(weights, rows, columns)
        mode = self.config.agg_mode
        skips = [aggregate(level, attention, mode, padding) for level in maps[:-1]]
        logits, boundary = self.decode(temporal, skips)
        return SeriesOutput(logits, attention, temporal, boundary)
