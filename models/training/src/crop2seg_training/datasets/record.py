"""What every data set yields: a labelled series, and the list of what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from crop2seg_training.data.nomenclature import ClassScheme


class DatasetError(ValueError):
    """A data set that cannot be read as what it was called."""


@dataclass(frozen=True)
class LabelledSeries:
    """One labelled place over one season.

    dn: uint16 [dates, 10, rows, columns] in the order of BANDS; days: int32 [dates] since
    1 September of the year before the season, ascending; labels: uint8 [rows, columns];
    parcels: int32 [rows, columns], 0 = none; clear: float32 [dates], share of the place that is
    free of cloud, shadow and snow; scl: uint8 [dates, rows, columns], the scene classification on
    the grid of the labels, 0 where a date saw nothing (dn is 0 there, too). The last three are None
    where nobody knows.
    """

    name: str
    dn: np.ndarray
    days: np.ndarray
    labels: np.ndarray
    parcels: np.ndarray | None = None
    clear: np.ndarray | None = None
    scl: np.ndarray | None = None


@dataclass(frozen=True)
class Place:
    """Where a patch lies: row (southwards) and column in the grid of patches of a tile."""

    tile: str
    row: int
    column: int


@dataclass(frozen=True)
class Entry:
    """One series of a data set, not read yet."""

    name: str
    place: Place | None = None
    part: str | None = None
    """`train`, `val`, `test` or the number of a fold, where the data set says so."""


@dataclass(frozen=True)
class LabelledSet:
    """A data set: its entries, and how to read one."""

    name: str
    kind: str
    """`simulated` or `real`."""
    scheme: ClassScheme
    entries: tuple[Entry, ...]
    read: Callable[[Entry], LabelledSeries]

    def __iter__(self) -> Iterator[LabelledSeries]:
        return (self.read(entry) for entry in self.entries)
