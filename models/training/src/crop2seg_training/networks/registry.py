"""Networks by name, each with its configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crop2seg_training.networks.base import SeriesNetwork
from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.recurrent_networks import (
    GRU_WIDTH,
    LSTM_WIDTH,
    UNET_LSTM_WIDTH,
    ConvGRU,
    ConvLSTM,
    UConvLSTM,
)
from crop2seg_training.networks.timeunet import TimeUNet
from crop2seg_training.networks.unet3d import UNet3D
from crop2seg_training.networks.unet_naive import UNetNaive
from crop2seg_training.networks.utae import UTAE
from crop2seg_training.networks.wtae import WTAE

LITE = NetworkConfig(
    encoder_widths=(32, 32, 32, 64),
    decoder_widths=(16, 16, 32, 64),
    heads=8,
    model_width=128,
)
"""Half the published Time-Unet's widths: a student for slow machines.

Half the heads, too: the attention's last norm has one group per head, and groups of two values
would leave nothing but the sign of their difference.
"""

_NETWORKS: dict[str, tuple[Callable[[NetworkConfig], SeriesNetwork], NetworkConfig]] = {
    "timeunet": (TimeUNet, NetworkConfig()),
    "timeunet-lite": (TimeUNet, LITE),
    "wtae": (WTAE, NetworkConfig()),
    "utae": (UTAE, NetworkConfig()),
    "unet3d": (UNet3D, NetworkConfig()),
    "convlstm": (ConvLSTM, NetworkConfig(hidden_width=LSTM_WIDTH)),
    "convgru": (ConvGRU, NetworkConfig(hidden_width=GRU_WIDTH)),
    "uconvlstm": (UConvLSTM, NetworkConfig(hidden_width=UNET_LSTM_WIDTH, padding_mode="zeros")),
    "unet_naive": (UNetNaive, NetworkConfig()),
}

NETWORK_NAMES: tuple[str, ...] = tuple(_NETWORKS)
_WITHOUT_BOUNDARY_HEAD = ("unet3d", "convlstm", "convgru")


def configure(name: str, **changes: Any) -> NetworkConfig:
    """The configuration of network ``name``, with ``changes`` to its fields.

    Raises ``ValueError`` for an unknown name or an impossible value, ``TypeError`` for an unknown
    field.
    """
    if name not in _NETWORKS:
        raise ValueError(f"unknown network {name!r}; known are {', '.join(NETWORK_NAMES)}")
    return replace(_NETWORKS[name][1], **changes)


def build_network(name: str, config: NetworkConfig | None = None) -> SeriesNetwork:
    """Build network ``name`` (see ``NETWORK_NAMES``) with fresh random weights.

    Raises ``ValueError`` for an unknown name, or a boundary head where there is no place for one.
    """
    config = config or configure(name)
    if name not in _NETWORKS:
        raise ValueError(f"unknown network {name!r}; known are {', '.join(NETWORK_NAMES)}")
    if config.boundary_head and name in _WITHOUT_BOUNDARY_HEAD:
        raise ValueError(f"{name} has no decoder from which a boundary head could start")
    return _NETWORKS[name][0](config)


def parameter_count(network: SeriesNetwork) -> int:
    """Number of trainable parameters."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)
