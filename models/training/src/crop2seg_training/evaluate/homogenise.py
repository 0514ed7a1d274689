"""One class for each parcel, by majority vote (specification, 1.11)."""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.nomenclature import BACKGROUND

BACKGROUND_SHARE = 0.75
"""Of a parcel, above which it may be called Background."""


def homogenise(codes: np.ndarray, parcels: np.ndarray) -> np.ndarray:
    """Codes [rows, columns] with each parcel (numbers from 1) given its most frequent class.

    Background counts only where it covers more than three quarters of the parcel; of equals the
    lowest code wins. Pixels outside all parcels keep their class.
    """
    number = parcels.max(initial=0) + 1
    width = int(codes.max(initial=0)) + 1
    inside = parcels > 0
    pairs = parcels[inside].astype(np.int64) * width + codes[inside]
    votes = np.bincount(pairs, minlength=number * width).reshape(number, width)
    total = votes.sum(1)
    little = votes[:, BACKGROUND] <= BACKGROUND_SHARE * total
    allowed = votes.copy()
    # A parcel of Background alone passes the limit; one that does not has another class to take.
    allowed[little, BACKGROUND] = 0
    winner = allowed.argmax(1).astype(codes.dtype)
    return np.where(inside, winner[parcels], codes)
