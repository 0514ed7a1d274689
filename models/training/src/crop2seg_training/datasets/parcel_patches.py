"""Real parcel series as small uniform patches, so that a network can be asked about them."""

from __future__ import annotations

from functools import partial

import numpy as np

from crop2seg_training.data.nomenclature import CROP2SEG
from crop2seg_training.data.parcels import Split, load_parcels
from crop2seg_training.datasets.record import Entry, LabelledSeries, LabelledSet

PATCH = 16
"""Rows and columns, the least that all networks take. The source has one pixel of each parcel: the
patch repeats it, so a network sees its spectra and dates but no texture and no neighbours."""
NOT_JUDGED = 255


def _read(split: Split, entry: Entry) -> LabelledSeries:
    parcels = load_parcels(split)
    number = parcels.ids.index(entry.name)
    days, dn = parcels.composites(number)
    values = np.round(dn).astype(np.uint16)[..., None, None]
    # One judged pixel a parcel, so that counts are parcels.
    labels = np.full((PATCH, PATCH), NOT_JUDGED, np.uint8)
    labels[PATCH // 2, PATCH // 2] = parcels.labels[number]
    return LabelledSeries(
        entry.name, np.tile(values, (1, 1, PATCH, PATCH)), np.round(days).astype(np.int32), labels
    )


def open_parcel_patches(split: Split) -> LabelledSet:
    """The parcels of one side of the fixed split by location, each with its own clean dates.

    Raises MissingDataError where the reference data is absent.
    """
    entries = tuple(Entry(name) for name in load_parcels(split).ids)
    name = "parcels-held-out" if split == "validation" else "parcels-training"
    return LabelledSet(name, "real", CROP2SEG, entries, partial(_read, split))
