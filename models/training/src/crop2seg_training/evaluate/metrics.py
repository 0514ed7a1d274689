"""Scores of a crop map against labels, defined as in ``src/accuracy``.

Only the label decides whether a pixel counts. A pixel whose prediction is no class of the region's
matrix (14, or no data) is a wrong answer: it lowers recall, not precision.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from crop2seg_training.data.nomenclature import BACKGROUND, CROP2SEG, ClassScheme

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
    macroIou: float | None
    """As macroF1."""
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


Matrix = npt.NDArray[np.int64]
"""Rows are labels, columns answers, in the order of the counted classes; a last column holds the
answers that are none of them. Matrices of several maps add up."""


def evaluate_map(
    pred: npt.ArrayLike, labels: npt.ArrayLike, scheme: ClassScheme = CROP2SEG
) -> MapScores:
    """Judge class codes ``pred`` by ``labels`` of the same shape.

    Labels of the ignored class and 255 do not count. Raises ``ValueError`` for different shapes or
    a label that is no class.
    """
    return map_scores(confusion_matrix(pred, labels, scheme), scheme)


def confusion_matrix(
    pred: npt.ArrayLike, labels: npt.ArrayLike, scheme: ClassScheme = CROP2SEG
) -> Matrix:
    """Counts of class codes ``pred`` by ``labels`` of the same shape; see :func:`evaluate_map`."""
    predicted, truth = np.asarray(pred), np.asarray(labels)
    if predicted.shape != truth.shape:
        raise ValueError(f"map {predicted.shape} and labels {truth.shape} differ in shape")
    counted = (truth != scheme.ignored) & (truth != NODATA_LABEL)
    unknown = counted & ((truth < 0) | (truth >= scheme.count))
    if unknown.any():
        raise ValueError(f"label {int(truth[unknown][0])} is no class code")
    codes = list(scheme.counted)
    slot = np.full(NODATA_LABEL + 1, len(codes))  # the last column takes every other answer
    slot[codes] = np.arange(len(codes))
    width = len(codes) + 1
    pairs = slot[truth[counted].astype(np.intp)] * width + slot[predicted[counted].astype(np.intp)]
    return np.bincount(pairs, minlength=width * width).reshape(width, width)[:-1]


def map_scores(matrix: Matrix, scheme: ClassScheme = CROP2SEG) -> MapScores:
    """Scores of the pixels counted in ``matrix``."""
    crops = matrix.copy()
    crops[scheme.counted.index(BACKGROUND)] = 0
    return {"all": region_scores(matrix, scheme), "crops": region_scores(crops, scheme)}


def region_scores(matrix: Matrix, scheme: ClassScheme = CROP2SEG) -> RegionScores:
    """Scores of the pixels counted in ``matrix`` as one region."""
    codes = list(scheme.counted)
    counts, unanswered = matrix[:, :-1], matrix[:, -1]
    hits, support, answers = counts.diagonal(), matrix.sum(1), counts.sum(0)
    f1 = [h / (s + a) * 2 for h, s, a in zip(hits, support, answers) if s > 0]
    iou = [h / (s + a - h) for h, s, a in zip(hits, support, answers) if s > 0]
    return {
        "pixels": int(support.sum()),
        "overallAccuracy": _ratio(int(hits.sum()), int(support.sum())),
        "macroF1": float(np.mean(f1)) if f1 else None,
        "macroIou": float(np.mean(iou)) if iou else None,
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
