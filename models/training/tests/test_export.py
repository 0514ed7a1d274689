"""From a checkpoint to a model folder."""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.data import normalise
from crop2seg_training.export import (
    CardText,
    CheckpointError,
    ExportError,
    ExportReport,
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
from crop2seg_training.export.agreement import LabelledScene
from crop2seg_training.export.golden import expected_logits
from crop2seg_training.export.staged import check_stages, open_stages
from crop2seg_training.export.stages import STAGES
from crop2seg_training.export.variants import VARIANTS
from crop2seg_training.networks import (
    SeriesNetwork,
    build_network,
    configure,
    parameter_count,
)
from golden_recipe import weight


def with_lively_weights(name: str, **options: object) -> SeriesNetwork:
    """A network whose every norm is away from its neutral start."""
    network = build_network(name, configure(name, **options)).eval()
    state = network.state_dict()
    put_weights(
        network, {k: weight(k, tuple(v.shape)).astype(np.float32) for k, v in state.items()}
    )
    return network


@dataclass(frozen=True)
class Exported:
    network: SeriesNetwork
    folder: Path
    report: ExportReport

    @property
    def card(self) -> dict:
        return json.loads((self.folder / "model.json").read_text())

    def paths(self, precision: str = "fp32") -> dict[str, Path]:
        return {
            stage: self.folder / entry["files"].get(precision, entry["files"]["fp32"])["path"]
            for stage, entry in self.card["stages"].items()
        }


@pytest.fixture(scope="module", params=STAGES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Each network in every precision; the golden tile serves as labelled scene."""
    network = with_lively_weights(request.param)
    folder, tile = tmp_path_factory.mktemp(request.param), made_tile()
    labels = np.zeros(tile.dn.shape[-2:], np.uint8)
    scene = LabelledScene(tile.dn, np.array(tile.days, np.int32), labels)
    text = CardText(name="test", architecture=request.param)
    report = write_model_folder(folder, network, text, tile, VARIANTS, [scene])
    return Exported(network, folder, report)


@pytest.fixture(scope="module")
def network() -> SeriesNetwork:
    return with_lively_weights("timeunet")


def files_of(card: dict) -> list[dict]:
    stages = [f for stage in card["stages"].values() for f in stage["files"].values()]
    return [*stages, card["golden"]["input"], card["golden"]["logits"]]


def test_card_describes_every_file(exported: Exported) -> None:
    card, folder = exported.card, exported.folder
    assert card["format"] == "crop2seg-model/1"
    assert card["parameters"] == parameter_count(exported.network)
    assert card["title"] and card["summary"]
    assert [c["code"] for c in card["classes"]] == list(range(15))
    assert len(card["input"]["mean"]) == len(card["input"]["std"]) == 10
    for entry in files_of(card):
        content = (folder / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    described = {entry["path"] for entry in files_of(card)} | {"model.json", "weights.npz"}
    assert described == {path.name for path in folder.iterdir()}


def test_float32_is_pytorch_and_the_others_are_near(exported: Exported) -> None:
    differences = exported.report.differences
    assert differences["fp32"] <= 1e-3
    assert set(differences) == set(VARIANTS)
    # Each rounding shows: a variant that is float32 in disguise would not.
    assert min(differences[p] for p in VARIANTS[1:]) > 10 * differences["fp32"]


@pytest.mark.parametrize(("dates", "rows", "columns"), [(1, 16, 16), (3, 40, 56)])
def test_stages_take_any_size(exported: Exported, dates: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(dates)
    x = rng.normal(size=(dates, 10, rows, columns)).astype(np.float32)
    days = np.sort(rng.integers(0, 425, dates)).astype(np.float32)
    with torch.no_grad():
        expected = exported.network(torch.from_numpy(x[None]), torch.from_numpy(days[None]))[0]
    actual = open_stages(exported.paths()).run(x, days)
    assert actual.shape == (15, rows, columns)
    assert np.abs(actual - expected.numpy()).max() <= 1e-3


FULL, HALF, QUARTER = ([1, 64, f"rows{level}", f"columns{level}"] for level in range(3))
COARSE = ["dates", "pixels", 128]
MAPS = [1, 16, "coarse_rows", "coarse_columns"]
CONTRACT = {
    "timeunet-lite": {
        "encoder": ({"pixels": [1, 10, "rows", "columns"]}, {"features": ["pixels", 32]}),
        "attention": (
            {"features": ["dates", "pixels", 32], "days": ["dates"]},
            {"embedding": ["pixels", 32]},
        ),
        "decoder": (
            {"embedding": ["rows", "columns", 32]},
            {"logits": [1, 15, "rows", "columns"]},
        ),
    },
    "timeunet": {
        "encoder": ({"pixels": [1, 10, "rows", "columns"]}, {"features": ["pixels", 64]}),
        "attention": (
            {"features": ["dates", "pixels", 64], "days": ["dates"]},
            {"embedding": ["pixels", 64]},
        ),
        "decoder": (
            {"embedding": ["rows", "columns", 64]},
            {"logits": [1, 15, "rows", "columns"]},
        ),
    },
    "wtae": {
        "encoder": (
            {"pixels": [1, 10, "rows", "columns"]},
            {"features": ["pixels", 128], "skip0": FULL},
        ),
        "attention": (
            {"features": COARSE, "days": ["dates"]},
            {"weights": ["dates", 16, "pixels"]},
        ),
        "aggregate": ({"weights": MAPS, "skip0": FULL, "sum0": FULL}, {"total0": FULL}),
        "decoder": ({"total0": FULL}, {"logits": [1, 15, "rows", "columns"]}),
    },
    "utae": {
        "encoder": (
            {"pixels": [1, 10, "rows", "columns"]},
            {"features": ["pixels", 128], "skip0": FULL, "skip1": HALF, "skip2": QUARTER},
        ),
        "attention": (
            {"features": COARSE, "days": ["dates"]},
            {"embedding": ["pixels", 128], "weights": ["dates", 16, "pixels"]},
        ),
        "aggregate": (
            {
                "weights": MAPS, "skip0": FULL, "sum0": FULL, "skip1": HALF, "sum1": HALF,
                "skip2": QUARTER, "sum2": QUARTER,
            },
            {"total0": FULL, "total1": HALF, "total2": QUARTER},
        ),
        "decoder": (
            {
                "embedding": ["coarse_rows", "coarse_columns", 128],
                "total0": FULL, "total1": HALF, "total2": QUARTER,
            },
            {"logits": [1, 15, "rows", "columns"]},
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize("precision", VARIANTS)
def test_stage_contract(exported: Exported, precision: str) -> None:
    def shapes(values: object) -> dict[str, list[object]]:
        assert all(v.type.tensor_type.elem_type == onnx.TensorProto.FLOAT for v in values)
        return {
            v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
            for v in values
        }

    card = exported.card
    models = {stage: onnx.load(path) for stage, path in exported.paths(precision).items()}
    actual = {s: (shapes(m.graph.input), shapes(m.graph.output)) for s, m in models.items()}
    assert actual == CONTRACT[card["architecture"]]
    assert {m.opset_import[0].version for m in models.values()} == {17}
    for stage, (inputs, outputs) in actual.items():
        assert card["stages"][stage]["inputs"] == list(inputs)
        assert card["stages"][stage]["outputs"] == list(outputs)
    features = actual["encoder"][1]["features"][1]
    assert card["input"]["featureChannels"] == features


def test_card_tells_agreement_with_float32(exported: Exported) -> None:
    entries = {entry["precision"]: entry for entry in exported.card["variants"]}
    assert set(entries) == set(VARIANTS)
    assert entries["fp32"]["labelAgreement"] == 1.0
    assert entries["fp16"]["pixels"] == 32 * 32
    assert all(0.5 < entry["labelAgreement"] <= 1.0 for entry in entries.values())


def test_golden_files_hold_the_right_answer(exported: Exported) -> None:
    folder, golden = exported.folder, exported.card["golden"]
    shape = golden["dates"], 10, golden["rows"], golden["columns"]
    dn = np.frombuffer((folder / "golden.input.bin").read_bytes(), "<u2").reshape(shape)
    logits = np.frombuffer((folder / "golden.logits.bin").read_bytes(), "<f4")
    days = torch.tensor([golden["days"]], dtype=torch.float32)
    with torch.no_grad():
        expected = exported.network(torch.from_numpy(normalise(dn)[None]), days)[0].numpy()
    np.testing.assert_allclose(logits.reshape(expected.shape), expected, atol=1e-5)
    assert len(np.unique(expected.argmax(0))) > 1, "a golden tile of one class proves little"


def test_8_bit_convolutions_have_weights_around_128(exported: Exported) -> None:
    model = onnx.load(exported.folder / "encoder.int8.onnx")
    depthwise = [
        node
        for node in model.graph.node
        if node.op_type == "Conv" and not any(a.name == "group" and a.i > 1 for a in node.attribute)
    ]
    assert not depthwise, "only depthwise convolutions stay float32"
    kernels = [
        onnx.numpy_helper.to_array(c) for c in model.graph.initializer if c.name.endswith("_kernel")
    ]
    width = exported.network.config.encoder_widths[0]
    assert [k.shape for k in kernels[:2]] == [(width, 10, 3, 3), (width, width, 3, 3)]
    for kernel in kernels:
        assert kernel.dtype == np.uint8
        reach = np.abs(kernel.astype(int) - 128).max(axis=(1, 2, 3))
        assert (reach == 127).all(), "each output channel uses its whole range"


def test_variants_are_small(exported: Exported) -> None:
    """Half precision halves the files, 8-bit weights quarter them."""
    sizes = {
        p: sum(exported.paths(p)[s].stat().st_size for s in ("encoder", "decoder"))
        for p in VARIANTS
    }
    assert sizes["fp16"] < 0.52 * sizes["fp32"]
    assert sizes["w8"] < 0.30 * sizes["fp32"]
    assert sizes["int8"] < 0.48 * sizes["fp32"]  # transposed convolutions stay float32


def test_wrong_answer_fails_the_export(exported: Exported) -> None:
    tile = made_tile()
    wrong = np.zeros((15, 32, 32), np.float32)
    with pytest.raises(ExportError, match="differ from PyTorch"):
        check_stages(
            exported.paths(), normalise(tile.dn), np.array(tile.days, np.float32), wrong, 1e-3
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


@pytest.mark.parametrize("name", ["timeunet", "wtae", "utae"])
@pytest.mark.parametrize(
    "options",
    [
        {"num_queries": 2, "add_squeeze": True, "classes": 20},
        {"conv_type": "depthwise_separable", "out_conv": (32, 24)},
    ],
    ids=str,
)
def test_options_are_exported(tmp_path: Path, name: str, options: dict) -> None:
    network = with_lively_weights(name, **options)
    stages = {}
    for stage, build in STAGES[name].items():
        stages[stage] = tmp_path / f"{stage}.onnx"
        onnx.save(build(weights_of(network), network.config), stages[stage])
    tile = made_tile()
    days = np.array(tile.days, np.float32)
    check_stages(stages, normalise(tile.dn), days, expected_logits(network, tile), 1e-3)


def test_what_cannot_be_exported_is_named(tmp_path: Path) -> None:
    text = CardText(name="test", architecture="unet3d")
    with pytest.raises(ValueError, match="cannot export 'unet3d'"):
        write_model_folder(tmp_path, build_network("unet3d"), text, made_tile())
    text = CardText(name="test", architecture="utae")
    odd = build_network("utae", configure("utae", add_linear=True, agg_mode="mean"))
    with pytest.raises(ValueError, match="agg_mode 'mean', add_linear True"):
        write_model_folder(tmp_path, odd, text, made_tile())


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
