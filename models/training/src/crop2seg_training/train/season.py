"""Showing a simulated season in another form: some of its dates, moved, tinted and masked.

A scene holds all dates of an archive. Each time it is shown, a window of the season and a number of
dates are drawn, the dates wander, the bands get gains and offsets, and the validity is that of a
classification more or less to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.data.season import SEASON_DAYS, day_of
from crop2seg_training.data.validity import SEEN_SCL, Validity, valid_pixels
from crop2seg_training.simulate.archive import CLEAR_CODES
from crop2seg_training.simulate.noise import smooth_noise

# Windows of a season, as those who map choose them or have them so far: share, first, last day.
WINDOWS: tuple[tuple[float, int, int], ...] = (
    (0.50, 0, SEASON_DAYS),
    (0.20, day_of(3, 1), SEASON_DAYS),
    (0.06, 0, day_of(5, 15)),
    (0.08, 0, day_of(6, 15)),
    (0.08, 0, day_of(7, 15)),
    (0.08, day_of(3, 1), day_of(8, 31)),
)
WINDOW_WANDER = 12.0  # days, standard deviation of both ends
LEAST_DATES = 4
SHIFT_DAYS, STRETCH = 6.0, 0.025  # standard deviations; the stretch is about the middle of May
MOST_SHIFT = 15.0
# Log standard deviations of gains: of a sample, of each of its bands, of a band on a date; DN.
SAMPLE_GAIN, BAND_GAIN, DATE_BAND_GAIN, BAND_OFFSET = 0.04, 0.025, 0.012, 12.0
# What is valid: clear land, grown as in use; only what was seen; clear, with holes and mistakes.
CLEAR_SHARE, SEEN_SHARE = 0.65, 0.15
GROW_PIXELS = 3
MOST_GROWN = 5
HOLE_SHARE = 0.15  # of the dates of a sample whose validity has mistakes


@dataclass(frozen=True)
class Form:
    """What the samples of a batch have in common: window of days, and how dates are picked."""

    first: float
    last: float
    dates: int
    clearest: float
    """0: any dates; above: clearer ones are picked more often, by that power of the clear share."""


def draw_form(dates: tuple[int, int], rng: np.random.Generator) -> Form:
    """Window, number of dates (between two numbers) and picking of a batch."""
    shares = np.cumsum([share for share, _, _ in WINDOWS])
    _, first, last = WINDOWS[int(np.searchsorted(shares, rng.random() * shares[-1]))]
    wander = rng.normal(0, WINDOW_WANDER, 2) * (first > 0, last < SEASON_DAYS)
    power = float(rng.choice([0.0, 0.0, 1.0, 3.0]))
    count = int(rng.integers(dates[0], dates[1] + 1))
    return Form(first + wander[0], last + wander[1], count, power)


def dates_within(days: np.ndarray, form: Form) -> np.ndarray:
    """Places of the days inside the form's window; all where it holds too few."""
    inside = np.flatnonzero((days >= form.first) & (days <= form.last))
    return inside if len(inside) >= LEAST_DATES else np.arange(len(days))


def pick_dates(
    scl: np.ndarray, usable: np.ndarray, count: int, power: float, rng: np.random.Generator
) -> np.ndarray:
    """`count` of the usable places, ascending; scl [dates, rows, columns] says which are clear."""
    clear = np.isin(scl[usable], CLEAR_CODES).mean((1, 2)) + 0.02
    weight = clear**power
    return np.sort(rng.choice(usable, count, replace=False, p=weight / weight.sum()))


def move_days(days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Days shifted and stretched, in the same order, none twice."""
    centre = float(day_of(5, 15))
    shift = float(np.clip(rng.normal(0, SHIFT_DAYS), -MOST_SHIFT, MOST_SHIFT))
    moved = np.rint((days - centre) * np.exp(rng.normal(0, STRETCH)) + centre + shift)
    steps = np.arange(len(days))
    return (np.maximum.accumulate(moved - steps) + steps).astype(np.int32)


def tint(dn: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """DN [dates, 10, rows, columns] with gains and offsets; what was not seen stays 0."""
    gain = rng.normal(0, SAMPLE_GAIN) + rng.normal(0, BAND_GAIN, 10)
    gain = np.exp(gain + rng.normal(0, DATE_BAND_GAIN, (len(dn), 10))).astype(np.float32)
    offset = rng.normal(0, BAND_OFFSET, (1, 10)).astype(np.float32)
    spread = (..., None, None)
    tinted = np.clip(np.rint(dn * gain[spread] + offset[spread]), 1, 65535).astype(np.uint16)
    return np.where(dn == 0, np.uint16(0), tinted)


def draw_validity(scl: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Valid pixels, bool [dates, rows, columns], of the SCL on the grid of the bands."""
    kind = rng.random()
    if kind < CLEAR_SHARE:
        return valid_pixels(scl, Validity("mask", "clear", GROW_PIXELS))
    if kind < CLEAR_SHARE + SEEN_SHARE:
        return np.isin(scl, SEEN_SCL)
    valid = valid_pixels(scl, Validity("mask", "clear", int(rng.integers(MOST_GROWN + 1))))
    rows, columns = scl.shape[1:]
    for date in np.flatnonzero(rng.random(len(scl)) < HOLE_SHARE):
        valid[date] &= smooth_noise(rows, columns, 20, rng) < rng.uniform(-0.5, 1.5)
    return valid
