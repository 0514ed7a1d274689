"""Scores of maps."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crop2seg_training.evaluate import evaluate_map


def test_scores_by_hand() -> None:
    labels = np.array([[0, 0, 1, 1, 1, 6, 6, 14, 255]], np.uint8)
    mapped = np.array([[0, 1, 1, 1, 6, 6, 14, 6, 6]], np.uint8)
    scores = evaluate_map(mapped, labels)
    whole = scores["all"]
    assert whole["pixels"] == 7
    assert whole["overallAccuracy"] == pytest.approx(4 / 7)
    # F1: Background 2*1/(2+1), grassland 2*2/(3+3), maize 2*1/(2+2)
    assert whole["macroF1"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 2) / 3)
    assert whole["perClass"]["1"] == {
        "iou": pytest.approx(2 / 4),
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "support": 3,
        "predicted": 3,
    }
    assert whole["unanswered"][6] == 1, "maize called Not classified is a wrong answer"
    assert whole["confusion"][1][6] == 1
    crops = scores["crops"]
    assert crops["pixels"] == 5
    assert crops["overallAccuracy"] == pytest.approx(3 / 5)
    assert crops["perClass"]["1"]["precision"] == 1.0, "Background pixels are no question here"


def test_background_is_a_wrong_answer_for_a_crop() -> None:
    scores = evaluate_map([0, 0, 6], [6, 6, 6])["crops"]
    assert scores["perClass"]["6"]["recall"] == pytest.approx(1 / 3)
    assert scores["perClass"]["0"]["recall"] is None
    assert scores["macroF1"] == pytest.approx(1 / 2), "mean over labelled classes only"


def test_nothing_labelled_gives_none_and_json() -> None:
    scores = evaluate_map([1, 1], [14, 255])
    assert scores["all"]["overallAccuracy"] is None and scores["all"]["macroF1"] is None
    json.dumps(scores, allow_nan=False)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        evaluate_map([1], [1, 2])
    with pytest.raises(ValueError, match="label 77 is no class code"):
        evaluate_map([1], [77])
