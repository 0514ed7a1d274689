"""The command `export`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.export import cli as export_cli
from crop2seg_training.export import save_weights, weights_of
from crop2seg_training.export.trained import load_network
from crop2seg_training.networks import SeriesNetwork, parameter_count
from exported import with_lively_weights


def test_command(tmp_path: Path, network: SeriesNetwork) -> None:
    save_weights(tmp_path / "w.npz", weights_of(network))
    training = {
        "simulated": True, "summary": "s", "seed": 1, "samples": 2, "minutes": 3, "hardware": "h",
    }  # fmt: skip
    (tmp_path / "training.json").write_text(json.dumps({**training, "config": {"lr": 1}}))
    parser = argparse.ArgumentParser()
    export_cli.add_parser(parser.add_subparsers())
    out = tmp_path / "out"
    command = f"export --checkpoint {tmp_path}/w.npz --name n --out {out}"
    arguments = parser.parse_args(
        [*command.split(), "--training-json", f"{tmp_path}/training.json"]
    )
    assert arguments.func(arguments) == 0
    card = json.loads((out / "model.json").read_text())
    assert card["training"] == training
    assert card["caveats"][0].startswith("Trained on simulated scenes")
    assert set(card["stages"]["encoder"]["files"]) == {"fp32"}


def test_a_run_says_what_it_trained(tmp_path: Path) -> None:
    """Architecture, sizes and normalisation come from the run's record."""
    settings = {"encoder_widths": [32, 32, 64], "decoder_widths": [16, 32, 64]}
    network = with_lively_weights("timeunet-lite", **{k: tuple(v) for k, v in settings.items()})
    norm = {"mean": [1000.0 + band for band in range(10)], "std": [900.0 + b for b in range(10)]}
    run = tmp_path / "run"
    run.mkdir()
    record = {"model": "timeunet-lite", "network": settings, "normalisation": norm}
    (run / "config.json").write_text(json.dumps(record))
    torch.save({"state_dict": network.state_dict()}, run / "checkpoint.pt")
    out = tmp_path / "out"
    assert main(["export", "--checkpoint", str(run), "--name", "n", "--out", str(out)]) == 0
    card = json.loads((out / "model.json").read_text())
    assert card["architecture"] == "timeunet-lite"
    assert card["parameters"] == parameter_count(network)
    assert card["input"]["mean"] == norm["mean"] and card["input"]["std"] == norm["std"]
    assert card["input"]["sizeMultiple"] == 4


def test_a_model_is_replaced_only_by_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also its other precisions would go."""
    command = ["export", "--random-seed", "1", "--model", "timeunet-lite", "--name", "n"]
    out = ["--out", str(tmp_path / "zoo"), "--agreement-scenes", "0"]
    assert main([*command, *out, "--variants", "fp32,fp16"]) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "zoo").iterdir()}
    assert main([*command, *out]) == 1
    assert "--force" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (tmp_path / "zoo").iterdir()} == before
    assert main([*command, *out, "--force"]) == 0
    assert not (tmp_path / "zoo" / "encoder.fp16.onnx").exists()


def test_the_best_state_of_a_run_is_taken(tmp_path: Path) -> None:
    networks = [with_lively_weights("timeunet-lite") for _ in range(3)]
    for value, network in enumerate(networks):
        torch.nn.init.constant_(network.temporal_encoder.inconv.bias, float(value))
    last, best, averaged = (network.state_dict() for network in networks)
    (tmp_path / "config.json").write_text(json.dumps({"model": "timeunet-lite"}))

    def taken() -> float:
        network = load_network(tmp_path).network
        return float(network.state_dict()["temporal_encoder.inconv.bias"][0])

    torch.save({"state_dict": last, "averaged": {}}, tmp_path / "checkpoint.pt")
    assert taken() == 0.0
    torch.save({"state_dict": best}, tmp_path / "best.pt")
    assert taken() == 1.0
    torch.save({"state_dict": best, "averaged": averaged}, tmp_path / "best.pt")
    assert taken() == 2.0
