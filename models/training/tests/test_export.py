"""From a checkpoint to a model folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
import torch

from crop2seg_training.data import normalise
from crop2seg_training.export import (
    CardText,
    ExportError,
    GoldenTile,
    made_tile,
    read_tile,
    weights_of,
    write_model_folder,
)
from crop2seg_training.export.agreement import VariantEntry, falls_short
from crop2seg_training.export.golden import expected_logits, with_holes
from crop2seg_training.export.staged import StageInputs, check_stages
from crop2seg_training.export.stages import STAGES
from crop2seg_training.export.variants import VARIANTS
from crop2seg_training.networks import (
    build_network,
    configure,
    parameter_count,
)
from exported import Exported, with_lively_weights

Array = npt.NDArray[Any]


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


def test_card_tells_agreement_with_float32(exported: Exported) -> None:
    entries = {entry["precision"]: entry for entry in exported.card["variants"]}
    assert set(entries) == set(VARIANTS)
    assert entries["fp32"]["labelAgreement"] == 1.0
    assert entries["fp16"]["pixels"] == 32 * 32
    assert entries["int8"]["dataset"] == "golden tile"
    assert all(0.5 < entry["labelAgreement"] <= 1.0 for entry in entries.values())
    exact = entries["fp32"]["macroF1"]
    for entry in entries.values():
        assert entry["macroF1Loss"] == pytest.approx(exact - entry["macroF1"], abs=1.1e-4)


def test_too_far_from_float32_is_noticed() -> None:
    entry = VariantEntry(
        precision="int8", labelAgreement=0.991, macroF1=0.5, macroF1Loss=0.004, pixels=1, dataset=""
    )
    assert not falls_short(entry)
    assert falls_short({**entry, "labelAgreement": 0.989})
    assert falls_short({**entry, "macroF1Loss": 0.006})


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


def kernels_of(exported: Exported, stage: str) -> tuple[list[Array], list[Array]]:
    """Kernels of the convolutions of an int8 stage that are float32, and 8-bit, in their order."""
    graph = onnx.load(exported.folder / f"{stage}.int8.onnx").graph
    arrays = {c.name: onnx.numpy_helper.to_array(c) for c in graph.initializer}
    return tuple(
        [arrays[node.input[1]] for node in graph.node if node.op_type == kind]
        for kind in ("Conv", "ConvInteger")
    )


def test_convolutions_that_lose_most_stay_float32(exported: Exported) -> None:
    first, last = (kernels_of(exported, stage) for stage in ("encoder", "decoder"))
    config = exported.network.config
    assert first[0][0].shape == (config.encoder_widths[0], 10, 3, 3)
    assert [k.shape[0] for k in last[0][-2:]] == [config.head_widths[0], config.classes]
    inner = [k for k in [*first[0][1:], *last[0][:-2]] if k.shape[2:] != (1, 1)]
    assert all(k.shape[1] == 1 for k in inner), "of the others only 1 x 1 and depthwise ones"
    assert first[1] and last[1]
    assert all(k.shape[2] > 1 for k in [*first[1], *last[1]])


def test_8_bit_convolutions_have_weights_around_128(exported: Exported) -> None:
    for kernel in kernels_of(exported, "encoder")[1] + kernels_of(exported, "decoder")[1]:
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
        inputs = StageInputs(normalise(tile.dn), np.array(tile.days, np.float32))
        check_stages(exported.paths(), inputs, wrong, 1e-3)


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
@pytest.mark.parametrize("masks", [False, True], ids=["plain", "masks"])
def test_options_are_exported(tmp_path: Path, name: str, options: dict, masks: bool) -> None:
    network = with_lively_weights(name, **options)
    stages = {}
    for stage, build in STAGES[name].items():
        stages[stage] = tmp_path / f"{stage}.onnx"
        onnx.save(build(weights_of(network), network.config, masks), stages[stage])
    tile = with_holes(made_tile()) if masks else made_tile()
    inputs = StageInputs(normalise(tile.dn), np.array(tile.days, np.float32), tile.valid)
    check_stages(stages, inputs, expected_logits(network, tile), 1e-3)


def test_what_cannot_be_exported_is_named(tmp_path: Path) -> None:
    text = CardText(name="test", architecture="unet3d")
    with pytest.raises(ValueError, match="cannot export 'unet3d'"):
        write_model_folder(tmp_path, build_network("unet3d"), text, made_tile())
    text = CardText(name="test", architecture="utae")
    odd = build_network("utae", configure("utae", add_linear=True, agg_mode="mean"))
    with pytest.raises(ValueError, match="agg_mode 'mean', add_linear True"):
        write_model_folder(tmp_path, odd, text, made_tile())
