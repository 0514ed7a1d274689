"""The random forest: fitted on real parcels, applied to every pixel of a labelled series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crop2seg_training.baseline.curves import index_curves
from crop2seg_training.data.nomenclature import CLASS_COUNT
from crop2seg_training.data.parcels import ParcelSeries
from crop2seg_training.datasets.dates import keep_dates
from crop2seg_training.datasets.record import LabelledSeries

TREES = 400
SEED = 1
LEAST_CLEAR = 0.9  # share of clear pixels of a date; the forest cannot tell clouds itself
LEAST_DATES = 3  # clear ones; with fewer, all dates are used
PIXELS_AT_A_TIME = 16_384  # bounds the memory of curves and votes to about 60 MB


class MissingForestError(RuntimeError):
    """scikit-learn is not installed."""


@dataclass(frozen=True)
class Forest:
    """A fitted forest and what it was fitted on."""

    model: Any
    parcels: int
    oob_accuracy: float
    """Share of right votes for each parcel by the trees that did not see it."""


def fit_forest(parts: list[ParcelSeries], trees: int = TREES, seed: int = SEED) -> Forest:
    """A forest on the index curves of all parcels given, one curve a parcel.

    Raises MissingForestError without scikit-learn.
    """
    try:
        from sklearn.ensemble import RandomForestClassifier
    except ImportError as error:
        raise MissingForestError(
            "The baseline needs scikit-learn: pip install 'crop2seg-training[report]', or "
            "Debian's python3-sklearn."
        ) from error
    curves, labels = [], []
    for part in parts:
        for parcel in range(len(part.ids)):
            days, dn = part.composites(parcel)
            curves.append(index_curves(days, dn[None])[0])
        labels.append(part.labels)
    model = RandomForestClassifier(trees, random_state=seed, oob_score=True)
    model.fit(np.stack(curves), np.concatenate(labels))
    return Forest(model, len(curves), float(model.oob_score_))


def clear_dates(series: LabelledSeries) -> LabelledSeries:
    """The series with its clear dates alone, where it knows them and has enough of them."""
    if series.clear is None:
        return series
    clear = series.clear > LEAST_CLEAR
    return keep_dates(series, clear) if clear.sum() >= LEAST_DATES else series


def predict_forest(forest: Forest, series: LabelledSeries) -> np.ndarray:
    """Probabilities float32 [15, rows, columns]: the share of trees for each class."""
    seen = clear_dates(series)
    rows, columns = seen.labels.shape
    pixels = seen.dn.transpose(2, 3, 0, 1).reshape(rows * columns, len(seen.days), -1)
    votes = np.zeros((rows * columns, CLASS_COUNT), np.float32)
    codes = forest.model.classes_.astype(int)
    for first in range(0, len(pixels), PIXELS_AT_A_TIME):
        part = slice(first, first + PIXELS_AT_A_TIME)
        votes[part, codes] = forest.model.predict_proba(index_curves(seen.days, pixels[part]))
    return votes.T.reshape(CLASS_COUNT, rows, columns)
