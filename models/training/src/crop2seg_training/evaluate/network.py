"""A trained network as a predictor of probabilities."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from crop2seg_training.data.normalisation import network_input
from crop2seg_training.data.validity import (
    Validity,
    fill_in_time,
    kept_dates,
    valid_pixels,
)
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


def known_validity(series: LabelledSeries, rules: Validity) -> np.ndarray:
    """Valid pixels of a series, bool [dates, rows, columns]; all where it has no classification."""
    if series.scl is None:
        return np.ones((len(series.days), *series.labels.shape), bool)
    return valid_pixels(series.scl, rules)


def predict_with(
    trained: TrainedNetwork, device: str = "cpu", subsets: int | None = None
) -> Predictor:
    """Predictor of a network: one whole series at a time, all dates that its rules keep.

    With more than one of `subsets` (by default as many as the network likes), every so manieth date
    makes a series of its own, and probabilities are averaged.
    """
    network, rules = trained.network.to(device), trained.validity

    def probabilities(x: np.ndarray, days: np.ndarray, valid: np.ndarray) -> torch.Tensor:
        rows, columns = valid.shape[1:]
        multiple = network.config.size_multiple
        inputs = torch.from_numpy(x)[None].to(device)
        seen = None
        if rules.use == "mask":
            seen = torch.from_numpy(valid.astype(np.float32))[None, :, None].to(device)
            seen = padded(seen, multiple)[:, :, 0]
        when = torch.from_numpy(days.astype(np.float32))[None].to(device)
        logits = network(padded(inputs, multiple), when, seen)[0, :, :rows, :columns]
        return torch.softmax(logits, 0).cpu()

    def predict(series: LabelledSeries) -> np.ndarray:
        valid = known_validity(series, rules)
        kept = kept_dates(valid, rules)
        valid, days = valid[kept], series.days[kept]
        x = network_input(series.dn[kept], trained.normalisation, network.config.bands)
        if rules.use == "fill":
            x = fill_in_time(x, days, valid)
        count = trained.subsets(len(days)) if subsets is None else min(subsets, len(days))
        with torch.no_grad():
            parts = [
                probabilities(x[part::count], days[part::count], valid[part::count])
                for part in range(count)
            ]
        mean: np.ndarray = torch.stack(parts).mean(0).numpy()
        return mean

    return predict
