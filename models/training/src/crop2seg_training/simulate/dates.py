"""Acquisition days: what is left of the revisit grid once a season window and a number are set."""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.season import SEASON_DAYS, day_of

ORBIT_PERIOD = 5  # days, with two satellites
# Windows that people choose: the whole season, spring to autumn, the vegetation period, ...
WINDOWS: tuple[tuple[float, int, int], ...] = (
    (0.50, 0, SEASON_DAYS - 1),
    (0.22, day_of(3, 1), SEASON_DAYS - 1),
    (0.10, day_of(1, 1), SEASON_DAYS - 1),
    (0.10, day_of(4, 1), day_of(9, 30)),
    (0.08, day_of(3, 1), day_of(8, 31)),
)
MIN_SPAN = 75  # days of a random window, which takes the share that WINDOWS leaves


ARCHIVE_DATES = (36, 80)  # that an archive offers of a season, empty and overcast ones included
BOTH_ORBITS_SHARE = 0.7  # of the places
WINTER_WEIGHT = 0.4  # how often a date of winter is taken, where one of summer always is


def draw_archive_days(rng: np.random.Generator) -> np.ndarray:
    """All days of a season that an archive offers for one place, int32, ascending.

    Two to five days lie between them, more in cloudy weeks and in winter.
    """
    phase = int(rng.integers(ORBIT_PERIOD))
    grid = np.arange(phase, SEASON_DAYS, ORBIT_PERIOD)
    if rng.random() < BOTH_ORBITS_SHARE:
        other = (phase + int(rng.integers(2, 4))) % ORBIT_PERIOD
        grid = np.union1d(grid, np.arange(other, SEASON_DAYS, ORBIT_PERIOD))
    count = min(int(rng.integers(ARCHIVE_DATES[0], ARCHIVE_DATES[1] + 1)), len(grid))
    summer = 0.5 - 0.5 * np.cos(2 * np.pi * (grid - day_of(1, 1)) / 365)
    weather = np.interp(grid, np.linspace(0, SEASON_DAYS, 15), rng.normal(0, 0.7, 15))
    weight = (WINTER_WEIGHT + (1 - WINTER_WEIGHT) * summer) * np.exp(weather)
    return np.sort(rng.choice(grid, count, replace=False, p=weight / weight.sum())).astype(np.int32)


def draw_days(count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` different days (int32, ascending) of one or two orbits inside a drawn window."""
    choice = rng.random() - np.cumsum([share for share, _, _ in WINDOWS])
    if (choice < 0).any():
        _, first, last = WINDOWS[int(np.argmax(choice < 0))]
    else:
        span = int(rng.integers(max(MIN_SPAN, 3 * count), SEASON_DAYS))
        first = int(rng.integers(0, SEASON_DAYS - span))
        last = first + span
    phase = int(rng.integers(ORBIT_PERIOD))
    one = np.arange(first + phase, last + 1, ORBIT_PERIOD)
    two = np.arange(
        first + (phase + int(rng.integers(2, 4))) % ORBIT_PERIOD, last + 1, ORBIT_PERIOD
    )
    both = np.union1d(one, two)
    grid = one if len(one) >= 1.4 * count and rng.random() < 0.35 else both
    if len(grid) < count:
        grid = np.arange(first, last + 1)
    # Cloudy weeks: long gaps in some scenes.
    weather = np.interp(grid, np.linspace(first, last, 9), rng.normal(0, 1, 9))
    weight = np.exp(rng.uniform(0, 1.3) * weather)
    return np.sort(rng.choice(grid, count, replace=False, p=weight / weight.sum())).astype(np.int32)
