"""What is in a data set: pixels by class, dates, clouds, and the spread of each band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crop2seg_training.data.nomenclature import BACKGROUND, ClassScheme
from crop2seg_training.data.normalisation import Normalisation
from crop2seg_training.datasets.record import LabelledSeries, LabelledSet


@dataclass(frozen=True)
class EntryStatistics:
    """One series: pixels by class [classes], dates, and mean and spread by band over them all."""

    pixels: np.ndarray
    dates: int
    clear: float | None
    """Mean share of clear pixels over the dates."""
    mean: np.ndarray
    std: np.ndarray
    """Unbiased, over dates, rows and columns."""

    @property
    def shares(self) -> np.ndarray:
        """Share of each class in the patch."""
        return self.pixels / max(int(self.pixels.sum()), 1)


def measure(series: LabelledSeries, scheme: ClassScheme) -> EntryStatistics:
    """Statistics of one series; pixels without any label are left out."""
    values = series.dn.astype(np.float64)
    labels = series.labels[series.labels < scheme.count]
    return EntryStatistics(
        pixels=np.bincount(labels.ravel(), minlength=scheme.count),
        dates=len(series.days),
        clear=None if series.clear is None else float(series.clear.mean()),
        mean=values.mean(axis=(0, 2, 3)),
        std=values.std(axis=(0, 2, 3), ddof=1),
    )


def norm_of(statistics: list[EntryStatistics]) -> Normalisation:
    """Mean of the patches' means, and mean of their standard deviations.

    The latter is no pooled deviation; it is how the predecessor's file was made (specification,
    4.1), and what its networks were trained with.
    """
    mean = np.mean([entry.mean for entry in statistics], axis=0)
    std = np.mean([entry.std for entry in statistics], axis=0)
    return Normalisation(tuple(map(float, mean)), tuple(map(float, std)))


def pooled_norm(statistics: list[EntryStatistics]) -> Normalisation:
    """Mean and deviation of all dates of all patches together, patches weighted by their dates."""
    weight = np.array([entry.dates for entry in statistics], float)
    weight /= weight.sum()
    means = np.array([entry.mean for entry in statistics])
    squares = np.array([entry.std**2 + entry.mean**2 for entry in statistics])
    mean = weight @ means
    return Normalisation(
        tuple(map(float, mean)), tuple(map(float, np.sqrt(weight @ squares - mean**2)))
    )


def summary(
    data: LabelledSet, statistics: dict[str, EntryStatistics], parts: dict[str, list[str]]
) -> dict[str, Any]:
    """The whole data set and each part of it, as plain values."""

    def described(names: list[str]) -> dict[str, Any]:
        chosen = [statistics[name] for name in names]
        pixels = np.sum([entry.pixels for entry in chosen], axis=0)
        dates = [entry.dates for entry in chosen]
        clear = [entry.clear for entry in chosen if entry.clear is not None]
        return {
            "entries": len(chosen),
            "dates": {"least": min(dates), "mean": float(np.mean(dates)), "most": max(dates)},
            "clearShare": float(np.mean(clear)) if clear else None,
            "backgroundShare": float(pixels[BACKGROUND] / max(pixels.sum(), 1)),
            "pixels": {str(code): int(count) for code, count in enumerate(pixels)},
        }

    named = {part: names for part, names in parts.items() if names}
    return {
        "dataset": data.name,
        "classes": list(data.scheme.classes),
        "all": described(list(statistics)),
        "parts": {part: described(names) for part, names in named.items()},
    }
