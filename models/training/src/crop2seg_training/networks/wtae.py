"""W-TAE: attention found at an eighth of the resolution, applied to full-resolution features."""

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


class WTAE(LevelledNetwork):
    """Depthwise-separable reduction per date, attention weights only, then the common U-Net."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.in_conv = self._make_in()
        self.spatial_reduction = self._make_down(separable=True)
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = self._make_attention(config.encoder_widths[-1], None)
        self._make_heads()

    def forward_parts(self, x: Tensor, days: Tensor) -> SeriesOutput:
        """See :class:`SeriesOutput`; attention is coarse, the temporal output full resolution."""
        padding = self.padding_of(x)
        features = per_date(self.in_conv, x, padding)
        reduced = features
        for block in self.spatial_reduction:
            reduced = per_date(block, reduced, padding)
        weights = self.temporal_encoder.weights(as_pixels(reduced), days, padding)
        attention = attention_maps(weights, *reduced.shape[-2:])
        temporal = aggregate(features, attention, self.config.agg_mode, padding)
        logits, boundary = self.unet(temporal)
        return SeriesOutput(logits, attention, temporal, boundary)
