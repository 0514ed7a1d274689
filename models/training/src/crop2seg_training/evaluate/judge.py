"""Judging one predictor on a data set: regions, second best, parcels, calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from crop2seg_training.data.nomenclature import ClassScheme
from crop2seg_training.datasets.record import LabelledSeries
from crop2seg_training.evaluate.calibration import Reliability
from crop2seg_training.evaluate.homogenise import homogenise
from crop2seg_training.evaluate.metrics import NODATA_LABEL, confusion_matrix, map_scores
from crop2seg_training.evaluate.regions import REGIONS, region_labels

Predictor = Callable[[LabelledSeries], np.ndarray]
"""Probabilities float32 [classes, rows, columns] of a series."""


def second_best(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Codes of the best class, or of the second best where that one is the label."""
    order = np.argsort(-probabilities, axis=0, kind="stable")
    return np.where(order[1] == labels, order[1], order[0])


def judge(
    predictors: dict[str, Predictor],
    samples: Iterable[LabelledSeries],
    scheme: ClassScheme,
    watch: Callable[[str], None] = lambda name: None,
) -> dict[str, dict[str, Any]]:
    """Judgement of each predictor over all samples, each of which is read once.

    A judgement holds `regions` (all, boundary, interior), `top2`, `homogenised` (None where no
    sample knows its parcels; otherwise over the samples that do) and `calibration`.
    """
    tallies = {name: _Tally(scheme) for name in predictors}
    for series in samples:
        for name, predict in predictors.items():
            tallies[name].add(predict(series), series)
        watch(series.name)
    return {name: tally.judgement() for name, tally in tallies.items()}


class _Tally:
    """Counts of one predictor, from which all scores follow."""

    def __init__(self, scheme: ClassScheme) -> None:
        self.scheme = scheme
        empty = np.zeros((len(scheme.counted), len(scheme.counted) + 1), np.int64)
        self.regions = {region: empty.copy() for region in REGIONS}
        self.top2 = empty.copy()
        self.homogenised = empty.copy()
        self.reliability = Reliability()
        self.parcels = 0
        self.samples = 0

    def add(self, probabilities: np.ndarray, series: LabelledSeries) -> None:
        """Counts one sample."""
        labels, scheme = series.labels, self.scheme
        best = probabilities.argmax(0).astype(np.uint8)
        for region, matrix in self.regions.items():
            matrix += confusion_matrix(best, region_labels(labels, region, scheme), scheme)
        self.top2 += confusion_matrix(second_best(probabilities, labels), labels, scheme)
        counted = (labels != scheme.ignored) & (labels != NODATA_LABEL)
        self.reliability.add(probabilities.max(0)[counted], (best == labels)[counted])
        if series.parcels is not None:
            voted = homogenise(best, series.parcels)
            self.homogenised += confusion_matrix(voted, labels, scheme)
            self.parcels += len(np.unique(series.parcels[series.parcels > 0]))
        self.samples += 1

    def judgement(self) -> dict[str, Any]:
        """All scores, as plain values."""
        homogenised = None
        if self.parcels:
            scores = map_scores(self.homogenised, self.scheme)
            homogenised = {"parcels": self.parcels, **scores}
        return {
            "samples": self.samples,
            "regions": {name: map_scores(m, self.scheme) for name, m in self.regions.items()},
            "top2": map_scores(self.top2, self.scheme),
            "homogenised": homogenised,
            "calibration": self.reliability.scores(),
        }
