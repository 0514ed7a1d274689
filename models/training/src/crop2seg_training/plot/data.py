"""What a data set looks like: NDVI over the season by class, pixels by class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crop2seg_training.data.nomenclature import ClassScheme
from crop2seg_training.data.season import SEASON_DAYS
from crop2seg_training.datasets.record import LabelledSeries
from crop2seg_training.evaluate.regions import boundary_mask
from crop2seg_training.plot.style import class_colour, figure, short

BIN_DAYS = 10
BINS = SEASON_DAYS // BIN_DAYS + 1
SMOOTH = 3
"""Bins of the trailing mean, as in the predecessor's figures."""
LEAST_CLEAR = 0.5
"""Share of clear pixels of a date that is used."""
BAND = 2.0
"""Standard deviations on each side of the curve."""
# Days since 1 September of the year before, of the first of every second month.
MONTHS = {"Sep": 0, "Nov": 61, "Jan": 122, "Mar": 181, "May": 242, "Jul": 303, "Sep ": 365}


@dataclass(frozen=True)
class Profile:
    """NDVI of a class by ten-day bin: mean, deviation and number of pixels; nan without any."""

    mean: np.ndarray
    std: np.ndarray
    pixels: np.ndarray


def ndvi_of(dn: np.ndarray) -> np.ndarray:
    """NDVI [dates, rows, columns] of DN [dates, 10, rows, columns]; nan where both bands are 0."""
    red, infrared = dn[:, 2].astype(float), dn[:, 6].astype(float)
    total = infrared + red
    ndvi: np.ndarray = np.divide(
        infrared - red, total, out=np.full(total.shape, np.nan), where=total > 0
    )
    return ndvi


def class_profiles(samples: Iterable[LabelledSeries], scheme: ClassScheme) -> dict[int, Profile]:
    """Profile of each class, without pixels on class borders and without clouded dates.

    A date counts as clouded where a series knows that too little of it is clear.
    """
    sums = np.zeros((3, scheme.count, BINS))
    for series in samples:
        inside = ~boundary_mask(series.labels) & (series.labels < scheme.count)
        if not inside.any():
            inside = series.labels < scheme.count  # a single judged pixel has no inside
        codes = series.labels[inside].astype(int)
        for date, ndvi in enumerate(ndvi_of(series.dn)):
            if series.clear is not None and series.clear[date] < LEAST_CLEAR:
                continue
            values = ndvi[inside]
            known = np.isfinite(values)
            place = int(np.clip(series.days[date] // BIN_DAYS, 0, BINS - 1))
            for power in range(3):
                sums[power, :, place] += np.bincount(
                    codes[known], values[known] ** power, scheme.count
                )
    count = np.where(sums[0] > 0, sums[0], np.nan)
    mean = sums[1] / count
    std = np.sqrt(np.maximum(sums[2] / count - mean**2, 0))
    return {
        code: Profile(mean[code], std[code], sums[0, code])
        for code in scheme.counted
        if sums[0, code].any()
    }


def trailing_mean(values: np.ndarray) -> np.ndarray:
    """Mean of each value and the ones before it, three in all; nan are left out."""
    out = np.full(len(values), np.nan)
    for place in range(len(values)):
        window = values[max(0, place - SMOOTH + 1) : place + 1]
        known = window[np.isfinite(window)]
        if len(known):
            out[place] = known.mean()
    return out


def draw_profiles(path: Path, profiles: dict[int, Profile], names: Sequence[str]) -> None:
    """One panel a class: trailing mean of NDVI, two deviations of band."""
    columns = 3
    rows = -(-len(profiles) // columns)
    layout = {"nrows": rows, "ncols": columns, "sharex": True, "sharey": True, "squeeze": False}
    days = np.arange(BINS) * BIN_DAYS + BIN_DAYS / 2
    with figure(path, 11, 1.5 + 2.1 * rows, **layout) as (_, axes):
        for axis, (code, profile) in zip(axes.flat, profiles.items()):
            mean, std = trailing_mean(profile.mean), trailing_mean(profile.std)
            known = np.isfinite(mean)
            colour = class_colour(code, names)
            axis.plot(days[known], mean[known], color="black", linewidth=2.2)
            axis.plot(days[known], mean[known], color=colour, linewidth=1.4)
            low, high = mean - BAND * std, mean + BAND * std
            axis.fill_between(days[known], low[known], high[known], color=colour, alpha=0.3)
            axis.set_title(f"{code} {short(names[code])}", fontsize=9)
            axis.set_ylim(-0.1, 1)
            axis.grid(alpha=0.3)
        for axis in axes.flat[len(profiles) :]:
            axis.set_visible(False)
        axes.flat[0].set_xticks(list(MONTHS.values()), [name.strip() for name in MONTHS])
        axes[0, 0].set_ylabel("NDVI")


def count_pixels(samples: Iterable[LabelledSeries], scheme: ClassScheme) -> np.ndarray:
    """Pixels by class."""
    total = np.zeros(scheme.count, np.int64)
    for series in samples:
        labels = series.labels[series.labels < scheme.count]
        total += np.bincount(labels.ravel(), minlength=scheme.count)
    return total


def draw_distribution(path: Path, pixels: dict[str, np.ndarray], names: Sequence[str]) -> None:
    """Pixels by class on a logarithmic scale; `pixels` are counts by the name of their part."""
    width = 0.8 / len(pixels)
    with figure(path, 10, 4.5) as (_, axes):
        for place, (part, counts) in enumerate(pixels.items()):
            offset = (place - (len(pixels) - 1) / 2) * width
            shown = np.where(counts > 0, counts, np.nan)  # a logarithm has no 0
            bars = axes.bar(np.arange(len(counts)) + offset, shown, width, label=part)
            if len(pixels) == 1:
                for code, bar in enumerate(bars):
                    bar.set_facecolor(class_colour(code, names))
                    bar.set_edgecolor("black")
        axes.set_yscale("log")
        axes.set_ylabel("pixels")
        axes.set_xticks(range(len(names)), [short(n) for n in names], rotation=45, ha="right")
        if len(pixels) > 1:
            axes.legend()
