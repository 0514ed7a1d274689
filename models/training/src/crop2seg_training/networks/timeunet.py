"""Time-Unet: attention over dates at full resolution, then one U-Net on the result."""

from __future__ import annotations

from torch import Tensor

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


class TimeUNet(EncodingNetwork):
    """The published model (version 1)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width = config.encoder_widths[0]
        self.in_conv = self._make_in()
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = self._make_attention(width, width)
        self._make_heads()

    def encode(self, x: Tensor, padding: Tensor | None, seen: Levels) -> list[Tensor]:
        """See :class:`EncodingNetwork`; one map at full resolution."""
        return [per_date(self.in_conv, without_invalid(x, seen[0]), padding, seen[0])]

    def season(
        self, maps: list[Tensor], days: Tensor, padding: Tensor | None, seen: Levels
    ) -> SeriesOutput:
        """See :class:`SeriesOutput`; attention and temporal output are at full resolution."""
        rows, columns = maps[0].shape[-2:]
        flat = None if seen[0] is None else seen[0].flatten(2)
        embedding, weights = self.temporal_encoder(as_pixels(maps[0]), days, padding, flat)
        temporal = embedding.unflatten(1, (rows, columns)).permute(0, 3, 1, 2)
        logits, boundary = self.unet(temporal)
        attention = attention_maps(weights, rows, columns)
        return SeriesOutput(logits, attention, temporal, boundary)
