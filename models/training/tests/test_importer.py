"""The command ``import``: whole folders from published checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.data import BANDS
from crop2seg_training.export import LOGIT_TOLERANCES
from crop2seg_training.export.staged import StageInputs, open_stages
from crop2seg_training.export.trained import load_network
from crop2seg_training.networks import NetworkConfig, build_network
from golden_recipe import series
from published import (
    PUBLISHED,
    conf,
    fold_norm,
    pastis_state,
    save,
    save_json,
    state,
    stored_norm,
)
from test_golden import FILES, GOLDEN, PARAMETERS, needs_golden

STAGE_TOLERANCE = 1e-3
each_network = pytest.mark.parametrize("imported", FILES, indirect=True)


def command(*arguments: object) -> int:
    return main(["import", *(str(argument) for argument in arguments)])


@pytest.fixture(scope="module")
def imported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one network, imported with its record."""
    name, folder = request.param, tmp_path_factory.mktemp("import")
    checkpoint = save(folder / "Fold_1" / "model.pth.tar", state(name))
    norm = save_json(folder / "NORM_S2_patch.json", stored_norm())
    record = save_json(folder / "conf.json", conf(name))
    out = folder / name
    given = ("--checkpoint", checkpoint, "--norm", norm, "--config", record)
    assert command(*given, "--name", f"my-{name}", "--out", out, "--licence", "CC0-1.0") == 0
    return out


@pytest.fixture(scope="module")
def pastis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a U-TAE trained on PASTIS, imported without its record."""
    folder = tmp_path_factory.mktemp("pastis")
    checkpoint = save(folder / "Fold_4" / "model.pth.tar", pastis_state())
    norm = save_json(folder / "NORM_S2_patch.json", fold_norm())
    out = folder / "out"
    assert command("--checkpoint", checkpoint, "--norm", norm, "--name", "p", "--out", out) == 0
    return out


def card_of(folder: Path) -> dict:
    return json.loads((folder / "model.json").read_text(encoding="utf-8"))


@each_network
def test_card_says_what_the_files_say(imported: Path) -> None:
    card, name = card_of(imported), imported.name
    assert (card["name"], card["architecture"]) == (f"my-{name}", name)
    assert card["parameters"] == PARAMETERS[name]
    assert card["input"]["bands"] == list(PUBLISHED) == list(BANDS)
    assert card["input"]["mean"] == [mean for mean, _ in PUBLISHED.values()]
    assert card["input"]["std"] == [std for _, std in PUBLISHED.values()]
    assert card["input"]["dateReference"] == {"month": 9, "day": 1, "yearsBeforeSeason": 1}
    assert [entry["code"] for entry in card["classes"]] == list(range(15))
    assert card["classes"][5] == {
        "code": 5, "name": "Rapeseed", "short": "Rapeseed", "color": "#dec928",
    }  # fmt: skip
    assert card["ignoredClass"] == 14
    assert card["licence"] == "CC0-1.0"
    assert set(card["training"]) == {"simulated", "summary"}
    assert "epoch 23; best validation mIoU 73.48" in card["training"]["summary"]
    assert card["network"] == {}


@needs_golden
@each_network
def test_stages_give_the_predecessors_logits(imported: Path) -> None:
    paths = {
        stage: imported / entry["files"]["fp32"]["path"]
        for stage, entry in card_of(imported)["stages"].items()
    }
    x, days = series(1)
    logits = open_stages(paths).run(StageInputs(x[0], days[0]))
    with np.load(GOLDEN / f"{FILES[imported.name]}.npz") as golden:
        assert np.abs(logits - golden["logits_b1"][0]).max() <= STAGE_TOLERANCE


def test_pastis_card(pastis: Path) -> None:
    card = card_of(pastis)
    assert card["architecture"] == "utae"
    # Fold 4 is trained on folds 4, 5 and 1.
    assert card["input"]["mean"] == pytest.approx([10_000 / 3 + band for band in range(10)])
    assert card["input"]["std"] == pytest.approx([1000 / 3] * 10)
    assert card["input"]["dateReference"] == {"month": 9, "day": 1, "yearsBeforeSeason": 1}
    assert len(card["classes"]) == 20
    assert card["classes"][2]["name"] == "Soft winter wheat"
    assert card["classes"][19] == {
        "code": 19, "name": "Void", "short": "Void", "color": "#ffffff",
    }  # fmt: skip
    assert card["ignoredClass"] == 19
    assert card["licence"].startswith("unknown")
    assert any("PASTIS" in caveat for caveat in card["caveats"])
    assert any("att_group" in caveat for caveat in card["caveats"])


def test_pastis_folder_is_the_same_network(pastis: Path) -> None:
    original = build_network("utae", NetworkConfig(classes=20)).eval()
    original.load_state_dict(state("utae", NetworkConfig(classes=20)))
    again = load_network(pastis).network
    x, days = (torch.from_numpy(array) for array in series(1))
    with torch.no_grad():
        assert torch.equal(again(x, days), original(x, days))


def test_an_imported_folder_is_exported_again(tmp_path: Path) -> None:
    config = NetworkConfig(classes=3, encoder_widths=(16, 32), decoder_widths=(32, 32), heads=4)
    checkpoint = save(tmp_path / "m.pth.tar", state("timeunet", config))
    norm = save_json(tmp_path / "n.json", fold_norm())
    names = save_json(tmp_path / "c.json", [{"name": n, "color": "#123456"} for n in "abc"])
    first, second = tmp_path / "first", tmp_path / "second"
    given = ("--checkpoint", checkpoint, "--norm", norm, "--fold", 1, "--ref-date", "2019-01-01")
    assert command(*given, "--classes", names, "--name", "n", "--out", first) == 0
    again = ["export", "--checkpoint", str(first), "--name", "n"]
    assert main([*again, "--variants", "int8", "--out", str(second)]) == 0
    cards = card_of(first), card_of(second)
    for key in ("input", "classes", "ignoredClass", "architecture", "network", "parameters"):
        assert cards[0][key] == cards[1][key]
    assert cards[0]["input"]["dateReference"]["yearsBeforeSeason"] == 0
    assert set(cards[1]["stages"]["encoder"]["files"]) == {"fp32", "int8"}


def test_sizes_of_a_narrow_network_are_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = NetworkConfig(
        classes=3,
        encoder_widths=(32, 64),
        decoder_widths=(16, 64),
        out_conv=(8,),
        heads=8,
        model_width=64,
    )
    weights = {f"module.{key}": value for key, value in state("wtae", config).items()}
    names = [{"name": f"Class {code}", "color": f"#00000{code}"} for code in range(3)]
    arguments = (
        "--checkpoint", save(tmp_path / "m.pth.tar", weights),
        "--norm", save_json(tmp_path / "n.json", stored_norm()),
        "--classes", save_json(tmp_path / "c.json", names),
    )  # fmt: skip
    before = set(tmp_path.iterdir())
    assert command(*arguments, "--check") == 0
    assert set(tmp_path.iterdir()) == before
    lines = capsys.readouterr().out.splitlines()
    for line in (
        "network        wtae, by keys and shapes of the tensors",
        "encoder        32 64",
        "decoder        16 64, last block 8 3",
        "attention      8 heads, keys 4, values 64",
        "classes        3: Class 0, Class 1, Class 2; ignored: Class 2",
        "day 0          1 September of the year before the season (2018-09-01 for 2019)",
        " " * 15 + " B02    1261.52    1922.99",
        "rewritten      'module.' taken off all keys",
    ):
        assert line in lines


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "options",
    [{"conv_type": "depthwise_separable", "add_squeeze": True}, {"num_queries": 2}],
    ids=["separable-squeeze", "queries"],
)
def test_options_with_stage_graphs_are_kept(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    config = NetworkConfig(
        encoder_widths=(16, 32), decoder_widths=(32, 32), heads=4, model_width=64, **options
    )
    checkpoint = save(tmp_path / "m.pth.tar", state(name, config))
    norm = save_json(tmp_path / "n.json", stored_norm())
    given = ("--checkpoint", checkpoint, "--norm", norm)
    seen, told = tmp_path / "seen", tmp_path / "told"
    assert command(*given, "--name", "n", "--out", seen) == 0
    sizes = {
        "encoder_widths": "[16, 32]", "decoder_widths": "[32, 32]", "n_head": 4, "d_model": 64,
    }  # fmt: skip
    record = save_json(tmp_path / "conf.json", conf(name, **{**sizes, **options}))
    assert command(*given, "--config", record, "--name", "n", "--out", told) == 0
    cards = card_of(seen), card_of(told)
    assert cards[0]["network"] == cards[1]["network"]
    assert options.items() <= cards[0]["network"].items()
    assert cards[0]["stages"] == cards[1]["stages"]


def test_stages_that_differ_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LOGIT_TOLERANCES, "fp32", -1.0)
    checkpoint = save(tmp_path / "model.pth.tar", state("timeunet"))
    norm = save_json(tmp_path / "n.json", stored_norm())
    out = tmp_path / "out"
    assert command("--checkpoint", checkpoint, "--norm", norm, "--name", "n", "--out", out) == 1
    assert "differ from PyTorch" in capsys.readouterr().err
    assert not (out / "model.json").exists()
