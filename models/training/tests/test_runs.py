"""Runs on data sets of files: exact resuming, stopping, fine-tuning, teachers, the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.export import CheckpointError
from crop2seg_training.export.trained import load_network
from crop2seg_training.networks import SeriesNetwork
from crop2seg_training.train import TrainConfig, run_training
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.budget import make_budget
from crop2seg_training.train.checkpoint import Progress, load_checkpoint
from crop2seg_training.train.frozen import to_training_mode
from crop2seg_training.train.loop import Run
from crop2seg_training.train.objective import make_objective
from crop2seg_training.train.prepare import make_network, make_optimiser
from crop2seg_training.train.step import train_step
from made_data import NARROW, write_pastis, write_s2tsczcrop

CPU = torch.device("cpu")


@pytest.fixture
def small(tmp_path: Path) -> TrainConfig:
    """A run of two epochs on a tiny data set with a narrow network."""
    return TrainConfig(
        network=NARROW,
        data=f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'set', 12)}",
        epochs=2,
        batch_size=2,
        patch=16,
        threads=1,
        workers=0,
        mixed_precision=False,
    )


def state(path: Path) -> dict[str, torch.Tensor]:
    content: dict[str, torch.Tensor] = torch.load(path, map_location="cpu")["state_dict"]
    return content


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


def test_resumed_run_equals_an_uninterrupted_one(tmp_path: Path, small: TrainConfig) -> None:
    small = replace(small, auxiliary=0.3)
    run_training(small, tmp_path / "whole")
    broken = Run(small, tmp_path / "broken", resume=False)
    broken.train(until=4)
    # A run that was killed may have written lines after its last saved state.
    with (tmp_path / "broken" / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": 5, "loss": 1.0}) + "\n")
    assert main(["resume", "--out", str(tmp_path / "broken")]) == 0
    whole, resumed = (state(tmp_path / name / "checkpoint.pt") for name in ("whole", "broken"))
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key

    def scores(name: str) -> list[dict[str, object]]:
        return [
            {k: v for k, v in line.items() if k != "minutes"} for line in lines(tmp_path / name)
        ]

    assert scores("whole") == scores("broken")
    validations = [line for line in lines(tmp_path / "whole") if line.get("validation")]
    assert [line["step"] for line in validations] == [3, 6, 6], "each epoch, and at the end"
    record = json.loads((tmp_path / "whole" / "training.json").read_text())
    assert record["finished"] and not record["simulated"]
    assert record["validation"]["dataset"] == "set, 2 entries kept for validation"
    for name in ("best.pt", "learning.png", "reliability-validation.png"):
        assert (tmp_path / "whole" / name).is_file()
    report = json.loads((tmp_path / "whole" / "evaluation-validation.json").read_text())
    judged = report["models"]["network"]["regions"]["all"]["all"]
    assert judged["overallAccuracy"] == record["validation"]["all"]["overallAccuracy"]


def test_a_run_learns_what_shows_in_the_pixels(tmp_path: Path, small: TrainConfig) -> None:
    data = f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'larger', 30)}"
    config = replace(small, data=data, epochs=14, lr=5e-3, date_dropout=0.0)
    run_training(config, tmp_path / "run")
    losses = [float(str(line["loss"])) for line in lines(tmp_path / "run") if "loss" in line]
    assert losses[-1] < 0.7 * losses[0]
    validations = [line for line in lines(tmp_path / "run") if line.get("validation")]
    first, last = (float(str(validations[i]["accuracy"])) for i in (0, -1))
    # Background alone is half of the pixels.
    assert last > 0.55 and last > first


def test_patience_ends_a_run_that_gets_no_better(tmp_path: Path, small: TrainConfig) -> None:
    config = replace(small, epochs=50, lr=0.0, patience=2)
    run_training(config, tmp_path / "run")
    progress = json.loads((tmp_path / "run" / "training.json").read_text())
    # With nothing learnt, the statistics of the norms alone can still change a score for a while.
    assert not progress["finished"]
    assert progress["steps"] < 50 * 3


def test_budget_of_steps_epochs_or_minutes(small: TrainConfig) -> None:
    assert make_budget(small, 3).share(Progress(step=3)) == 0.5
    assert make_budget(replace(small, steps=12), 3).share(Progress(step=3)) == 0.25
    minutes = make_budget(replace(small, epochs=None, minutes=2), 3)
    assert minutes.share(Progress(step=9, seconds=30)) == 0.25
    assert minutes.validation_is_due(Progress(seconds=700), Progress(seconds=90))
    assert not minutes.validation_is_due(Progress(seconds=600), Progress(seconds=90))
    with pytest.raises(ValueError, match="no epochs"):
        TrainConfig(epochs=3)


def made_batch() -> Batch:
    rng = np.random.default_rng(1)
    dn = rng.integers(800, 3000, (2, 3, 10, 16, 16)).astype(np.uint16)
    labels = rng.integers(0, 14, (2, 16, 16)).astype(np.uint8)
    return Batch(dn, np.tile(np.array([100, 200, 300], np.int32), (2, 1)), labels)


def snapshot(network: SeriesNetwork) -> dict[str, torch.Tensor]:
    return {key: value.clone() for key, value in network.state_dict().items()}


def test_finetune_starts_from_the_weights_and_leaves_the_frozen_alone(
    tmp_path: Path, small: TrainConfig
) -> None:
    run_training(replace(small, epochs=1), tmp_path / "first")
    weights = str(tmp_path / "first" / "checkpoint.pt")
    config = replace(small, start_from=weights, freeze=("backbone",))
    network = make_network(config)
    before = snapshot(network)
    for key, value in state(Path(weights)).items():
        assert torch.equal(before[key], value), key
    optimiser = make_optimiser(network, config)
    to_training_mode(network, config.freeze)
    objective = make_objective(config, 14, CPU)
    for _ in range(2):
        train_step(network, optimiser, objective, made_batch(), 1.0)
    changed = {k for k, v in network.state_dict().items() if not torch.equal(v, before[k])}
    assert changed and all(key.startswith("out_conv") for key in changed)
    with pytest.raises(ValueError, match="no part 'moon'"):
        make_network(replace(config, freeze=("moon",)))


def test_finetune_command_takes_sizes_from_the_run_and_a_new_head_other_classes(
    tmp_path: Path, small: TrainConfig
) -> None:
    run_training(replace(small, epochs=1), tmp_path / "first")
    pastis = write_pastis(tmp_path / "pastis")
    arguments = [
        "finetune", "--checkpoint", str(tmp_path / "first"), "--out", str(tmp_path / "second"),
        "--data", f"pastis:{pastis}", "--steps", "1", "--batch-size", "2", "--patch", "16",
        "--workers", "0", "--threads", "1", "--freeze", "in_conv", "down_blocks",
    ]  # fmt: skip
    assert main(arguments) == 1, "15 classes do not fit 20"
    assert main([*arguments, "--new-head"]) == 0
    first, second = (state(tmp_path / n / "checkpoint.pt") for n in ("first", "second"))
    assert torch.equal(first["in_conv.conv.conv.0.weight"], second["in_conv.conv.conv.0.weight"])
    assert second["out_conv.conv.conv.3.weight"].shape[0] == 20
    trained = load_network(tmp_path / "second")
    assert trained.network.config.classes == 20
    assert trained.network.config.encoder_widths == (16, 16)


def test_a_teacher_pulls_the_student_towards_it(tmp_path: Path, small: TrainConfig) -> None:
    run_training(replace(small, epochs=1), tmp_path / "teacher")
    config = replace(small, seed=9, teacher=str(tmp_path / "teacher"), teacher_share=1.0, lr=3e-3)
    student, batch = make_network(config), made_batch()
    objective = make_objective(config, 14, CPU)
    optimiser = make_optimiser(student, config)
    student.train()
    losses = [train_step(student, optimiser, objective, batch, 1.0)[0] for _ in range(15)]
    assert losses[-1] < 0.7 * losses[0]
    # With all the weight on the teacher, labels make no difference.
    student.eval()
    other = replace(batch, labels=np.zeros_like(batch.labels))
    with torch.no_grad():
        first, second = (float(objective(student, labelled)[0]) for labelled in (batch, other))
    assert first == pytest.approx(second)
    with pytest.raises(ValueError, match="without a boundary head"):
        make_objective(replace(small, boundary_loss=True), 14, CPU)(student, batch)


def test_train_command_uses_old_and_new_flags(tmp_path: Path, small: TrainConfig) -> None:
    arguments = [
        "train", "--out", str(tmp_path / "run"), "--data", small.data, "--epochs", "1",
        "--encoder_widths", "[16, 16]", "--decoder_widths", "[16,16]", "--n_head", "4",
        "--d_model", "16", "--temporal_dropout", "0.2", "--rdm_seed", "5", "--batch_size", "2",
        "--patch", "16", "--workers", "0", "--threads", "1", "--loss", "focal", "--add_ndvi",
        "--augment", "rotate", "--no-mixed-precision",
        "--norm", str(Path(small.data.partition(":")[2]) / "NORM_S2_patch.json"),
    ]  # fmt: skip
    assert main(arguments) == 0
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["network"]["heads"] == 4 and config["network"]["bands"] == 11
    assert config["normalisation"]["mean"][:3] == [3, 2, 1]
    assert (config["seed"], config["date_dropout"], config["loss"]) == (5, 0.2, "focal")
    trained = load_network(tmp_path / "run")
    assert trained.network.config.bands == 11 and trained.normalisation.std[0] == 13
    saved = str(tmp_path / "run" / "config.json")
    again = ["train", "--config", saved, "--out", str(tmp_path / "again"), "--loss", "recall"]
    assert main(again) == 0
    repeated = json.loads((tmp_path / "again" / "config.json").read_text())
    assert repeated == config | {"loss": "recall"}
    with pytest.raises(ValueError, match="no setting 'moon'"):
        make_network(TrainConfig(network={"moon": 1}))
    with pytest.raises(ValueError, match="unknown loss"):
        TrainConfig(loss="moon")


def test_checkpoints_are_read_as_data(tmp_path: Path, small: TrainConfig) -> None:
    network = make_network(small)
    optimiser = make_optimiser(network, small)
    plain = tmp_path / "weights.pt"
    torch.save({"state_dict": network.state_dict()}, plain)
    with pytest.raises(CheckpointError, match="lacks optimizer, random, seconds, step"):
        load_checkpoint(plain, network, optimiser)
    torch.save({"state_dict": Path("/etc")}, plain)
    with pytest.raises(CheckpointError, match="no checkpoint of a run"):
        load_checkpoint(plain, network, optimiser)
