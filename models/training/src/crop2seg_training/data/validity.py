"""Which pixels of a date count, by its scene classification (SCL); and filling the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from scipy import ndimage

Use = Literal["none", "mask", "fill"]
Counts = Literal["seen", "clear"]
USES: tuple[Use, ...] = ("none", "mask", "fill")
COUNTS: tuple[Counts, ...] = ("seen", "clear")
SEEN_SCL = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
"""Codes that are a measurement: not 0 no data, 1 saturated or defective, or anything unknown."""
HIDDEN_SCL = (3, 8, 9, 10, 11)
"""Shadow, cloud of medium and high probability, cirrus, snow."""


@dataclass(frozen=True)
class Validity:
    """The card's `input.validity`.

    use: invalid pixels stay as they are (`none`), are left out by the network (`mask`) or filled
    in time before it (`fill`). counts: invalid is what a date did not see, or also what it saw
    under cloud, shadow or snow (`clear`). growPixels: radius of the square by which invalid land is
    grown. leastShare: dates with a smaller share of valid pixels in a patch are left out there.
    """

    use: Use = "none"
    counts: Counts = "seen"
    growPixels: int = 0  # noqa: N815 - as the card spells it
    leastShare: float = 0.0  # noqa: N815

    def __post_init__(self) -> None:
        if self.use not in USES or self.counts not in COUNTS:
            raise ValueError(f"validity cannot be {self.use!r} of {self.counts!r}")
        if self.growPixels < 0 or not 0 <= self.leastShare <= 1:
            raise ValueError("growPixels must not be negative, leastShare lies in 0 to 1")

    def as_card(self) -> dict[str, Any]:
        """Plain values, as the card holds them."""
        return asdict(self)


NO_VALIDITY = Validity()
"""What a card without `input.validity` means."""


def read_validity(values: dict[str, Any] | None) -> Validity:
    """The record of a card or a run. Raises ValueError for values that mean nothing."""
    return NO_VALIDITY if values is None else replace(NO_VALIDITY, **values)


def parse_validity(text: str) -> Validity:
    """The rules of a command line's `mask,clear,3,0.05`. Raises ValueError."""
    parts = text.split(",")
    if len(parts) != len(fields(Validity)):
        raise ValueError(f"validity {text!r} is not of the form USE,COUNTS,GROW,SHARE")
    use, counts, grow, share = parts
    return read_validity(
        {"use": use, "counts": counts, "growPixels": int(grow), "leastShare": float(share)}
    )


def grown(mask: np.ndarray, radius: int) -> np.ndarray:
    """Bool [..., rows, columns] with each true pixel grown to a square of that radius."""
    if radius == 0:
        return mask
    size = (1,) * (mask.ndim - 2) + (2 * radius + 1,) * 2
    found: np.ndarray = ndimage.maximum_filter(mask.view(np.uint8), size, mode="constant") > 0
    return found


def valid_pixels(scl: np.ndarray, rules: Validity) -> np.ndarray:
    """Valid pixels, bool [..., rows, columns], of SCL codes on the grid of the bands."""
    counted = [code for code in SEEN_SCL if rules.counts == "seen" or code not in HIDDEN_SCL]
    return ~grown(~np.isin(scl, counted), rules.growPixels)


def kept_dates(valid: np.ndarray, rules: Validity) -> np.ndarray:
    """Places of the dates that a patch keeps, of its valid pixels bool [dates, rows, columns].

    A date without any valid pixel says nothing and goes in any case, unless all are such.
    """
    share = valid.mean((1, 2))
    kept = np.flatnonzero((share >= rules.leastShare) & (share > 0))
    return kept if len(kept) else np.flatnonzero(share == share.max())


def fill_in_time(values: np.ndarray, days: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Values float32 [dates, bands, rows, columns] with invalid pixels replaced along the days.

    Linear between the pixel's nearest valid dates before and after, at the ends the nearest valid
    one. A pixel without a valid date keeps its values. days: ascending [dates]; valid: bool
    [dates, rows, columns].
    """
    dates = len(days)
    place = np.arange(dates)[:, None, None]
    before = np.maximum.accumulate(np.where(valid, place, -1), axis=0)
    after = np.minimum.accumulate(np.where(valid, place, dates)[::-1], axis=0)[::-1]
    low, high = np.where(before < 0, after, before), np.where(after >= dates, before, after)
    never = (low >= dates) | (high < 0)
    low, high = np.where(never, place, low), np.where(never, place, high)
    when = np.asarray(days, np.float32)
    span = when[high] - when[low]
    now = np.broadcast_to(when[:, None, None], span.shape)
    part = np.divide(now - when[low], span, out=np.zeros_like(span), where=span > 0)[:, None]
    first = np.take_along_axis(values, low[:, None], axis=0)
    last = np.take_along_axis(values, high[:, None], axis=0)
    filled: np.ndarray = first * (1 - part) + last * part
    return np.where(valid[:, None], values, filled).astype(np.float32)
