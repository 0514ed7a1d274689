"""Pictures: what they show is computed right, and each kind is written by its command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.data.nomenclature import CROP2SEG
from crop2seg_training.datasets import LabelledSeries
from crop2seg_training.evaluate.judge import judge
from crop2seg_training.export.trained import load_network
from crop2seg_training.networks import build_network
from crop2seg_training.plot.attention import attention_by_class
from crop2seg_training.plot.confusion import shown_classes
from crop2seg_training.plot.data import class_profiles, count_pixels, trailing_mean
from crop2seg_training.plot.learning import read_metrics
from made_data import made_series, write_s2tsczcrop

PNG = b"\x89PNG\r\n"


def series() -> LabelledSeries:
    """Class 4 with NDVI 0.5 on day 15, 0.8 on day 16 and a clouded day 25; class 0 at 0."""
    dn = np.full((3, 10, 3, 6), 1000, np.uint16)
    dn[0, 6, :, 3:], dn[1, 6, :, 3:], dn[2, 6] = 3000, 9000, 100
    labels = np.zeros((3, 6), np.uint8)
    labels[:, 3:] = 4
    clear = np.array([1.0, 0.9, 0.2], np.float32)
    return LabelledSeries("s", dn, np.array([15, 16, 25], np.int32), labels, clear=clear)


def test_profiles_leave_out_borders_and_clouds() -> None:
    profiles = class_profiles([series()], CROP2SEG)
    assert sorted(profiles) == [0, 4]
    wheat = profiles[4]
    assert wheat.pixels[1] == 2 * 6, "two dates, without the column at the border"
    assert wheat.mean[1] == pytest.approx(0.65)
    assert wheat.std[1] == pytest.approx(0.15)
    assert np.isnan(wheat.mean[2]), "the clouded date"
    assert profiles[0].mean[1] == 0


def test_trailing_mean_of_three() -> None:
    values = np.array([np.nan, 1.0, 2.0, np.nan, 6.0])
    np.testing.assert_allclose(trailing_mean(values), [np.nan, 1, 1.5, 1.5, 4])


def test_pixels_are_counted_by_class() -> None:
    assert count_pixels([series(), series()], CROP2SEG)[[0, 4]].tolist() == [18, 18]


@pytest.mark.parametrize("name", ["timeunet", "wtae"])
def test_attention_sums_to_one_over_the_season(tmp_path: Path, name: str) -> None:
    torch.manual_seed(1)
    torch.save({"state_dict": build_network(name).state_dict()}, tmp_path / "w.pt")
    trained = load_network(tmp_path / "w.pt", name)
    dn, labels, dates = made_series(1)
    sample = LabelledSeries("s", dn, np.arange(len(dates), dtype=np.int32) * 60, labels)
    by_head, by_class = attention_by_class(trained, sample)
    assert by_head.shape == (16, len(dates))
    np.testing.assert_allclose(by_head.sum(1), 1, rtol=1e-4)
    assert sorted(by_class) == [0, 4]
    for curve in by_class.values():
        assert float(curve.sum()) == pytest.approx(1, rel=1e-4)


def test_metrics_are_parted(tmp_path: Path) -> None:
    lines = [{"step": 20, "loss": 1.0}, {"step": 20, "validation": True}, {"step": 40, "loss": 0.5}]
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    trained, validated = read_metrics(path)
    assert [line["loss"] for line in trained] == [1.0, 0.5] and len(validated) == 1


def test_commands_write_pictures(tmp_path: Path) -> None:
    source = f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'set')}"
    run = tmp_path / "run"
    run.mkdir()
    torch.save({"state_dict": build_network("timeunet").state_dict()}, run / "checkpoint.pt")
    (run / "config.json").write_text(json.dumps({"model": "timeunet"}))
    step = {"step": 20, "loss": 1.0, "lr": 0.1, "accuracy": 0.5}
    scores = {"step": 20, "validation": True, "accuracy": 0.4, "macro_f1": 0.3}
    (run / "metrics.jsonl").write_text(json.dumps(step) + "\n" + json.dumps(scores) + "\n")
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"train": ["0", "1"], "val": ["2"], "test": []}))
    out = tmp_path / "picture.png"
    for arguments in (
        ["profiles", "--data", source],
        ["distribution", "--data", source],
        ["distribution", "--data", source, "--split", str(split)],
        ["learning", "--run", str(run), str(run)],
        ["attention", "--checkpoint", str(run), "--data", source, "--entry", "2"],
    ):
        out.unlink(missing_ok=True)
        assert main(["plot", *arguments, "--out", str(out)]) == 0, arguments
        assert out.read_bytes().startswith(PNG) and out.stat().st_size > 5000
    assert main(["plot", "attention", "--checkpoint", str(run), "--data", source,
                 "--entry", "moon", "--out", str(out)]) == 1  # fmt: skip


def test_report_is_drawn_from_its_file(tmp_path: Path) -> None:
    sample = series()

    def answer(asked: LabelledSeries) -> np.ndarray:
        probabilities = np.full((15, *asked.labels.shape), 0.01, np.float32)
        probabilities[4] = 0.86
        return probabilities

    judged = judge({"network": answer, "forest": answer}, [sample], CROP2SEG)
    scores = judged["forest"]["regions"]["all"]["all"]
    assert shown_classes(scores) == [0, 4]
    report = {"dataset": "made", "classes": list(CROP2SEG.classes), "models": judged}
    (tmp_path / "report.json").write_text(json.dumps(report))
    out = tmp_path / "pictures"
    assert (
        main(["plot", "report", "--report", str(tmp_path / "report.json"), "--out", str(out)]) == 0
    )
    assert {path.name for path in out.iterdir()} == {
        *(f"confusion{kind}-made-{model}.png" for kind in ("", "-share", "-log")
          for model in ("network", "forest")),
        "classes-made.png", "reliability-made.png",
    }  # fmt: skip
