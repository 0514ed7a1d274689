"""A trained network as a predictor of probabilities."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from crop2seg_training.data.normalisation import network_input
from crop2seg_training.datasets.record import LabelledSeries
from crop2seg_training.evaluate.judge import Predictor
from crop2seg_training.export.trained import TrainedNetwork

LEAST_SIZE = 16
"""Rows and columns below which reflection at the coarsest level has no neighbour."""


def padded(values: torch.Tensor, multiple: int) -> torch.Tensor:
    """Series [1, T, C, rows, columns], mirrored at the lower and right edge to a size that fits."""
    rows, columns = (
        max(LEAST_SIZE, -(-size // multiple) * multiple) - size for size in values.shape[-2:]
    )
    if rows == 0 and columns == 0:
        return values
    return nn.functional.pad(values[0], (0, columns, 0, rows), mode="reflect")[None]


def predict_with(trained: TrainedNetwork, device: str = "cpu") -> Predictor:
    """Predictor of a network: one whole series at a time, all of its dates."""
    network = trained.network.to(device)

    def predict(series: LabelledSeries) -> np.ndarray:
        rows, columns = series.labels.shape
        with torch.no_grad():
            seen = network_input(series.dn, trained.normalisation, network.config.bands)
            x = torch.from_numpy(seen)[None].to(device)
            days = torch.from_numpy(series.days.astype(np.float32))[None].to(device)
            logits = network(padded(x, network.config.size_multiple), days)[0, :, :rows, :columns]
            probabilities: np.ndarray = torch.softmax(logits, 0).cpu().numpy()
        return probabilities

    return predict
