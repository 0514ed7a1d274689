"""3-D U-Net over rows, columns and dates (Rustowicz et al., 2019): dates are places, not days."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.networks.base import SeriesNetwork, SeriesOutput
from crop2seg_training.networks.config import NetworkConfig

FEATURES = 8
"""Unit of the widths: 4, 8 and 16 of them at the three levels, 2 before the classes."""
LEAST_DATES = 4
"""Two poolings of 2 leave one date."""


def _pair(d_in: int, d_between: int, d_out: int) -> nn.Sequential:
    return nn.Sequential(*_conv(d_in, d_between), *_conv(d_between, d_out))


def _conv(d_in: int, d_out: int) -> list[nn.Module]:
    return [
        nn.Conv3d(d_in, d_out, 3, padding=1),
        nn.BatchNorm3d(d_out),
        nn.LeakyReLU(inplace=True),
    ]


def _double(d_in: int, d_out: int) -> nn.ConvTranspose3d:
    return nn.ConvTranspose3d(d_in, d_out, 3, stride=2, padding=1, output_padding=1)


class UNet3D(SeriesNetwork):
    """Classes of each date, averaged over the dates that are real."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        f = FEATURES
        self.en3 = _pair(config.bands, 4 * f, 4 * f)
        self.pool_3 = nn.MaxPool3d(2)
        self.en4 = _pair(4 * f, 8 * f, 8 * f)
        self.pool_4 = nn.MaxPool3d(2)
        self.center_in = nn.Sequential(*_conv(8 * f, 16 * f))
        self.center_out = nn.Sequential(*_conv(16 * f, 16 * f), _double(16 * f, 8 * f))
        self.dc4 = _pair(16 * f, 8 * f, 8 * f)
        self.trans3 = nn.Sequential(
            _double(8 * f, 4 * f), nn.BatchNorm3d(4 * f), nn.LeakyReLU(inplace=True)
        )
        self.dc3 = _pair(8 * f, 4 * f, 2 * f)
        self.final = nn.Conv3d(2 * f, config.classes, 3, padding=1)

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """Logits only; up to three dates at the end fall out where T is no multiple of 4.

        Raises ``ValueError`` for less than ``LEAST_DATES`` dates.
        """
        self.refuse_validity(valid)
        if x.shape[1] < LEAST_DATES:
            raise ValueError(f"unet3d needs {LEAST_DATES} dates or more, not {x.shape[1]}")
        first = self.en3(x.transpose(1, 2))
        second = self.en4(self.pool_3(first))
        centre = self.center_out(self.center_in(self.pool_4(second)))
        body = self.dc4(torch.cat([centre, second[:, :, : centre.shape[2]]], dim=1))
        body = self.trans3(body)
        scores = self.final(self.dc3(torch.cat([body, first[:, :, : body.shape[2]]], dim=1)))
        padding = self.padding_of(x)
        if padding is None:
            return SeriesOutput(scores.mean(2))
        real = (~padding[:, : scores.shape[2]]).to(scores.dtype)
        total = (scores * real[:, None, :, None, None]).sum(2)
        return SeriesOutput(total / real.sum(1).clamp_min(1.0)[:, None, None, None])
