"""Training for maps without seams, and the plain head on the temporal output."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from crop2seg_training.train import TrainConfig
from crop2seg_training.train.agreement import disagreement, window_size
from crop2seg_training.train.auxiliary import make_auxiliary
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.objective import make_objective
from crop2seg_training.train.prepare import make_network, make_optimiser
from crop2seg_training.train.step import train_step

CPU = torch.device("cpu")
NARROW = {"encoder_widths": [16, 16], "decoder_widths": [16, 16], "heads": 4, "model_width": 16}
CONFIG = TrainConfig(
    network=NARROW, threads=1, mixed_precision=False, lr=3e-3, label_smoothing=0.0, warm_up=0.0
)


def made_batch() -> Batch:
    """Two samples of three dates whose brightness differs from left to right."""
    rng = np.random.default_rng(1)
    dn = rng.integers(800, 3000, (2, 3, 10, 32, 32)).astype(np.uint16)
    dn[..., 16:] += 2500
    labels = np.broadcast_to(np.repeat([4, 6], 16), (2, 32, 32)).astype(np.uint8)
    return Batch(dn, np.tile(np.array([100, 200, 300], np.int32), (2, 1)), labels)


def test_a_window_that_says_the_same_costs_nothing() -> None:
    whole = torch.randn(2, 15, 32, 32)
    assert float(disagreement(whole, whole[..., 4:28, 2:26], 4, 2)) == pytest.approx(0, abs=1e-6)
    assert float(disagreement(whole, whole[..., 4:28, 2:26], 2, 4)) > 0.1


def test_edges_of_the_window_do_not_count() -> None:
    whole = torch.randn(1, 15, 32, 32)
    part = whole[..., :24, :24].clone()
    part[..., 0, :] += 5 * torch.randn(15, 24)
    assert float(disagreement(whole, part, 0, 0)) == pytest.approx(0, abs=1e-6)


def test_window_fits_the_network() -> None:
    assert window_size(48, 8) == 32
    assert window_size(64, 8) == 48
    with pytest.raises(ValueError, match="too small"):
        config = replace(CONFIG, agreement=1.0)
        batch = made_batch()
        tiny = Batch(batch.dn[..., :16, :16], batch.days, batch.labels[..., :16, :16])
        make_objective(config, 14, CPU)(make_network(config), tiny)


def mean_disagreement(config: TrainConfig) -> float:
    """Disagreement of a network with windows of one batch, after training on it."""
    torch.manual_seed(5)
    network = make_network(config)
    optimiser, objective = make_optimiser(network, config), make_objective(config, 14, CPU)
    batch = made_batch()
    for _ in range(25):
        train_step(network, optimiser, objective, batch, 1.0)
    probe = make_objective(replace(config, agreement=1.0), 14, CPU)
    plain = make_objective(replace(config, agreement=0.0), 14, CPU)
    network.eval()
    with torch.no_grad():
        torch.manual_seed(6)
        # The window's own loss on labels is in both sums alike; the rest is the disagreement.
        doubled = make_objective(replace(config, agreement=2.0), 14, CPU)
        once = float(probe(network, batch)[0] - plain(network, batch)[0])
        torch.manual_seed(6)
        twice = float(doubled(network, batch)[0] - plain(network, batch)[0])
    return twice - once


def test_training_for_agreement_brings_windows_together() -> None:
    """Summed over networks: rounding alone may turn a single one either way."""
    starts = [replace(CONFIG, seed=seed) for seed in range(6)]
    together = sum(mean_disagreement(replace(start, agreement=3.0)) for start in starts)
    assert together < 0.8 * sum(mean_disagreement(start) for start in starts)


def test_the_plain_head_learns_and_is_no_part_of_the_network() -> None:
    config = replace(CONFIG, auxiliary=0.5)
    network = make_network(config)
    head = make_auxiliary(config, network)
    assert head is not None
    assert set(network.state_dict()) == set(make_network(CONFIG).state_dict())
    before = head.weight.clone()
    optimiser = make_optimiser(network, config, head)
    train_step(network, optimiser, make_objective(config, 14, CPU, head), made_batch(), 1.0)
    assert not torch.equal(head.weight, before)
    assert make_auxiliary(CONFIG, network) is None
    with pytest.raises(ValueError, match="timeunet"):
        make_auxiliary(replace(config, model="utae"), network)
