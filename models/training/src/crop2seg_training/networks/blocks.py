"""Convolution blocks. Attribute names and order are those of the predecessor's state dict."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

Norm = Literal["group", "batch"]


def _norm(kind: Norm, width: int, groups: int) -> nn.Module:
    return nn.GroupNorm(groups, width) if kind == "group" else nn.BatchNorm2d(width)


class DepthwiseSeparableConv(nn.Module):
    """Depthwise convolution with reflected edges, then 1 x 1; neither has a bias."""

    def __init__(self, d_in: int, d_out: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            d_in, d_in, kernel, stride, padding, groups=d_in, bias=False, padding_mode="reflect"
        )
        self.pointwise = nn.Conv2d(d_in, d_out, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


class ConvLayer(nn.Module):
    """(convolution, norm, ReLU) for each consecutive pair of widths, edges reflected."""

    def __init__(
        self,
        widths: tuple[int, ...],
        norm: Norm,
        groups: int,
        kernel: int = 3,
        stride: int = 1,
        separable: bool = False,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for d_in, d_out in zip(widths[:-1], widths[1:]):
            layers += [
                DepthwiseSeparableConv(d_in, d_out, kernel, stride, 1)
                if separable
                else nn.Conv2d(d_in, d_out, kernel, stride, 1, padding_mode="reflect"),
                _norm(norm, d_out, groups),
                nn.ReLU(inplace=True),
            ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(x)
        return out


class ConvBlock(nn.Module):
    """A ConvLayer one level deeper in the state dict (``conv.conv.N``)."""

    def __init__(self, widths: tuple[int, ...], norm: Norm, groups: int) -> None:
        super().__init__()
        self.conv = ConvLayer(widths, norm, groups)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(x)
        return out


class DownBlock(nn.Module):
    """Halve rows and columns, then a residual pair of convolutions."""

    def __init__(self, d_in: int, d_out: int, groups: int, separable: bool = False) -> None:
        super().__init__()
        self.down = ConvLayer((d_in, d_in), "group", groups, 4, 2, separable)
        self.conv1 = ConvLayer((d_in, d_out), "group", groups, separable=separable)
        self.conv2 = ConvLayer((d_out, d_out), "group", groups, separable=separable)

    def forward(self, x: Tensor) -> Tensor:
        body: Tensor = self.conv1(self.down(x))
        residual: Tensor = self.conv2(body)
        return body + residual


class UpBlock(nn.Module):
    """Double rows and columns, join the skip connection, then a residual pair of convolutions."""

    def __init__(self, d_in: int, d_out: int, d_skip: int) -> None:
        super().__init__()
        self.skip_conv = nn.Sequential(
            nn.Conv2d(d_skip, d_skip, 1), nn.BatchNorm2d(d_skip), nn.ReLU(inplace=True)
        )
        self.up = nn.Sequential(
            nn.ConvTranspose2d(d_in, d_out, 4, 2, 1), nn.BatchNorm2d(d_out), nn.ReLU(inplace=True)
        )
        self.conv1 = ConvLayer((d_out + d_skip, d_out), "batch", 1)
        self.conv2 = ConvLayer((d_out, d_out), "batch", 1)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        body: Tensor = self.conv1(torch.cat([self.up(x), self.skip_conv(skip)], dim=1))
        residual: Tensor = self.conv2(body)
        return body + residual
