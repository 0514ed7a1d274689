"""Training, validation and test apart from each other on the ground.

Each tile's grid of patches is cut by empty rows and columns. What hangs together between them goes
to one part as a whole, so that no test patch has a training patch for a neighbour (specification,
4.2). The first row and column are such separators. What touches the border at the other sides
trains: the next tile begins there.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from crop2seg_training.datasets.parts import PARTS
from crop2seg_training.datasets.record import DatasetError, Entry

SHARES: dict[str, float] = {"train": 0.70, "val": 0.15, "test": 0.15}
SEPARATOR_EVERY = 10
"""Rows and columns from one separator to the next: 11.5 km between them with patches of 128 px."""
UNUSED = "unused"
# Patches worth keeping: a rare class, or less of the frequent ones than these shares.
RARE_CLASSES = (8, 9, 10, 11, 12)
SCARCE = {0: 0.2, 1: 0.3, 4: 0.3}
_NEIGHBOURS = np.ones((3, 3), int)  # corners too


def worth_keeping(shares: np.ndarray) -> bool:
    """Whether a patch with these shares of the 15 classes has something to teach."""
    rare = any(shares[code] > 0 for code in RARE_CLASSES)
    return rare or any(shares[code] < limit for code, limit in SCARCE.items())


def spatial_split(
    entries: tuple[Entry, ...],
    seed: int,
    separator_every: int = SEPARATOR_EVERY,
    border_trains: bool = True,
) -> dict[str, list[str]]:
    """Names by part, and `unused` for those on separators.

    Every entry needs a place. Raises DatasetError where one has none.
    """
    missing = [entry.name for entry in entries if entry.place is None]
    if missing:
        raise DatasetError(f"{len(missing)} entries have no place, first {missing[0]}")
    groups, unused = _groups(entries, separator_every, border_trains)
    parts: dict[str, list[str]] = {part: [] for part in PARTS}
    for group in groups.pop("border", []):
        parts["train"] += group
    rng = np.random.default_rng(seed)
    free = groups["free"]
    # Large ones first, so that small ones can level what is missing; equals in random order.
    order = sorted(rng.permutation(len(free)), key=lambda i: -len(free[i]))
    for place in order:
        parts[_draw_part(parts, rng)] += free[place]
    return {**parts, UNUSED: unused}


def random_split(entries: tuple[Entry, ...], seed: int) -> dict[str, list[str]]:
    """Names by part, drawn one by one: for series that know no place, such as simulated ones."""
    names = [entry.name for entry in entries]
    order = np.random.default_rng(seed).permutation(len(names))
    ends = np.round(np.cumsum([SHARES[part] for part in PARTS]) * len(names)).astype(int)
    pieces = np.split(order, ends[:-1])
    return {
        **{part: [names[i] for i in piece] for part, piece in zip(PARTS, pieces)},
        UNUSED: [],
    }


def _draw_part(parts: Mapping[str, list[str]], rng: np.random.Generator) -> str:
    """A part, with a chance by how much it lacks of its share, relative to that share."""
    total = sum(len(names) for names in parts.values())
    have = np.array([len(parts[part]) / max(total, 1) for part in PARTS])
    wanted = np.array([SHARES[part] for part in PARTS])
    lack = np.maximum(wanted - have, 0.0) / wanted
    if lack.sum() == 0:
        lack = wanted
    return str(rng.choice(PARTS, p=lack / lack.sum()))


def _groups(
    entries: tuple[Entry, ...], every: int, border_trains: bool
) -> tuple[dict[str, list[list[str]]], list[str]]:
    """Connected entries by `border` or `free`, and the names on separators."""
    tiles: dict[str, list[Entry]] = {}
    for entry in entries:
        assert entry.place is not None
        tiles.setdefault(entry.place.tile, []).append(entry)
    groups: dict[str, list[list[str]]] = {"border": [], "free": []}
    unused: list[str] = []
    for tile in sorted(tiles):
        rows = np.array([e.place.row for e in tiles[tile] if e.place])
        columns = np.array([e.place.column for e in tiles[tile] if e.place])
        grid = np.zeros((int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1), bool)
        places = list(zip(rows - rows.min(), columns - columns.min()))
        separated = [row % every == 0 or column % every == 0 for row, column in places]
        for (row, column), apart in zip(places, separated):
            grid[row, column] |= not apart
        unused += [e.name for e, apart in zip(tiles[tile], separated) if apart]
        areas, count = ndimage.label(grid, _NEIGHBOURS)
        edge = np.ones(grid.shape, bool)
        edge[1:-1, 1:-1] = False
        members: list[list[str]] = [[] for _ in range(count + 1)]
        for entry, (row, column) in zip(tiles[tile], places):
            members[areas[row, column]].append(entry.name)
        for number in range(1, count + 1):
            touches = border_trains and bool(edge[areas == number].any())
            groups["border" if touches else "free"].append(members[number])
    return groups, unused
