"""The segmentation networks: Time-Unet, W-TAE, U-TAE, and the baselines beside them.

Door of this room: build one with :func:`build_network`, call it with a normalised series
``[B, T, C, H, W]`` and its day counts ``[B, T]``, get logits ``[B, K, H, W]``.
"""

from crop2seg_training.networks.base import EncodingNetwork, SeriesNetwork, SeriesOutput
from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.registry import (
    NETWORK_NAMES,
    build_network,
    configure,
    parameter_count,
)

__all__ = [
    "NETWORK_NAMES",
    "EncodingNetwork",
    "NetworkConfig",
    "SeriesNetwork",
    "SeriesOutput",
    "build_network",
    "configure",
    "parameter_count",
]
