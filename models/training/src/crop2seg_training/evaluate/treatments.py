"""Which treatment of invalid pixels suits a network that was trained without one.

A season is encoded once for each way to prepare its pixels; choices of dates and subsets share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from crop2seg_training.data.nomenclature import ClassScheme
from crop2seg_training.data.normalisation import network_input
from crop2seg_training.data.season import day_of
from crop2seg_training.data.validity import NO_VALIDITY, Validity, fill_in_time, kept_dates
from crop2seg_training.datasets.record import LabelledSeries
from crop2seg_training.evaluate.metrics import confusion_matrix, map_scores
from crop2seg_training.evaluate.network import known_validity, padded
from crop2seg_training.export.trained import TrainedNetwork
from crop2seg_training.networks import EncodingNetwork
from crop2seg_training.networks.base import Levels, validity_levels

MARCH = day_of(3, 1)
MOST_PIXELS = (
    64  # rows and columns that are looked at, of the middle: this is many runs of a network
)


@dataclass(frozen=True)
class Treatment:
    """Rules, first day count of the season that is read, and dates in a subset (None: all)."""

    rules: Validity
    first_day: int = 0
    dates_per_subset: int | None = None

    def subsets(self, dates: int) -> int:
        """Interleaved subsets of so many dates."""
        if self.dates_per_subset is None:
            return 1
        return max(1, min(dates, round(dates / self.dates_per_subset)))

    def row(self) -> dict[str, Any]:
        """Plain values, as the card holds them."""
        months = "3-10" if self.first_day == MARCH else "9p-10"
        return {**self.rules.as_card(), "months": months, "datesPerSubset": self.dates_per_subset}


RULES = (
    NO_VALIDITY,
    *(Validity("none", "clear", 0, share) for share in (0.05, 0.5, 0.9, 1.0)),
    *(Validity("none", "clear", 3, share) for share in (0.5, 0.9)),
    *(Validity("fill", "seen", grown, 0.0) for grown in (0, 3)),
    *(Validity("fill", "clear", 0, share) for share in (0.0, 0.5)),
    *(Validity("fill", "clear", 3, share) for share in (0.0, 0.05, 0.5, 0.9)),
    Validity("mask", "seen", 0, 0.0),
    *(Validity("mask", "clear", 0, share) for share in (0.0, 0.5)),
    *(Validity("mask", "clear", 3, share) for share in (0.0, 0.05, 0.5, 0.9)),
)
SUBSETS = (None, 9)
SWEPT_SUBSETS = (6, 7, 12, 15, 18, 24)
TREATMENTS = tuple(
    Treatment(rules, first, subset) for rules in RULES for first in (0, MARCH) for subset in SUBSETS
) + tuple(
    Treatment(rules, 0, subset)
    for rules in (NO_VALIDITY, Validity("fill", "clear", 3, 0.0), Validity("mask", "clear", 3, 0.0))
    for subset in SWEPT_SUBSETS
)


def _middle(series: LabelledSeries) -> LabelledSeries:
    rows, columns = series.labels.shape
    top, left = (max(0, (size - MOST_PIXELS) // 4 * 2) for size in (rows, columns))
    area = (..., slice(top, top + MOST_PIXELS), slice(left, left + MOST_PIXELS))
    scl = None if series.scl is None else series.scl[area]
    return LabelledSeries(series.name, series.dn[area], series.days, series.labels[area], scl=scl)


Encoded = tuple[list[torch.Tensor], Levels]


class _Season:
    """One series, encoded for each way to prepare its pixels."""

    def __init__(self, series: LabelledSeries, trained: TrainedNetwork) -> None:
        assert isinstance(trained.network, EncodingNetwork)
        self.series, self.network, self.norm = series, trained.network, trained.normalisation
        self.encoded: dict[Validity, Encoded] = {}

    def encode(self, rules: Validity) -> Encoded:
        """Maps of all dates, and their validity at each level."""
        key = NO_VALIDITY if rules.use == "none" else replace(rules, leastShare=0.0)
        if key not in self.encoded:
            valid = known_validity(self.series, key)
            x = network_input(self.series.dn, self.norm, self.network.config.bands)
            if key.use == "fill":
                x = fill_in_time(x, self.series.days, valid)
            multiple = self.network.config.size_multiple
            fitting, seen = padded(torch.from_numpy(x)[None], multiple), None
            if key.use == "mask":
                numbers = torch.from_numpy(valid.astype(np.float32))[None, :, None]
                seen = padded(numbers, multiple)[:, :, 0]
            levels = validity_levels(seen, self.network.config)
            self.encoded[key] = self.network.encode(fitting, None, levels), levels
        return self.encoded[key]

    def codes(self, treatment: Treatment) -> np.ndarray:
        """Class codes [rows, columns] under a treatment."""
        rows, columns = self.series.labels.shape
        kept = kept_dates(known_validity(self.series, treatment.rules), treatment.rules)
        inside = kept[self.series.days[kept] >= treatment.first_day]
        kept = inside if len(inside) else kept
        count, total = treatment.subsets(len(kept)), torch.zeros(())
        maps, levels = self.encode(treatment.rules)
        for part in range(count):
            dates = torch.from_numpy(kept[part::count])
            days = torch.from_numpy(self.series.days[kept[part::count]].astype(np.float32))[None]
            seen = [None if level is None else level[:, dates] for level in levels]
            output = self.network.season([m[:, dates] for m in maps], days, None, seen)
            total = total + torch.softmax(output.logits[0, :, :rows, :columns], 0)
        found: np.ndarray = total.argmax(0).numpy().astype(np.uint8)
        return found


def treatment_line(row: dict[str, Any]) -> str:
    """One row in words, for the terminal."""
    subset = row["datesPerSubset"] or "all"
    rules = f"{row['use']},{row['counts']},{row['growPixels']},{row['leastShare']:g}"
    scores = " ".join(f"{row[key] or 0:.3f}" for key in ("crops", "all", "macroF1"))
    return f"{rules:18} {row['months']:5} dates in a subset: {subset!s:4} {scores}"


def compare_treatments(
    trained: TrainedNetwork,
    samples: Iterable[LabelledSeries],
    scheme: ClassScheme,
    treatments: tuple[Treatment, ...] = TREATMENTS,
    watch: Callable[[str], None] = lambda name: None,
) -> list[dict[str, Any]]:
    """A row for each treatment: its settings, accuracy over crops and all, macro F1.

    Filling looks at the whole season, also at dates before the first day that is read. Raises
    ValueError for a network that does not encode its dates one by one.
    """
    if not isinstance(trained.network, EncodingNetwork):
        raise ValueError(f"{trained.name} has no encoding of single dates to compare upon")
    size = len(scheme.counted), len(scheme.counted) + 1
    counts = {treatment: np.zeros(size, np.int64) for treatment in treatments}
    with torch.no_grad():
        for whole in samples:
            season = _Season(_middle(whole), trained)
            for treatment, matrix in counts.items():
                matrix += confusion_matrix(season.codes(treatment), season.series.labels, scheme)
            watch(whole.name)
    rows = []
    for treatment, matrix in counts.items():
        scores = map_scores(matrix, scheme)
        rows.append(
            treatment.row()
            | {
                "crops": scores["crops"]["overallAccuracy"],
                "all": scores["all"]["overallAccuracy"],
                "macroF1": scores["all"]["macroF1"],
            }
        )
    return rows
