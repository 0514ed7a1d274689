"""From a checkpoint to a model folder."""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from crop2seg_training.data import normalise
from crop2seg_training.export import (
    CardText,
    CheckpointError,
    ExportError,
    GoldenTile,
    load_checkpoint,
    made_tile,
    put_weights,
    read_tile,
    save_weights,
    weights_of,
    write_model_folder,
)
from crop2seg_training.export import cli as export_cli
from crop2seg_training.export.staged import StagePaths, check_stages, run_stages
from crop2seg_training.networks import SeriesNetwork, build_network
from golden_recipe import weight

TEXT = CardText(name="test", architecture="timeunet")


@pytest.fixture(scope="module")
def network() -> SeriesNetwork:
    """A Time-Unet whose every norm is away from its neutral start."""
    network = build_network("timeunet").eval()
    state = network.state_dict()
    put_weights(
        network, {k: weight(k, tuple(v.shape)).astype(np.float32) for k, v in state.items()}
    )
    return network


@pytest.fixture(scope="module")
def folder(network: SeriesNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    report = write_model_folder(folder, network, TEXT, made_tile(), int8=True)
    assert report.fp32_difference <= 1e-3
    return folder


def stage_paths(folder: Path) -> StagePaths:
    return StagePaths(*(folder / f"{s}.fp32.onnx" for s in ("encoder", "attention", "decoder")))


def files_of(card: dict) -> list[dict]:
    stages = [f for stage in card["stages"].values() for f in stage["files"].values()]
    return [*stages, card["golden"]["input"], card["golden"]["logits"]]


def test_card_describes_every_file(folder: Path) -> None:
    card = json.loads((folder / "model.json").read_text())
    assert card["format"] == "crop2seg-model/1"
    assert card["parameters"] == 1_052_589
    assert [c["code"] for c in card["classes"]] == list(range(15))
    assert len(card["input"]["mean"]) == len(card["input"]["std"]) == 10
    for entry in files_of(card):
        content = (folder / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    described = {entry["path"] for entry in files_of(card)} | {"model.json", "weights.npz"}
    assert described == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(("dates", "rows", "columns"), [(1, 16, 16), (3, 40, 56)])
def test_stages_take_any_size(
    folder: Path, network: SeriesNetwork, dates: int, rows: int, columns: int
) -> None:
    rng = np.random.default_rng(dates)
    x = rng.normal(size=(dates, 10, rows, columns)).astype(np.float32)
    days = np.sort(rng.integers(0, 425, dates)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(x[None]), torch.from_numpy(days[None]))[0].numpy()
    assert expected.shape == (15, rows, columns)
    assert np.abs(run_stages(stage_paths(folder), x, days) - expected).max() <= 1e-3


def test_stage_contract(folder: Path) -> None:
    def shapes(values: object) -> dict[str, list[object]]:
        return {
            v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
            for v in values
        }

    models = {s: onnx.load(folder / f"{s}.fp32.onnx") for s in ("encoder", "attention", "decoder")}
    actual = {s: (shapes(m.graph.input), shapes(m.graph.output)) for s, m in models.items()}
    assert actual == {
        "encoder": ({"pixels": [1, 10, "rows", "columns"]}, {"features": ["pixels", 64]}),
        "attention": (
            {"features": ["dates", "pixels", 64], "days": ["dates"]},
            {"embedding": ["pixels", 64]},
        ),
        "decoder": (
            {"embedding": ["rows", "columns", 64]},
            {"logits": [1, 15, "rows", "columns"]},
        ),
    }
    assert {m.opset_import[0].version for m in models.values()} == {17}


def test_golden_files_hold_the_right_answer(folder: Path, network: SeriesNetwork) -> None:
    golden = json.loads((folder / "model.json").read_text())["golden"]
    shape = golden["dates"], 10, golden["rows"], golden["columns"]
    dn = np.frombuffer((folder / "golden.input.bin").read_bytes(), "<u2").reshape(shape)
    logits = np.frombuffer((folder / "golden.logits.bin").read_bytes(), "<f4")
    days = torch.tensor([golden["days"]], dtype=torch.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(normalise(dn)[None]), days)[0].numpy()
    np.testing.assert_allclose(logits.reshape(expected.shape), expected, atol=1e-5)
    assert len(np.unique(expected.argmax(0))) > 1, "a golden tile of one class proves little"


def test_8_bit_weights_lie_around_128(folder: Path) -> None:
    model = onnx.load(folder / "encoder.int8.onnx")
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("ConvInteger") == 2 and "Conv" not in kinds
    kernels = [
        onnx.numpy_helper.to_array(c) for c in model.graph.initializer if c.name.endswith("_kernel")
    ]
    assert [k.shape for k in kernels] == [(64, 10, 3, 3), (64, 64, 3, 3)]
    for kernel in kernels:
        reach = np.abs(kernel.astype(int) - 128).max(axis=(1, 2, 3))
        assert (reach == 127).all(), "each output channel uses its whole range"


def test_wrong_answer_fails_the_export(folder: Path) -> None:
    tile = made_tile()
    wrong = np.zeros((15, 32, 32), np.float32)
    with pytest.raises(ExportError, match="differ from PyTorch"):
        check_stages(
            stage_paths(folder), normalise(tile.dn), np.array(tile.days, np.float32), wrong, 1e-3
        )


def test_made_tile_is_reproducible_and_travels(tmp_path: Path) -> None:
    tile = made_tile()
    np.testing.assert_array_equal(tile.dn, made_tile().dn)
    assert tile.dn.shape == (4, 10, 32, 32)
    np.savez(tmp_path / "tile.npz", dn=tile.dn, days=np.array(tile.days))
    again = read_tile(tmp_path / "tile.npz")
    np.testing.assert_array_equal(again.dn, tile.dn)
    assert again.days == tile.days
    wide = np.zeros((9, 10, 48, 40), np.uint16)
    wide[:, :, 8:40, 4:36] = np.arange(9, dtype=np.uint16)[:, None, None, None] + 1
    np.savez(tmp_path / "scene.npz", dn=wide, days=np.arange(9) * 30, labels=wide[0, 0])
    middle = read_tile(tmp_path / "scene.npz")
    assert middle.dn.shape == (4, 10, 32, 32)
    assert middle.days == (0, 90, 150, 240)
    np.testing.assert_array_equal(middle.dn[:, 3, 0, 0], [1, 4, 6, 9])
    assert middle.dn.min() > 0
    with pytest.raises(ValueError, match="one day count per date"):
        GoldenTile(tile.dn, (1, 2))


def test_only_time_unet_is_exportable(tmp_path: Path) -> None:
    text = CardText(name="test", architecture="utae")
    with pytest.raises(ValueError, match="cannot export 'utae'"):
        write_model_folder(tmp_path, build_network("utae"), text, made_tile())


@pytest.mark.parametrize("suffix", [".npz", ".pt", ".pth.tar"])
def test_checkpoints_load(tmp_path: Path, network: SeriesNetwork, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    if suffix == ".npz":
        save_weights(path, weights_of(network))
    elif suffix == ".pt":
        torch.save(network.state_dict(), path)
    else:  # as the predecessor's
        torch.save(
            {"epoch": 3, "best_mIoU": np.float64(61.5), "state_dict": network.state_dict()}, path
        )
    other = build_network("timeunet")
    put_weights(other, load_checkpoint(path))
    for key, value in network.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    class Mischief:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"state_dict": {}, "x": Mischief()}, tmp_path / "a.pt")
    (tmp_path / "b.pt").write_bytes(pickle.dumps(Mischief()))
    np.savez(tmp_path / "c.npz", x=np.array([Mischief()], dtype=object))
    for name in ("a.pt", "b.pt", "c.npz"):
        with pytest.raises(CheckpointError, match=name):
            load_checkpoint(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="Weights of another network"):
        put_weights(build_network("timeunet"), weights_of(build_network("wtae")))
    with pytest.raises(CheckpointError, match="There is no weights file"):
        load_checkpoint(tmp_path / "absent.pt")


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
