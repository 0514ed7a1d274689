"""Labelled series from simulation, files and catalogues, in one form. Door of this room."""

from crop2seg_training.datasets.dates import DateChoice, choose_dates, keep_dates
from crop2seg_training.datasets.record import (
    DatasetError,
    Entry,
    LabelledSeries,
    LabelledSet,
    Place,
)
from crop2seg_training.datasets.source import SOURCES, SeriesChoice, open_data

__all__ = [
    "SOURCES",
    "DatasetError",
    "DateChoice",
    "Entry",
    "LabelledSeries",
    "LabelledSet",
    "Place",
    "SeriesChoice",
    "choose_dates",
    "keep_dates",
    "open_data",
]
