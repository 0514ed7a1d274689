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
