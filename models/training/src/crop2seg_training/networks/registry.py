"""Networks by name."""

from __future__ import annotations

from collections.abc import Callable

from crop2seg_training.networks.base import SeriesNetwork
from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.timeunet import TimeUNet
from crop2seg_training.networks.utae import UTAE
from crop2seg_training.networks.wtae import WTAE

_NETWORKS: dict[str, Callable[[NetworkConfig], SeriesNetwork]] = {
    "timeunet": TimeUNet,
    "wtae": WTAE,
    "utae": UTAE,
}

NETWORK_NAMES: tuple[str, ...] = tuple(_NETWORKS)


def build_network(name: str, config: NetworkConfig | None = None) -> SeriesNetwork:
    """Build network ``name`` (see ``NETWORK_NAMES``) with fresh random weights.

    Raises ``ValueError`` for an unknown name.
    """
    if name not in _NETWORKS:
        raise ValueError(f"unknown network {name!r}; known are {', '.join(NETWORK_NAMES)}")
    return _NETWORKS[name](config or NetworkConfig())


def parameter_count(network: SeriesNetwork) -> int:
    """Number of trainable parameters."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)
