"""One step of training, and scoring a network on simulated scenes."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from crop2seg_training.data.nomenclature import CLASS_COUNT, IGNORED_CLASS
from crop2seg_training.data.normalisation import normalise
from crop2seg_training.evaluate.metrics import MapScores, evaluate_map
from crop2seg_training.networks import SeriesNetwork
from crop2seg_training.simulate.scene import Scene
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.stream import Batch

LAST_LR_SHARE = 0.01  # of the peak, at the end of the cosine
FIRST_LR_SHARE = 0.02  # of the peak, at the start of the warm-up


def learning_rate(config: TrainConfig, share: float) -> float:
    """Linear warm-up, then cosine, at a share 0..1 of the budget."""
    if share < config.warm_up:
        return config.lr * max(share / config.warm_up, FIRST_LR_SHARE)
    rest = (share - config.warm_up) / (1 - config.warm_up)
    wave = 0.5 * (1 + math.cos(math.pi * min(rest, 1.0)))
    return config.lr * (LAST_LR_SHARE + (1 - LAST_LR_SHARE) * wave)


def make_loss(config: TrainConfig) -> nn.CrossEntropyLoss:
    """Cross entropy; the ignored class counts neither as label nor in the smoothing."""
    weight = torch.ones(CLASS_COUNT)
    weight[IGNORED_CLASS] = 0.0
    return nn.CrossEntropyLoss(
        weight, ignore_index=IGNORED_CLASS, label_smoothing=config.label_smoothing
    )


def to_tensors(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Normalised series, days and labels of a batch."""
    return (
        torch.from_numpy(normalise(batch.dn)),
        torch.from_numpy(batch.days.astype(np.float32)),
        torch.from_numpy(batch.labels.astype(np.int64)),
    )


def train_step(
    network: SeriesNetwork,
    optimiser: torch.optim.Optimizer,
    loss_of: nn.CrossEntropyLoss,
    batch: Batch,
    clip_norm: float,
) -> tuple[float, float]:
    """One step; returns loss and accuracy of the batch."""
    x, days, labels = to_tensors(batch)
    logits = network(x, days)
    loss = loss_of(logits, labels)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
    optimiser.step()
    return float(loss.detach()), float((logits.argmax(1) == labels).float().mean())


def score_scenes(network: SeriesNetwork, scenes: list[Scene]) -> MapScores:
    """Scores over whole scenes, in evaluation mode."""
    network.eval()
    predicted = []
    with torch.no_grad():
        for scene in scenes:
            x = torch.from_numpy(normalise(scene.dn))[None]
            days = torch.from_numpy(scene.days.astype(np.float32))[None]
            predicted.append(network(x, days)[0].argmax(0).numpy())
    network.train()
    return evaluate_map(np.stack(predicted), np.stack([scene.labels for scene in scenes]))
