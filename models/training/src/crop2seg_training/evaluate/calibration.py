"""Whether a probability means what it says: reliability by bin, and its expected error."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

BINS = 15
"""Bins of equal width over confidence 0 to 1, as the predecessor has them (specification, 6)."""


class CalibrationScores(TypedDict):
    """Reliability over the labelled pixels; a bin without pixels has None."""

    pixels: int
    expectedCalibrationError: float | None
    """Mean of |accuracy - confidence| over the bins, weighted by pixels (Guo et al., 2017)."""
    maximumCalibrationError: float | None
    confidence: list[float | None]
    accuracy: list[float | None]
    share: list[float]
    """Of the pixels, by bin."""


def _zeros() -> np.ndarray:
    return np.zeros(BINS)


@dataclass
class Reliability:
    """Running sums by bin of the highest probability."""

    count: np.ndarray = field(default_factory=_zeros)
    confidence: np.ndarray = field(default_factory=_zeros)
    right: np.ndarray = field(default_factory=_zeros)

    def add(self, confidence: np.ndarray, right: np.ndarray) -> None:
        """Takes in pixels: their highest probability, and whether that class is the label."""
        place = np.minimum((confidence * BINS).astype(int), BINS - 1).ravel()
        self.count += np.bincount(place, minlength=BINS)
        self.confidence += np.bincount(place, confidence.ravel(), BINS)
        self.right += np.bincount(place, right.ravel().astype(float), BINS)

    def scores(self) -> CalibrationScores:
        """What the sums amount to."""
        total = self.count.sum()
        filled = self.count > 0
        safe = np.where(filled, self.count, 1.0)
        confidence, accuracy = self.confidence / safe, self.right / safe
        gap = np.abs(accuracy - confidence)
        return {
            "pixels": int(total),
            "expectedCalibrationError": float((gap * self.count).sum() / total) if total else None,
            "maximumCalibrationError": float(gap[filled].max()) if total else None,
            "confidence": _optional(confidence, filled),
            "accuracy": _optional(accuracy, filled),
            "share": [float(value) for value in self.count / max(total, 1.0)],
        }


def _optional(values: np.ndarray, known: np.ndarray) -> list[float | None]:
    return [float(value) if there else None for value, there in zip(values, known)]
