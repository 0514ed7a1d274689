"""A U-Net that takes the bands of all dates as channels: the baseline without a temporal part."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from crop2seg_training.networks.base import LevelledNetwork, SeriesOutput
from crop2seg_training.networks.config import NetworkConfig

ENCODER_SHARES = (8, 8, 8, 16)
"""Widths of the levels, in halves of the number of dates."""
DECODER_SHARES = (4, 4, 8, 16)
LAST_SHARE = 8


class UNetNaive(LevelledNetwork):
    """Widths grow with ``max_temp``, the dates it is built for; fewer are filled up with zeros."""

    def __init__(self, config: NetworkConfig) -> None:
        def width(share: int) -> int:
            return share * config.max_temp // 2

        super().__init__(
            replace(
                config,
                encoder_widths=tuple(width(share) for share in ENCODER_SHARES),
                decoder_widths=tuple(width(share) for share in DECODER_SHARES),
                out_conv=(width(LAST_SHARE),),
                encoder_norm="batch",
            )
        )
        self.in_conv = self._make_in(config.bands * config.max_temp)
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self._make_heads()

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """Logits; days are not looked at. Raises ``ValueError`` for more dates than built for."""
        self.refuse_validity(valid)
        batch, dates, bands, rows, columns = x.shape
        missing = self.config.max_temp - dates
        if missing < 0:
            raise ValueError(
                f"unet_naive was built for {self.config.max_temp} dates, not {dates}: set max_temp"
            )
        filled = torch.cat([x, x.new_zeros((batch, missing, bands, rows, columns))], dim=1)
        logits, boundary = self.unet(self.in_conv(filled.flatten(1, 2)))
        return SeriesOutput(logits, boundary=boundary)
