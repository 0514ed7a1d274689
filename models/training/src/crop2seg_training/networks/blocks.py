"""Convolution blocks. Attribute names and order are those of the predecessor's state dict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.masked import masked_mean, masked_norm

Norm = Literal["group", "batch", "instance"]
SQUEEZE_RATIO = 16
"""Channels per channel of a squeezed vector (Hu et al., 2018)."""
EXPANSION = 4
"""Widening inside an inverted bottleneck (Sandler et al., 2018, who use 6 on narrower maps)."""


@dataclass(frozen=True)
class Style:
    """What the convolutions of one part of a network have in common."""

    norm: Norm = "batch"
    groups: int = 1
    """Of a GroupNorm."""
    separable: bool = False
    squeeze: bool = False
    padding_mode: str = "reflect"


def encoder_style(config: NetworkConfig, separable: bool = False) -> Style:
    """Of the blocks that see one date, or the map of a season on its way down."""
    return Style(
        config.encoder_norm,
        config.encoder_groups,
        separable or config.conv_type == "depthwise_separable",
        config.add_squeeze,
        config.padding_mode,
    )


def make_norm(style: Style, width: int) -> nn.Module:
    """The norm behind a convolution of ``width`` channels.

    Where the number of groups does not divide them (15 classes), the next smaller one that does.
    """
    if style.norm == "group":
        groups = next(g for g in range(min(style.groups, width), 0, -1) if width % g == 0)
        return nn.GroupNorm(groups, width)
    return nn.BatchNorm2d(width) if style.norm == "batch" else nn.InstanceNorm2d(width)


def run_layers(layers: nn.Sequential, x: Tensor, valid: Tensor | None) -> Tensor:
    """Convolutions, norms and activations in turn; with ``valid``, each over valid pixels alone.

    Norms take their statistics from them, and what the next convolution reads is 0 elsewhere.
    """
    if valid is None:
        out: Tensor = layers(x)
        return out
    for layer in layers:
        if isinstance(layer, nn.GroupNorm | nn.InstanceNorm2d):
            x = masked_norm(layer, x, valid)
        elif isinstance(layer, SqueezeExcitation):
            x = layer(x, valid)
        else:
            x = layer(x)
            if isinstance(layer, nn.BatchNorm2d):
                x = x * valid
    return x


class DepthwiseSeparableConv(nn.Module):
    """Depthwise convolution, then 1 x 1; neither has a bias."""

    def __init__(
        self, d_in: int, d_out: int, kernel: int, stride: int, padding: int, padding_mode: str
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            d_in, d_in, kernel, stride, padding, groups=d_in, bias=False, padding_mode=padding_mode
        )
        self.pointwise = nn.Conv2d(d_in, d_out, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


class SqueezeExcitation(nn.Module):
    """Scales each channel by what a small network makes of all channels' means."""

    def __init__(self, width: int) -> None:
        super().__init__()
        narrow = max(1, width // SQUEEZE_RATIO)
        self.sae = nn.Sequential(
            nn.Identity(),  # the predecessor's pooling: keeps the layers' keys
            nn.Linear(width, narrow, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(narrow, width, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """Of the valid pixels ``[N, 1, H, W]`` (None: all), the others being 0."""
        mean = x.mean((2, 3)) if valid is None else masked_mean(x, valid)
        share: Tensor = self.sae(mean)
        return x * share[:, :, None, None]


class ConvLayer(nn.Module):
    """(convolution, norm, ReLU) for each consecutive pair of widths."""

    def __init__(
        self,
        widths: tuple[int, ...],
        style: Style,
        kernel: int = 3,
        stride: int = 1,
        padding: int = 1,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for d_in, d_out in zip(widths[:-1], widths[1:]):
            sizes, mode = (kernel, stride, padding), style.padding_mode
            layers += [
                DepthwiseSeparableConv(d_in, d_out, *sizes, mode)
                if style.separable
                else nn.Conv2d(d_in, d_out, *sizes, padding_mode=mode),
                make_norm(style, d_out),
                nn.ReLU(inplace=True),
            ]
        if style.squeeze:
            layers.append(SqueezeExcitation(widths[-1]))
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """``valid [N, 1, H, W]``, of the output's size, is 1 or 0; ``x`` is 0 where it is not."""
        return run_layers(self.conv, x, valid)


class InvertedBottleneck(nn.Module):
    """Widen, look around per channel, narrow again (MBConv); added to its input where it can be."""

    def __init__(self, d_in: int, d_out: int, style: Style) -> None:
        super().__init__()
        wide = EXPANSION * d_in
        self.conv = nn.Sequential(
            nn.Conv2d(d_in, wide, 1, bias=False),
            make_norm(style, wide),
            nn.ReLU(inplace=True),
            nn.Conv2d(
                wide, wide, 3, 1, 1, groups=wide, bias=False, padding_mode=style.padding_mode
            ),
            make_norm(style, wide),
            nn.ReLU(inplace=True),
            nn.Conv2d(wide, d_out, 1, bias=False),
            make_norm(style, d_out),
        )
        self.adds = d_in == d_out

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """As of :class:`ConvLayer`."""
        out = run_layers(self.conv, x, valid)
        return x + out if self.adds else out


class ConvBlock(nn.Module):
    """A ConvLayer one level deeper in the state dict (``conv.conv.N``)."""

    def __init__(self, widths: tuple[int, ...], style: Style) -> None:
        super().__init__()
        self.conv = ConvLayer(widths, style)

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """As of :class:`ConvLayer`."""
        out: Tensor = self.conv(x, valid)
        return out


class DownBlock(nn.Module):
    """Fewer rows and columns, then a residual pair of convolutions."""

    def __init__(self, d_in: int, d_out: int, style: Style, config: NetworkConfig) -> None:
        super().__init__()
        inner = Style(style.norm, style.groups, style.separable, False, style.padding_mode)
        sizes = config.str_conv_k, config.str_conv_s, config.str_conv_p
        self.down = ConvLayer((d_in, d_in), inner, *sizes)
        if config.use_mbconv:
            self.conv1: nn.Module = InvertedBottleneck(d_in, d_out, inner)
            self.conv2: nn.Module = InvertedBottleneck(d_out, d_out, inner)
        else:
            self.conv1 = ConvLayer((d_in, d_out), inner)
            self.conv2 = ConvLayer((d_out, d_out), inner)
        if style.squeeze:
            self.sae = SqueezeExcitation(d_out)

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """``valid [N, 1, h, w]`` is of the coarser level; ``x`` is 0 where its own level is not."""
        body: Tensor = self.conv1(self.down(x, valid), valid)
        residual: Tensor = self.conv2(body, valid)
        out = body + residual
        return self.sae(out, valid) if hasattr(self, "sae") else out


class UpBlock(nn.Module):
    """More rows and columns, the skip connection joined, a residual pair of convolutions."""

    def __init__(
        self, d_in: int, d_out: int, d_skip: int, style: Style, config: NetworkConfig
    ) -> None:
        super().__init__()
        sizes = config.str_conv_k, config.str_conv_s, config.str_conv_p
        self.skip_conv = nn.Sequential(
            nn.Conv2d(d_skip, d_skip, 1), make_norm(style, d_skip), nn.ReLU(inplace=True)
        )
        self.up = nn.Sequential(
            nn.ConvTranspose2d(d_in, d_out, *sizes), make_norm(style, d_out), nn.ReLU(inplace=True)
        )
        self.conv1 = ConvLayer((d_out + d_skip, d_out), style)
        self.conv2 = ConvLayer((d_out, d_out), style)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        body: Tensor = self.conv1(torch.cat([self.up(x), self.skip_conv(skip)], dim=1))
        residual: Tensor = self.conv2(body)
        return body + residual
