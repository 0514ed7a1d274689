"""What of a scene a date saw: edges of the satellite's swath, and split granules.

A tile lies in one or two swaths. Where an edge runs through it, every date of that orbit ends at
about the same line; a granule that was split in processing leaves a strip empty, or full of data
alone, on single dates.
"""

from __future__ import annotations

import numpy as np

from crop2seg_training.simulate.dates import ORBIT_PERIOD

EDGE_SHARE = 0.5  # of the scenes in two orbits, through which the edge of one swath runs
LOOSE_SHARE = 0.03  # of the dates, in every scene, that end at a line of their own
STRIP_SHARE = 0.02  # of the dates that lack a strip, or have nothing but a strip
EDGE_WANDER = 2.5  # cells of 20 m by which an edge moves between the dates of an orbit
LEAST_STRIP, MOST_STRIP = 0.05, 0.45  # of the scene's side


def _beyond(rows: int, columns: int, angle: float, offset: float) -> np.ndarray:
    """Cells on the far side of a line, bool [rows, columns].

    The line's normal has the angle; it passes at `offset` from the centre, in halves of the side.
    """
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    y, x = y - (rows - 1) / 2, x - (columns - 1) / 2
    side = max(rows, columns) / 2
    found: np.ndarray = np.cos(angle) * x + np.sin(angle) * y > offset * side
    return found


def _strip(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """A band along rows or columns of the grid, bool [rows, columns]."""
    strip = np.zeros((rows, columns), bool)
    side = (rows, columns)[axis := int(rng.integers(2))]
    width = max(1, round(side * rng.uniform(LEAST_STRIP, MOST_STRIP)))
    start = int(rng.integers(0, side - width + 1))
    strip[(slice(None),) * axis + (slice(start, start + width),)] = True
    return strip


def draw_seen(days: np.ndarray, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Which cells each date measured, bool [dates, rows, columns]; a date may have seen none.

    `days` tells the orbits apart: passes of one orbit are five days from one another.
    """
    seen = np.ones((len(days), rows, columns), bool)
    phases = np.unique(days % ORBIT_PERIOD)
    # Where only one orbit passes, its edge would leave land that nobody ever sees.
    if len(phases) > 1 and rng.random() < EDGE_SHARE:
        orbit = days % ORBIT_PERIOD == rng.choice(phases)
        angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.9, 0.9)
        for date in np.flatnonzero(orbit):
            moved = offset + rng.normal(0, EDGE_WANDER) / (max(rows, columns) / 2)
            seen[date] &= ~_beyond(rows, columns, angle, moved)
    for date in np.flatnonzero(rng.random(len(days)) < LOOSE_SHARE):
        line = rng.uniform(0, 2 * np.pi), rng.uniform(-0.8, 0.8)
        seen[date] &= ~_beyond(rows, columns, *line)
    for date in np.flatnonzero(rng.random(len(days)) < STRIP_SHARE):
        strip = _strip(rows, columns, rng)
        seen[date] &= strip if rng.random() < 0.5 else ~strip
    return seen
