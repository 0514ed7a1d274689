"""The room `train`: steps learn, runs resume exactly, the stream is reproducible."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from crop2seg_training.data.validity import Validity
from crop2seg_training.export.trained import load_network
from crop2seg_training.train import TrainConfig, run_training
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.loop import Run
from crop2seg_training.train.objective import make_objective
from crop2seg_training.train.prepare import make_network, make_optimiser
from crop2seg_training.train.step import learning_rate, train_step
from crop2seg_training.train.stream import make_chunk, read_batches
from published import pastis_state
from simulation_data import needs_parcels

TINY = TrainConfig(
    steps=4,
    batch_size=2,
    patch=16,
    scene=32,
    scenes_per_chunk=1,
    patches_per_scene=4,
    dates=(3, 4),
    batch_dates=None,
    threads=1,
    workers=0,
    mixed_precision=False,
    validation_scenes=1,
)


def _batch() -> Batch:
    """Two samples whose class shows in the brightness of one half."""
    rng = np.random.default_rng(1)
    dn = rng.integers(800, 1200, (2, 3, 10, 16, 16)).astype(np.uint16)
    labels = np.zeros((2, 16, 16), np.uint8)
    labels[..., 8:] = 6
    dn[..., 8:] += 2500
    days = np.tile(np.array([200, 260, 320], np.int32), (2, 1))
    return Batch(dn, days, labels)


def test_steps_on_one_batch_lower_the_loss() -> None:
    network, loss = make_network(TINY), make_objective(TINY, 14, torch.device("cpu"))
    optimiser, batch = make_optimiser(network, TINY), _batch()
    first, _ = train_step(network, optimiser, loss, batch, TINY.clip_norm)
    for _ in range(6):
        last, _ = train_step(network, optimiser, loss, batch, TINY.clip_norm)
    assert last < 0.8 * first


def test_head_starts_alive() -> None:
    network = make_network(TINY)
    network.train()
    dn = torch.randn(2, 3, 10, 16, 16)
    logits = network(dn, torch.tensor([[10.0, 100.0, 200.0]] * 2))
    assert (logits > 0).float().mean() > 0.9


def test_bfloat16_stays_close_to_float32() -> None:
    plain, mixed = make_network(TINY).eval(), make_network(replace(TINY, mixed_precision=True))
    x, days = torch.randn(1, 4, 10, 16, 16), torch.tensor([[10.0, 100.0, 200.0, 300.0]])
    with torch.no_grad():
        expected, got = plain(x, days), mixed.eval()(x, days)
    assert got.dtype == torch.float32
    assert float((expected - got).abs().mean()) < 0.05
    assert list(mixed.state_dict()) == list(plain.state_dict())


@needs_parcels
def test_kept_chunks_repeat_after_the_distinct_ones(tmp_path: Path) -> None:
    config = replace(TINY, distinct_chunks=2, chunk_folder=str(tmp_path))
    first = make_chunk(config, 1)
    assert all(np.array_equal(a.dn, b.dn) for a, b in zip(first, make_chunk(TINY, 1), strict=True))
    assert [path.name for path in tmp_path.iterdir()] == ["1.npz"]
    again = make_chunk(config, 3)
    assert any(
        a.dn.shape != b.dn.shape or not np.array_equal(a.dn, b.dn) for a, b in zip(again, first)
    )
    without_folder = make_chunk(replace(config, chunk_folder=None), 3)
    assert all(
        np.array_equal(a.dn, b.dn) and np.array_equal(a.valid, b.valid)
        for a, b in zip(again, without_folder, strict=True)
    )
    (tmp_path / "1.npz").write_bytes(b"cut short")
    assert np.array_equal(make_chunk(config, 3)[0].dn, again[0].dn)


def test_learning_rate_warms_up_and_falls() -> None:
    rates = [learning_rate(TINY, share) for share in (0.0, 0.02, 0.04, 0.5, 1.0)]
    assert rates[0] < rates[1] < rates[2] == pytest.approx(TINY.lr)
    assert rates[2] > rates[3] > rates[4] > 0
    steady = replace(TINY, schedule="constant")
    assert learning_rate(steady, 0.02) < learning_rate(steady, 0.9) == TINY.lr


def test_config_survives_its_file(tmp_path: Path) -> None:
    TINY.save(tmp_path / "config.json")
    assert TrainConfig.load(tmp_path / "config.json") == TINY
    # A record of the first version, before there were data sets and teachers.
    old = {"model": "wtae", "seed": 3, "dates": [9, 26], "mixed_precision": True}
    (tmp_path / "old.json").write_text(json.dumps(old))
    assert TrainConfig.load(tmp_path / "old.json").dates == (9, 26)
    (tmp_path / "new.json").write_text(json.dumps({"moon": 1}))
    with pytest.raises(ValueError, match="another version: moon"):
        TrainConfig.load(tmp_path / "new.json")


@needs_parcels
def test_batches_do_not_depend_on_where_reading_starts() -> None:
    whole = read_batches(TINY, 0)
    expected = [next(whole) for _ in range(5)]
    late = read_batches(TINY, 3)
    got = next(late)
    np.testing.assert_array_equal(got.dn, expected[3].dn)
    np.testing.assert_array_equal(got.labels, expected[3].labels)
    assert len({batch.dn.tobytes() for batch in expected}) == 5


@needs_parcels
def test_all_samples_of_a_batch_share_their_number_of_dates() -> None:
    for batch in make_chunk(TINY, 7):
        assert batch.dn.shape[1] == batch.days.shape[1]
        assert batch.dn.shape[0] == TINY.batch_size
        assert (np.diff(batch.days, axis=1) > 0).all()
        assert batch.labels.shape == (2, 16, 16)


@needs_parcels
def test_worker_process_yields_the_same_batches() -> None:
    alone, workers = read_batches(TINY, 0), read_batches(replace(TINY, workers=2), 0)
    for _ in range(4):
        np.testing.assert_array_equal(next(alone).dn, next(workers).dn)
    workers.close()


@needs_parcels
def test_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    run_training(TINY, tmp_path / "whole")
    broken = Run(TINY, tmp_path / "broken", resume=False)
    broken.train(until=2)
    assert broken.progress.step == 2
    run_training(TINY, tmp_path / "broken", resume=True)
    states = [
        torch.load(tmp_path / name / "checkpoint.pt", map_location="cpu")
        for name in ("whole", "broken")
    ]
    assert states[0]["step"] == states[1]["step"] == 4
    for key, value in states[0]["state_dict"].items():
        assert torch.equal(value, states[1]["state_dict"][key]), key
    for name in ("whole", "broken"):
        record = json.loads((tmp_path / name / "training.json").read_text())
        assert record["simulated"] is True
        assert record["samples"] == 8
        assert 0 <= record["validation"]["all"]["overallAccuracy"] <= 1


def test_a_run_of_another_network_is_not_overwritten(tmp_path: Path) -> None:
    TINY.save(tmp_path / "config.json")
    with pytest.raises(ValueError, match="holds a run of timeunet: give another --out"):
        run_training(replace(TINY, model="wtae"), tmp_path)
    assert TrainConfig.load(tmp_path / "config.json") == TINY


def test_published_weights_can_be_tuned(tmp_path: Path) -> None:
    torch.save({"state_dict": pastis_state()}, tmp_path / "model.pth.tar")
    start = str(tmp_path / "model.pth.tar")
    config = replace(TINY, model="utae", start_from=start, new_head=True)
    network = make_network(config)
    theirs = pastis_state()["temporal_encoder.attention_heads.Q"]
    ours = network.state_dict()["temporal_encoder.attention_head.Q"]
    torch.testing.assert_close(ours.squeeze(1), theirs)


@needs_parcels
def test_a_masking_run_keeps_its_rules_and_its_average(tmp_path: Path) -> None:
    rules = {"use": "mask", "counts": "clear", "growPixels": 1, "leastShare": 0.0}
    config = replace(TINY, steps=2, validity=rules, averaging=0.5)
    run_training(config, tmp_path)
    trained = load_network(tmp_path)
    assert trained.validity == Validity("mask", "clear", 1, 0.0)
    state = torch.load(tmp_path / "checkpoint.pt", map_location="cpu")
    key = "in_conv.conv.conv.0.weight"
    assert not torch.equal(state["state_dict"][key], state["averaged"][key])
    resumed = Run(replace(config, steps=3), tmp_path, resume=True)
    assert resumed.averaged is not None
    assert resumed.averaged.steps == 2
    assert torch.equal(resumed.averaged.state[key], state["averaged"][key])
