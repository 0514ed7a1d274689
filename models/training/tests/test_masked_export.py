"""Stage graphs, golden tile and card of networks that leave out invalid pixels."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.data.normalisation import normalise
from crop2seg_training.data.validity import Validity
from crop2seg_training.export import CardText, made_tile, write_model_folder
from crop2seg_training.export.agreement import AgreementSet, LabelledScene
from crop2seg_training.export.golden import GoldenTile, with_holes
from crop2seg_training.export.staged import StageInputs, open_stages
from crop2seg_training.export.stages import STAGES
from crop2seg_training.export.trained import load_network
from crop2seg_training.export.variants import VARIANTS
from exported import Exported, with_lively_weights

RULES = Validity("mask", "clear", 3, 0.05)
INPUTS = {
    "timeunet": {
        "encoder": ["pixels", "valid"],
        "attention": ["features", "days", "valid"],
        "decoder": ["embedding"],
    },
    "wtae": {
        "encoder": ["pixels", "valid"],
        "attention": ["features", "days", "valid"],
        "aggregate": ["weights", "valid", "skip0", "sum0", "weightsum0"],
        "decoder": ["total0", "weighttotal0"],
    },
    "utae": {
        "encoder": ["pixels", "valid"],
        "attention": ["features", "days", "valid"],
        "aggregate": [
            "weights", "valid", "skip0", "sum0", "weightsum0", "skip1", "sum1", "weightsum1",
            "skip2", "sum2", "weightsum2",
        ],
        "decoder": [
            "embedding", "total0", "weighttotal0", "total1", "weighttotal1", "total2",
            "weighttotal2",
        ],
    },
}  # fmt: skip
NORM = (
    "Mul ReduceMean MatMul Div Unsqueeze Sub Mul Mul ReduceMean MatMul Div Add Sqrt Reciprocal Mul "
    "Unsqueeze Mul Add Relu Mul"
)
"""Operators of a masked norm: the browser's kernels know it by them."""


@pytest.fixture(scope="module", params=STAGES)
def masked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    network = with_lively_weights(request.param)
    folder, tile = tmp_path_factory.mktemp(request.param), made_tile()
    scl = np.full((4, 32, 32), 4, np.uint8)
    scl[1, :12, 18:], scl[2, :, 25:] = 9, 0
    scene = LabelledScene(tile.dn, np.array(tile.days, np.int32), np.zeros((32, 32), np.uint8), scl)
    text = CardText(name="test", architecture=request.param, validity=RULES, dates_per_subset=9)
    report = write_model_folder(
        folder, network, text, tile, VARIANTS, [AgreementSet("golden tile", [scene])]
    )
    return Exported(network, folder, report)


def test_float32_is_pytorch_on_a_tile_with_holes(masked: Exported) -> None:
    assert masked.report.differences["fp32"] <= 1e-3
    folder, golden = masked.folder, masked.card["golden"]
    shape = golden["dates"], golden["rows"], golden["columns"]
    content = (folder / golden["valid"]["path"]).read_bytes()
    assert golden["valid"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert (golden["valid"]["bytes"], golden["valid"]["dtype"]) == (len(content), "uint8")
    valid = np.frombuffer(content, np.uint8).reshape(shape)
    assert set(np.unique(valid)) == {0, 1}
    assert not valid.any(0).all(), "a pixel that no date sees"
    assert not valid.any((1, 2)).all(), "a date that sees nothing"
    dn = np.frombuffer((folder / "golden.input.bin").read_bytes(), "<u2")
    dn = dn.reshape(shape[0], 10, *shape[1:])
    logits = np.frombuffer((folder / "golden.logits.bin").read_bytes(), "<f4")
    with torch.no_grad():
        expected = masked.network(
            torch.from_numpy(normalise(dn)[None]),
            torch.tensor([golden["days"]], dtype=torch.float32),
            torch.from_numpy(valid.copy())[None],
        )[0].numpy()
    np.testing.assert_allclose(logits.reshape(expected.shape), expected, atol=1e-5)


def test_stages_name_their_inputs(masked: Exported) -> None:
    card = masked.card
    expected = INPUTS[card["architecture"].removesuffix("-lite")]
    assert {stage: entry["inputs"] for stage, entry in card["stages"].items()} == expected
    for precision in VARIANTS:
        for stage, path in masked.paths(precision).items():
            names = [entry.name for entry in onnx.load(path).graph.input]
            assert names == expected[stage]


def test_the_card_says_what_the_network_wants(masked: Exported) -> None:
    assert masked.card["input"]["validity"] == {
        "use": "mask", "counts": "clear", "growPixels": 3, "leastShare": 0.05,
    }  # fmt: skip
    assert masked.card["input"]["datesPerSubset"] == 9
    assert load_network(masked.folder).validity == RULES


def test_every_norm_of_the_encoder_is_written_alike(masked: Exported) -> None:
    nodes = [node.op_type for node in onnx.load(masked.paths()["encoder"]).graph.node]
    assert nodes[0] == "Mul"
    norms = masked.network.state_dict()
    encoders = ("in_conv", "spatial_reduction")
    if masked.card["architecture"] == "utae":
        encoders = ("in_conv", "down_blocks")
    norm = NORM.split()
    found = sum(nodes[i : i + len(norm)] == norm for i in range(len(nodes)))
    biases = [k for k in norms if k.startswith(encoders) and norms[k].ndim == 1]
    assert found == sum(k.endswith("weight") for k in biases)
    assert "InstanceNormalization" not in nodes


@pytest.mark.parametrize(("dates", "rows", "columns"), [(1, 16, 16), (3, 40, 56)])
def test_masked_stages_take_any_size(masked: Exported, dates: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(dates)
    x = rng.normal(size=(dates, 10, rows, columns)).astype(np.float32)
    days = np.sort(rng.integers(0, 425, dates)).astype(np.float32)
    valid = (rng.random((dates, rows, columns)) > 0.4).astype(np.uint8)
    valid[:, :9, :17] = 0
    with torch.no_grad():
        expected = masked.network(
            torch.from_numpy(x[None]), torch.from_numpy(days[None]), torch.from_numpy(valid[None])
        )[0]
    actual = open_stages(masked.paths()).run(StageInputs(x, days, valid))
    assert np.abs(actual - expected.numpy()).max() <= 1e-3


def test_the_first_convolution_stays_in_float(masked: Exported) -> None:
    graph = onnx.load(masked.folder / "encoder.int8.onnx").graph
    first = next(node for node in graph.node if node.op_type in ("Conv", "ConvInteger"))
    assert first.op_type == "Conv"


def test_holes_of_a_tile_fit_it() -> None:
    tile = with_holes(made_tile())
    assert tile.valid is not None
    with pytest.raises(ValueError, match="dates, rows, columns"):
        GoldenTile(tile.dn, tile.days, tile.valid[:2])


def test_the_command_writes_validity_and_subsets(tmp_path: Path) -> None:
    command = ["export", "--random-seed", "3", "--model", "timeunet-lite", "--name", "m"]
    out = ["--out", str(tmp_path / "m"), "--agreement-scenes", "0"]
    chosen = ["--validity", "fill,seen,0,0.5", "--dates-per-subset", "15"]
    assert main([*command, *out, *chosen]) == 0
    card = json.loads((tmp_path / "m" / "model.json").read_text())
    assert card["input"]["validity"]["use"] == "fill"
    assert card["input"]["datesPerSubset"] == 15
    assert "valid" not in card["golden"]
    assert card["stages"]["encoder"]["inputs"] == ["pixels"]
