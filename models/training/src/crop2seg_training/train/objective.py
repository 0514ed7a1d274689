"""What one step makes small: the loss on labels, on borders, and against a teacher."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from crop2seg_training.data.normalisation import Normalisation, network_input
from crop2seg_training.data.validity import Validity, fill_in_time
from crop2seg_training.export.trained import TrainedNetwork, load_network
from crop2seg_training.losses import (
    LossOptions,
    boundary_loss,
    counted_pixels,
    distillation,
    make_loss,
)
from crop2seg_training.networks import SeriesNetwork
from crop2seg_training.train.agreement import agreement_loss
from crop2seg_training.train.auxiliary import auxiliary_loss
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.config import TrainConfig

Objective = Callable[[SeriesNetwork, Batch], tuple[Tensor, float]]
"""Loss of a network on a batch, and the accuracy over the pixels that count."""


def to_tensors(
    batch: Batch, normalisation: Normalisation, bands: int, rules: Validity, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Network input, days and labels of a batch on a device; filled where the rules say so."""
    values = network_input(batch.dn, normalisation, bands)
    if rules.use == "fill" and batch.valid is not None:
        samples = zip(values, batch.days, batch.valid, strict=True)
        values = np.stack([fill_in_time(*sample) for sample in samples])
    return (
        torch.from_numpy(values).to(device),
        torch.from_numpy(batch.days.astype(np.float32)).to(device),
        torch.from_numpy(batch.labels.astype(np.int64)).to(device),
    )


def validity_tensor(batch: Batch, rules: Validity, device: torch.device) -> Tensor | None:
    """Valid pixels of a batch for a network that leaves out the others; None for one that does not.

    Where nothing is known of a batch, all of it is valid.
    """
    if rules.use != "mask":
        return None
    samples, dates, _, rows, columns = batch.dn.shape
    shape = (samples, dates, rows, columns)
    valid = np.ones(shape, np.float32) if batch.valid is None else batch.valid.astype(np.float32)
    return torch.from_numpy(valid).to(device)


def load_teacher(config: TrainConfig, device: torch.device) -> TrainedNetwork | None:
    """The network that the run learns from, if any. Raises CheckpointError."""
    if config.teacher is None:
        return None
    teacher = load_network(Path(config.teacher))
    teacher.network.to(device)
    return teacher


def make_objective(
    config: TrainConfig, ignored: int, device: torch.device, auxiliary: nn.Conv2d | None = None
) -> Objective:
    """The objective of a run. Raises ValueError for a boundary loss without a boundary head."""
    loss_of = make_loss(LossOptions(config.loss, ignored, config.label_smoothing, config.gamma))
    teacher = load_teacher(config, device)

    def objective(network: SeriesNetwork, batch: Batch) -> tuple[Tensor, float]:
        x, days, labels = to_tensors(batch, config.norm, network.config.bands, config.rules, device)
        valid = validity_tensor(batch, config.rules, device)
        output = network.forward_parts(x, days, valid)
        loss = loss_of(output.logits, labels)
        if teacher is not None:
            with torch.no_grad():
                bands = teacher.network.config.bands
                seen, _, _ = to_tensors(
                    batch, teacher.normalisation, bands, teacher.validity, device
                )
                known = validity_tensor(batch, teacher.validity, device)
                taught = teacher.network(seen, days, known)
            learnt = distillation(output.logits, taught, config.temperature)
            loss = (1 - config.teacher_share) * loss + config.teacher_share * learnt
        if config.boundary_loss:
            borders = getattr(output, "boundary", None)
            if borders is None:
                raise ValueError(f"{config.model} was built without a boundary head")
            loss = loss + boundary_loss(borders, labels, config.gamma)
        if auxiliary is not None:
            loss = loss + config.auxiliary * auxiliary_loss(auxiliary, output, labels, loss_of)
        if config.agreement:
            inputs = (x, days, labels)
            distance, of_window = agreement_loss(network, inputs, output.logits, loss_of, valid)
            loss = loss + config.agreement * distance + of_window
        counted = counted_pixels(labels, ignored)
        right = (output.logits.argmax(1) == labels)[counted]
        return loss, float(right.float().mean()) if right.numel() else 0.0

    return objective
