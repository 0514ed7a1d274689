"""A second, plain head on the temporal stage's output, for training only.

The gradient of a pixel's label otherwise reaches the temporal attention through three levels of a
U-Net. The head is no part of the network: checkpoints keep it apart and exports never see it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.losses import Loss
from crop2seg_training.networks import SeriesNetwork
from crop2seg_training.networks.base import SeriesOutput
from crop2seg_training.train.config import TrainConfig


def make_auxiliary(config: TrainConfig, network: SeriesNetwork) -> nn.Conv2d | None:
    """The head of a run: a 1 x 1 convolution from the temporal output to classes, or None."""
    if config.auxiliary == 0:
        return None
    if config.model != "timeunet":
        raise ValueError("--auxiliary needs a temporal output at full resolution: timeunet")
    torch.manual_seed(config.seed)
    head = nn.Conv2d(network.config.encoder_widths[0], network.config.classes, 1)
    return head.to(next(network.parameters()).device)


def auxiliary_loss(head: nn.Conv2d, output: SeriesOutput, labels: Tensor, loss_of: Loss) -> Tensor:
    """Loss of the head on the labels [B, H, W]."""
    return loss_of(head(output.temporal), labels)
