"""What one step of training sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Patch = tuple[np.ndarray, np.ndarray, np.ndarray]
"""dn [dates, 10, rows, columns], days [dates], labels [rows, columns]."""


@dataclass(frozen=True)
class Batch:
    """dn uint16 [samples, dates, 10, rows, columns]; days int32 [samples, dates] since
    1 September of the year before; labels uint8 [samples, rows, columns]; valid bool
    [samples, dates, rows, columns], None where nothing is known of it.

    All samples share their number of dates: padding would change what the attention normalises.
    """

    dn: np.ndarray
    days: np.ndarray
    labels: np.ndarray
    valid: np.ndarray | None = None


def stack(patches: Sequence[Patch]) -> Batch:
    """A batch of patches of one shape."""
    return Batch(*(np.stack(parts) for parts in zip(*patches, strict=True)))
