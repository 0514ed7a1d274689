"""Making a network ready to be trained: initial weights, precision, optimiser."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.networks import SeriesNetwork, build_network
from crop2seg_training.train.config import TrainConfig

# The logits leave a BatchNorm and a ReLU. With its usual shift of 0, half of them start at 0 and
# pass no gradient back; with this shift nearly all start above.
FINAL_SHIFT = 2.0
# Batches differ in dates and regions: a slow average of BatchNorm's statistics is steadier.
NORM_MOMENTUM = 0.03


def initialise(network: SeriesNetwork) -> None:
    """He-normal convolutions, neutral norms, and a head that cannot start dead."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Conv1d | nn.Linear):
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            else:
                nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = NORM_MOMENTUM
    norms = [m for m in network.out_conv.modules() if isinstance(m, nn.BatchNorm2d)]
    nn.init.constant_(norms[-1].bias, FINAL_SHIFT)


def has_mixed_norms() -> bool:
    """Whether this PyTorch takes bfloat16 values with float32 weights in GroupNorm (1.13: no)."""
    return int(torch.__version__.split(".")[0]) >= 2


def encode_in_bfloat16(network: SeriesNetwork) -> None:
    """Runs the per-date encoder, most of the work, in bfloat16; everything after it in float32.

    The attention stays in float32: its norm subtracts squares of sums, which bfloat16 spoils.
    """
    block = network.in_conv
    plain = block.forward

    def forward(x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return plain(x).float()

    block.forward = forward  # type: ignore[method-assign]


def make_network(config: TrainConfig) -> SeriesNetwork:
    """Freshly initialised network of a run."""
    torch.manual_seed(config.seed)
    network = build_network(config.model)
    initialise(network)
    if config.mixed_precision and has_mixed_norms():
        encode_in_bfloat16(network)
    return network


def make_optimiser(network: SeriesNetwork, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW; norms and biases are not decayed."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    free = [p for p in network.parameters() if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.lr)
