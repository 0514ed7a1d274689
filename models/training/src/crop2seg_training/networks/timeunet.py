"""Time-Unet: attention over dates at full resolution, then one U-Net on the result."""

from __future__ import annotations

from torch import Tensor

from crop2seg_training.networks.base import (
    LevelledNetwork,
    SeriesOutput,
    as_pixels,
    attention_maps,
    per_date,
)
from crop2seg_training.networks.config import NetworkConfig


class TimeUNet(LevelledNetwork):
    """The published model (version 1)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width = config.encoder_widths[0]
        self.in_conv = self._make_in()
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = self._make_attention(width, width)
        self._make_heads()

    def forward_parts(self, x: Tensor, days: Tensor) -> SeriesOutput:
        """See :class:`SeriesOutput`; attention and temporal output are at full resolution."""
        rows, columns = x.shape[-2:]
        padding = self.padding_of(x)
        pixels = as_pixels(per_date(self.in_conv, x, padding))
        embedding, weights = self.temporal_encoder(pixels, days, padding)
        temporal = embedding.unflatten(1, (rows, columns)).permute(0, 3, 1, 2)
        logits, boundary = self.unet(temporal)
        attention = attention_maps(weights, rows, columns)
        return SeriesOutput(logits, attention, temporal, boundary)
