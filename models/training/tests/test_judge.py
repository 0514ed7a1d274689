"""Judging: regions, second best, parcels, calibration, and the command that reports it all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from crop2seg_training.cli import main
from crop2seg_training.data.nomenclature import CROP2SEG, PASTIS
from crop2seg_training.datasets import LabelledSeries
from crop2seg_training.evaluate import evaluate_map
from crop2seg_training.evaluate.calibration import BINS, Reliability
from crop2seg_training.evaluate.homogenise import homogenise
from crop2seg_training.evaluate.judge import judge, second_best
from crop2seg_training.evaluate.regions import boundary_mask, region_labels
from crop2seg_training.evaluate.report import card_records, summary_lines
from crop2seg_training.export.trained import network_config
from crop2seg_training.networks import build_network
from made_data import NARROW, write_s2tsczcrop
from simulation_data import needs_parcels

HALVES = np.array([[1, 1, 6, 6]] * 4, np.uint8)


def series(labels: np.ndarray, parcels: np.ndarray | None = None) -> LabelledSeries:
    dn = np.zeros((2, 10, *labels.shape), np.uint16)
    return LabelledSeries("made", dn, np.array([10, 20], np.int32), labels, parcels)


def answers(codes: np.ndarray, confidence: float, second: int = 2) -> np.ndarray:
    """Probabilities with `codes` first, and `second` with all the rest."""
    probabilities = np.zeros((15, *codes.shape), np.float32)
    probabilities[second] = 1 - confidence
    np.put_along_axis(probabilities, codes[None].astype(int), confidence, 0)
    return probabilities


def test_boundary_is_both_sides_of_a_border() -> None:
    expected = np.array([[False, True, True, False]] * 4)
    np.testing.assert_array_equal(boundary_mask(HALVES), expected)
    assert not boundary_mask(np.full((3, 3), 5)).any(), "the edge of the image is no border"
    boundary = region_labels(HALVES, "boundary", CROP2SEG)
    interior = region_labels(HALVES, "interior", CROP2SEG)
    assert boundary[0].tolist() == [14, 1, 6, 14]
    assert interior[0].tolist() == [1, 14, 14, 6]
    assert region_labels(HALVES, "all", CROP2SEG) is HALVES


def test_second_best_counts_where_it_is_right() -> None:
    probabilities = answers(np.array([[6, 6]]), 0.7, second=1)
    np.testing.assert_array_equal(second_best(probabilities, np.array([[1, 4]])), [[1, 6]])


def test_majority_vote_by_parcel() -> None:
    codes = np.array([[0, 0, 0, 4, 5], [0, 0, 0, 0, 5], [6, 6, 1, 0, 0]], np.uint8)
    parcels = np.array([[1, 1, 1, 1, 0], [2, 2, 2, 2, 0], [3, 3, 3, 3, 0]])
    voted = homogenise(codes, parcels)
    assert voted[0].tolist() == [4, 4, 4, 4, 5], "75 % Background is not enough"
    assert voted[1].tolist() == [0, 0, 0, 0, 5]
    assert voted[2].tolist() == [6, 6, 6, 6, 0], "outside all parcels nothing changes"


def test_reliability_by_hand() -> None:
    reliability = Reliability()
    reliability.add(np.array([0.9, 0.9, 0.9, 0.9, 0.5, 1.0]), np.array([1, 1, 1, 0, 0, 1], bool))
    scores = reliability.scores()
    assert scores["pixels"] == 6
    # Four pixels of 0.9 with 3 right, one of 0.5 that is wrong, one of 1.0 that is right.
    assert scores["expectedCalibrationError"] == pytest.approx((4 * 0.15 + 0.5) / 6)
    assert scores["maximumCalibrationError"] == pytest.approx(0.5)
    assert scores["share"][BINS - 1] == pytest.approx(1 / 6)
    assert scores["confidence"][0] is None
    assert sum(scores["share"]) == pytest.approx(1)
    assert Reliability().scores()["expectedCalibrationError"] is None


def test_judgement_holds_every_part_and_adds_samples_up() -> None:
    parcels = np.array([[1, 1, 2, 2]] * 4)
    wrong = HALVES.copy()
    wrong[0] = 2
    right = answers(HALVES, 0.8)
    judged = judge(
        {"good": lambda s: right, "bad": lambda s: answers(wrong, 0.6, second=1)},
        [series(HALVES, parcels), series(HALVES)],
        CROP2SEG,
    )
    good, bad = judged["good"], judged["bad"]
    assert good["regions"]["all"]["all"]["overallAccuracy"] == 1.0
    assert good["regions"]["boundary"]["all"]["pixels"] == 16
    assert good["regions"]["interior"]["all"]["pixels"] == 16
    assert good["calibration"]["expectedCalibrationError"] == pytest.approx(0.2, abs=1e-6)
    assert bad["samples"] == 2
    assert bad["regions"]["all"]["all"]["overallAccuracy"] == pytest.approx(24 / 32)
    assert bad["top2"]["all"]["overallAccuracy"] == pytest.approx(28 / 32)
    assert bad["homogenised"]["parcels"] == 2
    assert bad["homogenised"]["all"]["overallAccuracy"] == 1.0
    json.dumps(judged, allow_nan=False)


def test_other_class_schemes_are_scored_by_their_own_ignored_class() -> None:
    scores = evaluate_map([14, 18, 3], [14, 17, 19], PASTIS)["all"]
    assert scores["pixels"] == 2
    assert scores["perClass"]["14"]["recall"] == 1.0
    assert scores["macroIou"] == pytest.approx(0.5)


def test_card_records_carry_what_a_card_needs() -> None:
    judged = judge({"network": lambda s: answers(HALVES, 0.8)}, [series(HALVES)], CROP2SEG)
    report = {"dataset": "made", "kind": "real", "command": "c", "models": judged}
    records = card_records([report], "network")
    assert [record["region"] for record in records] == ["all labelled pixels", "crop pixels"]
    assert records[1]["overallAccuracy"] == 1.0 and records[1]["pixels"] == 16
    assert set(records[1]["perClass"]["6"]) == {"iou", "precision", "recall", "f1"}
    assert "crops 1.000" in summary_lines(report)[0]


def test_command_judges_the_test_part_within_the_dates(tmp_path: Path) -> None:
    torch.manual_seed(1)
    weights = tmp_path / "weights.pt"
    torch.save({"state_dict": build_network("timeunet").state_dict()}, weights)
    source = f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'set', 10)}"
    arguments = ["evaluate", "--checkpoint", str(weights), "--data", source, "--no-plots"]
    for part, samples in (("test", 2), ("train", 5), ("everything", 9)):
        out = tmp_path / part
        assert main([*arguments, "--part", part, "--last-day", "290", "--out", str(out)]) == 0
        report = json.loads((out / "evaluation-set.json").read_text())
        assert report["models"]["network"]["samples"] == samples
    assert main([*arguments, "--last-day", "3", "--out", str(tmp_path)]) == 1, "no date is left"


@needs_parcels
def test_command_reports_network_and_baseline_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = tmp_path / "run", tmp_path / "report"
    run.mkdir()
    torch.manual_seed(1)
    network = build_network("wtae", network_config("wtae", NARROW))
    torch.save({"state_dict": network.state_dict()}, run / "checkpoint.pt")
    (run / "config.json").write_text(json.dumps({"model": "wtae", "network": NARROW}))
    arguments = ["evaluate", "--checkpoint", str(run / "checkpoint.pt"), "--baseline"]
    assert main([*arguments, "--data", "parcels", "--out", str(out)]) == 0
    report = json.loads((out / "evaluation-parcels-held-out.json").read_text())
    assert set(report["models"]) == {"network", "forest"}
    forest = report["models"]["forest"]
    assert forest["regions"]["all"]["all"]["pixels"] == forest["samples"] > 50
    assert forest["regions"]["all"]["all"]["overallAccuracy"] > 0.4
    assert "327 real parcels" in forest["about"], "held-out parcels are not learnt"
    assert "wtae" in report["models"]["network"]["about"]
    pictures = {path.name for path in out.glob("*.png")}
    assert {"confusion-parcels-held-out-forest.png", "reliability-parcels-held-out.png"} <= pictures
    assert len(json.loads((out / "accuracy.json").read_text())) == 2
    assert "forest: crops" in capsys.readouterr().out


def test_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--out", str(tmp_path)], "give --checkpoint, --baseline or both"),
        (["--baseline"], "--out is needed"),
        (["--map", "m.tif"], "belong together"),
        (["--baseline", "--out", str(tmp_path), "--data", "moon:/x"], "names no data set"),
    ):
        assert main(["evaluate", *arguments]) == 1
        assert message in capsys.readouterr().err
