"""W-TAE: attention found at an eighth of the resolution, applied to full-resolution features."""

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


class WTAE(EncodingNetwork):
    """Depthwise-separable reduction per date, attention weights only, then the common U-Net."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.in_conv = self._make_in()
        self.spatial_reduction = self._make_down(separable=True)
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = self._make_attention(config.encoder_widths[-1], None)
        self._make_heads()

    def encode(self, x: Tensor, padding: Tensor | None, seen: Levels) -> list[Tensor]:
        """See :class:`EncodingNetwork`; features at full and at the coarsest resolution."""
        features = per_date(self.in_conv, without_invalid(x, seen[0]), padding, seen[0])
        reduced = features
        for block, level in zip(self.spatial_reduction, seen[1:]):
            reduced = per_date(block, reduced, padding, level)
        return [features, reduced]

    def season(
        self, maps: list[Tensor], days: Tensor, padding: Tensor | None, seen: Levels
    ) -> SeriesOutput:
        """See :class:`SeriesOutput`; attention is coarse, the temporal output full resolution."""
        features, reduced = maps
        flat = None if seen[-1] is None else seen[-1].flatten(2)
        weights = self.temporal_encoder.weights(as_pixels(reduced), days, padding, flat)
        attention = attention_maps(weights, *reduced.shape[-2:])
        temporal = aggregate(features, attention, self.config.agg_mode, padding, seen[0])
        logits, boundary = self.unet(temporal)
        return SeriesOutput(logits, attention, temporal, boundary)
