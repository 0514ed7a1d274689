"""The command ``import``: files and options that make no model, told apart and told plainly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from crop2seg_training.cli import main
from crop2seg_training.importer.norm import training_folds
from crop2seg_training.networks import NetworkConfig
from published import conf, fold_norm, pastis_state, save, save_json, state, stored_norm

BAD_INPUT = 2


@dataclass
class Desk:
    """A folder with good files, to spoil one of."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def checkpoint(self) -> Path:
        return self.folder / "model.pth.tar"

    @property
    def norm(self) -> Path:
        return self.folder / "norm.json"

    def check(self, *more: object) -> tuple[int, str]:
        """Exit code of ``--check``, and what it printed (in error, its one message)."""
        arguments = ("--checkpoint", self.checkpoint, "--norm", self.norm, "--check", *more)
        code = main(["import", *(str(argument) for argument in arguments)])
        out, err = self.capsys.readouterr()
        assert (out == "") == (code != 0)
        return code, out or err

    def refused(self, *more: object) -> str:
        code, message = self.check(*more)
        assert code == BAD_INPUT
        assert message.startswith("crop2seg-train import: ")
        return message

    def configured(self, model: str, **flags: Any) -> tuple[str, Path]:
        return "--config", save_json(self.folder / "conf.json", conf(model, **flags))


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    return state("timeunet")


@pytest.fixture
def desk(tmp_path: Path, weights: dict[str, Tensor], capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(tmp_path, capsys)
    save(desk.checkpoint, weights)
    save_json(desk.norm, stored_norm())
    return desk


def test_code_in_a_checkpoint_is_not_run(desk: Desk, weights: dict[str, Tensor]) -> None:
    class Mischief:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (desk.folder / "ran",))

    save(desk.checkpoint, weights, optimizer=Mischief())
    message = desk.refused()
    assert "is no PyTorch file of tensors and plain values (it holds " in message
    out = desk.folder / "out"
    arguments = ("--checkpoint", desk.checkpoint, "--norm", desk.norm, "--name", "n", "--out", out)
    assert main(["import", *(str(argument) for argument in arguments)]) == BAD_INPUT
    assert not (desk.folder / "ran").exists()
    assert not out.exists()


def test_differences_are_listed_by_tensor(desk: Desk, weights: dict[str, Tensor]) -> None:
    wrong = dict(weights)
    del wrong["up_blocks.1.conv1.conv.0.bias"]
    wrong["out_conv.conv.conv.1.weight"] = torch.ones(31)
    wrong["extra.weight"] = torch.ones(2, 3)
    save(desk.checkpoint, wrong)
    lines = desk.refused().splitlines()
    assert "1 missing, 1 unexpected, 1 of another shape." in lines[0]
    assert lines[1:-1] == [
        "tensor                         expected        found",
        "up_blocks.1.conv1.conv.0.bias  32              missing",
        "out_conv.conv.conv.1.weight    32              31",
        "extra.weight                   no such tensor  2 x 3",
    ]
    assert lines[-1].startswith("Give the whole model.pth.tar")


def test_a_record_of_another_network_is_noticed(desk: Desk) -> None:
    message = desk.refused(*desk.configured("wtae"))
    assert "does not fit wtae by " in message
    assert "36 missing, 9 unexpected, 3 of another shape.\n" in message
    assert "... and " in message
    assert "By its own tensors it is a timeunet with 15 classes" in message
    assert desk.check(*desk.configured("timeunet"))[0] == 0
    assert "--model says utae" in desk.refused(*desk.configured("timeunet"), "--model", "utae")


def test_other_tensors_are_refused(desk: Desk, weights: dict[str, Tensor]) -> None:
    save(desk.checkpoint, {"layer.weight": torch.ones(2)})
    assert "are of no known network" in desk.refused()
    save(desk.checkpoint, {**weights, "out_conv.conv.conv.4.bias": torch.full((15,), torch.nan)})
    assert "out_conv.conv.conv.4.bias" in desk.refused()
    save(desk.checkpoint, {**weights, "extra": torch.ones(0)})
    assert "is empty" in desk.refused()
    desk.checkpoint.write_text("<html>Not found</html>")
    assert "is no PyTorch file" in desk.refused()
    desk.checkpoint.unlink()
    assert "There is no weights file" in desk.refused()


def test_networks_alike_need_a_name(desk: Desk) -> None:
    config = NetworkConfig(encoder_widths=(32, 32), decoder_widths=(32, 32))
    save(desk.checkpoint, state("utae", config))
    assert "fits timeunet and utae alike" in desk.refused()
    code, found = desk.check("--model", "utae")
    assert code == 0 and "network        utae" in found


def test_boundary_head_is_left_out(desk: Desk, weights: dict[str, Tensor]) -> None:
    save(desk.checkpoint, {**weights, "boundary_conv.conv.conv.0.bias": torch.ones(32)})
    code, found = desk.check()
    assert code == 0 and "rewritten      boundary head left out" in found


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("temporal_encoder.positional_encoder.fc.weight", "add_linear"),
        ("temporal_encoder.positional_encoder_abs.fc.weight", "use_abs_rel_enc"),
        ("down_blocks.0.conv1.conv.3.weight", "use_mbconv"),
        ("in_conv.conv.conv.1.running_mean", "encoder_norm"),
    ],
)
def test_options_without_stage_graphs_are_seen(
    desk: Desk, weights: dict[str, Tensor], key: str, option: str
) -> None:
    save(desk.checkpoint, {**weights, key: torch.ones(1)})
    assert option in desk.refused()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"model": "unet3d"}, "names the network 'unet3d'"),
        ({"add_linear": True}, "has add_linear = True"),
        ({"agg_mode": "mean", "model": "utae"}, "has agg_mode = 'mean'"),
        ({"out_conv": "[64, 15]"}, "does not fit timeunet"),
        ({"out_conv": "[]"}, "unreadable out_conv"),
        ({"conv_type": "3d"}, "describes no network (conv_type is '3d'"),
        ({"add_squeeze": True}, "does not fit timeunet"),
        ({"encoder_widths": "[64,"}, "unreadable encoder_widths: '[64,'"),
        ({"encoder_widths": "[64, 128]"}, "describes no network"),
        ({"encoder_widths": "[66,64,64,128]"}, "cannot be built"),
        ({"n_head": "many"}, "unreadable n_head"),
        ({"ref_date": "September"}, "unreadable ref_date: 'September'"),
        ({"ref_date": "2020-09-01"}, "lies behind the season 2019"),
        ({"input_dim": 11}, "reads 11 channels"),
        ({"ignore_index": 15}, "ignored class 15"),
    ],
)
def test_records_that_cannot_be_followed(desk: Desk, flags: dict[str, Any], said: str) -> None:
    assert said in desk.refused(*desk.configured(**{"model": "timeunet", **flags}))


def test_flags_without_effect_do_not_matter(desk: Desk) -> None:
    ignored = desk.configured("timeunet", agg_mode="mean", use_mbconv=True, seg_model="x")
    assert desk.check(*ignored)[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"Fold_1": {"mean": [], "std": []}}, "neither train nor Fold_1 to Fold_5"),
        ({"train": {"mean": [1.0] * 9, "std": [1.0] * 10}}, "no 10 numbers train.mean"),
        ({"train": {"mean": [1.0] * 10}}, "no 10 numbers train.std"),
        ({"train": {"mean": [1.0] * 9 + ["x"], "std": [1.0] * 10}}, "'x' in train.mean"),
        ({"train": {"mean": [1.0] * 9 + [float("nan")], "std": [1.0] * 10}}, "nan in train.mean"),
        ({"train": {"mean": [1.0] * 10, "std": [0.0] * 10}}, "deviation of 0"),
        ([1, 2], "holds no JSON object"),
    ],
)
def test_norm_files_that_cannot_be_used(desk: Desk, content: object, said: str) -> None:
    save_json(desk.norm, content)
    assert said in desk.refused()


def test_norm_file_that_is_not_json(desk: Desk) -> None:
    desk.norm.write_bytes(b"\xff\xfe{}")
    assert "is not JSON" in desk.refused()
    desk.norm.unlink()
    assert "cannot be read (No such file or directory)" in desk.refused()


def test_order_of_bands_can_be_given_and_doubted(desk: Desk) -> None:
    other = "B02,B03,B04,B05,B06,B07,B08,B8A,B11,B12"
    assert "doubtful" not in desk.check()[1]
    found = desk.check("--band-order", other)[1]
    assert "B04    1261.52    1922.99" in found
    red_and_infrared_changed = "B08,B03,B02,B04,B05,B06,B07,B8A,B11,B12"
    assert "darker than red" in desk.check("--band-order", red_and_infrared_changed)[1]
    save_json(desk.norm, {"train": {"mean": [0.1] * 10, "std": [0.1] * 10}})
    assert "rather than DN" in desk.check()[1]
    with pytest.raises(SystemExit) as stop:
        desk.check("--band-order", "B02,B03")
    assert stop.value.code == BAD_INPUT


def test_values_by_fold_need_a_fold(desk: Desk) -> None:
    save(desk.checkpoint, pastis_state())
    save_json(desk.norm, fold_norm())
    assert "--fold, 1 to 5" in desk.refused()
    assert "mean of Fold_2, Fold_3, Fold_4 of" in desk.check("--fold", 2)[1]
    recorded = desk.configured("utae", out_conv="[32, 20]", fold=5)
    assert "mean of Fold_5, Fold_1, Fold_2 of" in desk.check(*recorded)[1]
    # as in the predecessor's table of training folds
    expected = {1: (1, 2, 3), 2: (2, 3, 4), 3: (3, 4, 5), 4: (4, 5, 1), 5: (5, 1, 2)}
    assert {fold: training_folds(fold) for fold in expected} == expected


@pytest.mark.parametrize(
    ("more", "day"),
    [
        ((), "1 September of the year before the season (2018-09-01 for 2019)"),
        (("--ref-date", "2019-01-01"), "1 January of the season (2019-01-01 for 2019)"),
        (("--season", 2020), "1 September 2 years before the season (2018-09-01 for 2020)"),
    ],
)
def test_day_0(desk: Desk, more: tuple[object, ...], day: str) -> None:
    assert f"day 0          {day}\n" in desk.check(*more)[1]


def test_day_0_of_the_record(desk: Desk) -> None:
    record = desk.configured("timeunet", ref_date="2018-10-15")
    assert "15 October of the year before the season" in desk.check(*record)[1]


def test_classes_by_file(desk: Desk, weights: dict[str, Tensor]) -> None:
    names = [{"name": f"Class {code}", "color": "#123456"} for code in range(15)]
    path = desk.folder / "classes.json"

    def named(content: object) -> tuple[str, Path]:
        return "--classes", save_json(path, content)

    assert "15: Class 0, Class 1" in desk.check(*named(names))[1]
    assert "names 14 classes, but the checkpoint has 15" in desk.refused(*named(names[:-1]))
    assert "'red' is not written as #rrggbb" in desk.refused(
        *named([*names[:-1], {"name": "x", "color": "red"}])
    )
    assert "is no list of classes" in desk.refused(*named({"classes": names}))
    save(desk.checkpoint, state("timeunet", NetworkConfig(classes=7)))
    assert "7 classes, whose names are not known" in desk.refused()


def test_a_folder_needs_a_name_and_a_place(desk: Desk) -> None:
    arguments = ["import", "--checkpoint", str(desk.checkpoint), "--norm", str(desk.norm)]
    assert main([*arguments, "--out", str(desk.folder / "out")]) == BAD_INPUT
    assert "Give --name and --out" in desk.capsys.readouterr().err
    assert not (desk.folder / "out").exists()


def test_records_and_tiles_that_cannot_be_used(desk: Desk) -> None:
    out = desk.folder / "out"
    arguments = ["import", "--checkpoint", desk.checkpoint, "--norm", desk.norm, "--name", "n"]
    for more, said in (
        (("--accuracy-json", save_json(desk.folder / "a.json", {})), "no list of records"),
        (("--accuracy-json", save_json(desk.folder / "b.json", [{}])), "accuracy record lacks"),
        (("--golden", desk.norm), "holds no tile"),
    ):
        assert main([str(a) for a in (*arguments, "--out", out, *more)]) == BAD_INPUT
        assert said in desk.capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("name", ["model_state_dict", "ema_state_dict"])
def test_weights_under_other_names_are_found(
    desk: Desk, weights: dict[str, Tensor], name: str
) -> None:
    torch.save({name: weights, "epoch": 3}, desk.checkpoint)
    code, said = desk.check()
    assert code == 0
    assert "timeunet, by keys and shapes" in said


def test_an_unknown_place_of_the_weights_is_named(desk: Desk, weights: dict[str, Tensor]) -> None:
    torch.save({"somewhere": weights, "epoch": 3}, desk.checkpoint)
    said = desk.refused()
    assert "somewhere" in said and "model_state_dict" in said


def test_a_missing_last_layer_is_named(desk: Desk, weights: dict[str, Tensor]) -> None:
    rest = {key: value for key, value in weights.items() if not key.startswith("out_conv")}
    save(desk.checkpoint, rest)
    assert "the last layer was left out" in desk.refused()


def test_a_pointer_of_git_lfs_is_known(desk: Desk) -> None:
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4000000\n"
    desk.checkpoint.write_text(text)
    assert "git lfs pull" in desk.refused()


def test_a_check_needs_no_norm_file_but_a_model_does(desk: Desk) -> None:
    given = ["import", "--checkpoint", str(desk.checkpoint)]
    assert main([*given, "--check"]) == 0
    assert "normalisation  not looked at" in desk.capsys.readouterr().out
    out = ["--name", "n", "--out", str(desk.folder / "out")]
    assert main([*given, *out]) == BAD_INPUT
    assert "--norm" in desk.capsys.readouterr().err


def test_an_import_replaces_no_model_unasked(desk: Desk) -> None:
    out = desk.folder / "out"
    out.mkdir()
    (out / "model.json").write_text("{}")
    given = ["import", "--checkpoint", str(desk.checkpoint), "--norm", str(desk.norm)]
    assert main([*given, "--name", "n", "--out", str(out)]) == BAD_INPUT
    assert "--force" in desk.capsys.readouterr().err
    assert (out / "model.json").read_text() == "{}"
