"""Choosing dates of a series: windows, a single date, enough clear sky."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from crop2seg_training.datasets.record import DatasetError, Entry, LabelledSeries, LabelledSet


@dataclass(frozen=True)
class DateChoice:
    """Which dates of each series are used: first and last day count, or one day alone."""

    first_day: int | None = None
    last_day: int | None = None
    single_day: int | None = None
    """The acquisition nearest to this day count stands for the whole season."""


def keep_dates(series: LabelledSeries, kept: np.ndarray) -> LabelledSeries:
    """The series with the dates of an index or mask array alone."""
    clear = None if series.clear is None else series.clear[kept]
    scl = None if series.scl is None else series.scl[kept]
    return replace(series, dn=series.dn[kept], days=series.days[kept], clear=clear, scl=scl)


def choose_dates(series: LabelledSeries, choice: DateChoice) -> LabelledSeries:
    """The chosen dates of a series. Raises DatasetError where none is left."""
    kept = np.ones(len(series.days), bool)
    if choice.first_day is not None:
        kept &= series.days >= choice.first_day
    if choice.last_day is not None:
        kept &= series.days <= choice.last_day
    if not kept.any():
        raise DatasetError(
            f"{series.name} has no date from day {choice.first_day} to {choice.last_day}"
        )
    if choice.single_day is not None:
        usable = np.flatnonzero(kept)
        kept = usable[[int(np.argmin(np.abs(series.days[usable] - choice.single_day)))]]
    return series if kept.all() and kept.dtype == bool else keep_dates(series, kept)


def with_dates(data: LabelledSet, choice: DateChoice) -> LabelledSet:
    """The data set, each of whose series is read with the chosen dates alone."""
    if choice == DateChoice():
        return data
    return replace(data, read=partial(_read_chosen, data.read, choice))


def _read_chosen(
    read: Callable[[Entry], LabelledSeries], choice: DateChoice, entry: Entry
) -> LabelledSeries:
    return choose_dates(read(entry), choice)
