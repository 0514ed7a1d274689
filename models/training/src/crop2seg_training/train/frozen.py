"""Parts of a network that keep what they know while the rest is trained."""

from __future__ import annotations

from torch import nn

from crop2seg_training.networks import SeriesNetwork

BACKBONE = "backbone"
"""Stands for every part but the heads."""
HEADS = ("out_conv", "boundary_conv")


def frozen_modules(network: SeriesNetwork, names: tuple[str, ...]) -> list[nn.Module]:
    """The parts that names of modules mean, such as `in_conv` or `down_blocks.0`.

    Raises ValueError for a name that the network lacks.
    """
    if BACKBONE in names:
        return [part for name, part in network.named_children() if name not in HEADS]
    modules = dict(network.named_modules())
    unknown = [name for name in names if not name or name not in modules]
    if unknown:
        known = ", ".join([BACKBONE, *(name for name, _ in network.named_children())])
        raise ValueError(f"the network has no part {unknown[0]!r}; it has {known}")
    return [modules[name] for name in names]


def freeze(network: SeriesNetwork, names: tuple[str, ...]) -> None:
    """Takes the parameters of these parts out of training."""
    for module in frozen_modules(network, names):
        for parameter in module.parameters():
            parameter.requires_grad_(False)


def to_training_mode(network: SeriesNetwork, names: tuple[str, ...]) -> None:
    """Training mode; frozen parts stay in evaluation mode, so that their norms learn nothing."""
    network.train()
    for module in frozen_modules(network, names):
        module.eval()
