"""One step of training, and scoring a network while it is trained."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import nn

from crop2seg_training.data.nomenclature import ClassScheme
from crop2seg_training.datasets import LabelledSeries
from crop2seg_training.evaluate.metrics import MapScores, confusion_matrix, map_scores
from crop2seg_training.evaluate.network import predict_with
from crop2seg_training.export.trained import TrainedNetwork
from crop2seg_training.networks import SeriesNetwork
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.objective import Objective

LAST_LR_SHARE = 0.01  # of the peak, at the end of the cosine
FIRST_LR_SHARE = 0.02  # of the peak, at the start of the warm-up


def learning_rate(config: TrainConfig, share: float) -> float:
    """Linear warm-up, then cosine or constant, at a share 0..1 of the budget."""
    if share < config.warm_up:
        return config.lr * max(share / config.warm_up, FIRST_LR_SHARE)
    if config.schedule == "constant":
        return config.lr
    rest = (share - config.warm_up) / (1 - config.warm_up)
    wave = 0.5 * (1 + math.cos(math.pi * min(rest, 1.0)))
    return config.lr * (LAST_LR_SHARE + (1 - LAST_LR_SHARE) * wave)


def train_step(
    network: SeriesNetwork,
    optimiser: torch.optim.Optimizer,
    objective: Objective,
    batch: Batch,
    clip_norm: float,
) -> tuple[float, float]:
    """One step; returns loss and accuracy of the batch."""
    loss, accuracy = objective(network, batch)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], clip_norm)
    optimiser.step()
    return float(loss.detach()), accuracy


def score_series(
    trained: TrainedNetwork,
    samples: Iterable[LabelledSeries],
    scheme: ClassScheme,
    device: torch.device,
) -> MapScores:
    """Scores over whole series, in evaluation mode; the network is left in it."""
    trained.network.eval()
    predict = predict_with(trained, str(device))
    total = np.zeros((len(scheme.counted), len(scheme.counted) + 1), np.int64)
    for series in samples:
        codes = predict(series).argmax(0).astype(np.uint8)
        total += confusion_matrix(codes, series.labels, scheme)
    return map_scores(total, scheme)
