"""Scores of a crop map against labels, defined as in ``src/accuracy``.

Only the label decides whether a pixel counts. A pixel whose prediction is no class of the region's
matrix (14, or no data) is a wrong answer: it lowers recall, not precision.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from crop2seg_training.data.nomenclature import BACKGROUND, CLASS_COUNT, IGNORED_CLASS

NODATA_LABEL = 255


class ClassScores(TypedDict):
    """One class; a measure without a denominator is None."""

    iou: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    predicted: int


class RegionScores(TypedDict):
    """Scores over one set of labelled pixels."""

    pixels: int
    overallAccuracy: float | None
    macroF1: float | None
    """Mean over the classes that occur in the labels."""
    perClass: dict[str, ClassScores]
    """By class code; classes neither labelled nor predicted are left out."""
    classes: list[int]
    confusion: list[list[int]]
    """Rows are labels, columns predictions, both in the order of ``classes``."""
    unanswered: list[int]
    """Per label class: pixels predicted as none of ``classes``."""


class MapScores(TypedDict):
    """Scores over all labelled pixels, and over those labelled as a crop (1 to 13)."""

    all: RegionScores
    crops: RegionScores


def evaluate_map(
    pred: npt.ArrayLike, labels: npt.ArrayLike, ignore: int = IGNORED_CLASS
) -> MapScores:
    """Judge class codes ``pred`` by ``labels`` of the same shape.

    Labels ``ignore`` and 255 do not count. Raises ``ValueError`` for different shapes or a label
    that is no class.
    """
    predicted, truth = np.asarray(pred), np.asarray(labels)
    if predicted.shape != truth.shape:
        raise ValueError(f"map {predicted.shape} and labels {truth.shape} differ in shape")
    counted = (truth != ignore) & (truth != NODATA_LABEL)
    unknown = counted & ((truth < 0) | (truth >= CLASS_COUNT))
    if unknown.any():
        raise ValueError(f"label {int(truth[unknown][0])} is no class code")
    crops = counted & (truth != BACKGROUND)
    return {
        "all": _region(predicted[counted], truth[counted], ignore),
        "crops": _region(predicted[crops], truth[crops], ignore),
    }


def _region(
    predicted: npt.NDArray[np.generic], truth: npt.NDArray[np.generic], ignore: int
) -> RegionScores:
    codes = [code for code in range(CLASS_COUNT) if code != ignore]
    slot = np.full(NODATA_LABEL + 1, len(codes))  # the last column takes every other answer
    slot[codes] = np.arange(len(codes))
    width = len(codes) + 1
    pairs = slot[truth.astype(np.intp)] * width + slot[predicted.astype(np.intp)]
    matrix = np.bincount(pairs, minlength=width * width).reshape(width, width)[:-1]
    counts, unanswered = matrix[:, :-1], matrix[:, -1]
    hits, support, answers = counts.diagonal(), matrix.sum(1), counts.sum(0)
    f1 = [h / (s + a) * 2 for h, s, a in zip(hits, support, answers) if s > 0]
    return {
        "pixels": int(support.sum()),
        "overallAccuracy": _ratio(int(hits.sum()), int(support.sum())),
        "macroF1": float(np.mean(f1)) if f1 else None,
        "perClass": {
            str(code): _class_scores(int(hit), int(labelled), int(answered))
            for code, hit, labelled, answered in zip(codes, hits, support, answers)
            if labelled or answered
        },
        "classes": codes,
        "confusion": counts.tolist(),
        "unanswered": unanswered.tolist(),
    }


def _class_scores(hits: int, support: int, predicted: int) -> ClassScores:
    return {
        "iou": _ratio(hits, support + predicted - hits),
        "precision": _ratio(hits, predicted),
        "recall": _ratio(hits, support),
        "f1": _ratio(2 * hits, support + predicted),
        "support": support,
        "predicted": predicted,
    }


def _ratio(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None
