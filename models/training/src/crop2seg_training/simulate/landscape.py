"""Painting the plan of a landscape: fields, roads, hedges, woods, villages and water.

Soil blocks (bent Voronoi cells) are cut into fields by straight cuts across their longer side,
which gives the strips, rectangles and trapezia of real field maps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.simulate.background import VARIANTS, Material
from crop2seg_training.simulate.noise import smooth_noise
from crop2seg_training.simulate.plan import CELL_HECTARES, CELL_METRES, LandscapeStyle, Plan
from crop2seg_training.simulate.settlements import add_farm, add_ribbon, add_village


@dataclass(frozen=True)
class Landscape:
    """Plan on 5 m cells.

    field: int32 [rows, columns], field number 0.. or -1; material: int16 [rows, columns], row of
    the background series (material * VARIANTS + variant) where field is -1; count: fields.
    """

    field: np.ndarray
    material: np.ndarray
    count: int


class _Painter(Plan):
    """A plan on which the open land is painted."""

    def _line(self, cells: np.ndarray, distance: np.ndarray, important: bool) -> np.ndarray:
        """Maybe lays a road, track or hedge along a border; returns the cells that are left."""
        if self.rng.random() > self.style.road_share * (1.6 if important else 0.6):
            return cells
        kind = self.rng.random()
        width = self.rng.uniform(3.5, 8) if important else self.rng.uniform(2.5, 6)
        near = np.abs(distance)
        if kind < 0.4:
            self.lay(cells[near < width / 2 + 3], Material.VERGE)
            self.lay(cells[near < width / 2], Material.ASPHALT if important else Material.TRACK)
        elif kind < 0.7:
            self.lay(cells[near < width], Material.BROADLEAF)
        else:
            self.lay(cells[near < width / 2 + 1], Material.VERGE)
        return cells[self.material[cells] < 0]

    def blocks(self) -> list[tuple[np.ndarray, float]]:
        """Soil blocks: their cells and the bearing of their fields."""
        rows, columns = self.shape
        width, height = columns * CELL_METRES, rows * CELL_METRES
        count = max(2, int(width * height / self.style.block_metres**2))
        points = self.rng.uniform((-60, -60), (width + 60, height + 60), (count, 2))
        bearing = self.rng.uniform(0, np.pi) + self.rng.normal(0, 0.5, count)
        first, other = np.zeros((2, len(self.x)), np.int64)
        nearest, second = np.full((2, len(self.x)), np.inf, np.float32)
        for number, (px, py) in enumerate(points):
            distance = np.hypot(self.x - px, self.y - py).astype(np.float32)
            wins, places = distance < nearest, distance < second
            other = np.where(wins, first, np.where(places, number, other))
            second = np.where(wins, nearest, np.where(places, distance, second))
            first, nearest = np.where(wins, number, first), np.minimum(nearest, distance)
        gap = (second - nearest) / 2
        pairs = np.minimum(first, other) * count + np.maximum(first, other)
        for pair in np.unique(pairs[gap < CELL_METRES]):
            self._line(np.flatnonzero(pairs == pair), gap[pairs == pair], important=True)
        free = self.material < 0
        return [(np.flatnonzero((first == k) & free), float(bearing[k])) for k in range(count)]

    def cut(self, cells: np.ndarray, bearing: float) -> None:
        """Cuts a block into fields."""
        rng, style = self.rng, self.style
        median = style.field_hectares * np.exp(rng.normal(0, 0.25))
        waiting = [cells]
        while waiting:
            part = waiting.pop()
            hectares = len(part) * CELL_HECTARES
            target = median * np.exp(rng.normal(0, style.field_spread))
            if hectares < 0.12:
                if len(part):
                    self.lay(part, Material.VERGE)
                continue
            if hectares < 1.5 * target:
                self.field[part] = self.count
                self.count += 1
                continue
            angle = bearing + rng.normal(0, 0.05)
            along = self.x[part] * np.cos(angle) + self.y[part] * np.sin(angle)
            across = -self.x[part] * np.sin(angle) + self.y[part] * np.cos(angle)
            # Strips: a cut along the longer side is rarer, yet gives long narrow fields.
            ratio = along.std() / max(across.std(), 1.0)
            axis = along if rng.random() < 1 / (1 + (1.25 / max(ratio, 0.1)) ** 4) else across
            place = np.quantile(axis, rng.uniform(0.3, 0.7))
            left = self._line(part, axis - place, important=False)
            side = axis[np.isin(part, left, assume_unique=True)] < place
            waiting += [left[side], left[~side]]

    def woods(self) -> None:
        """Woods where a smooth random height is greatest; borders need not follow the fields."""
        if self.style.wood_share <= 0.01:
            return
        rows, columns = self.shape
        height = smooth_noise(rows, columns, 420 / CELL_METRES, self.rng).ravel()
        wood = height > np.quantile(height, 1 - self.style.wood_share)
        mix = smooth_noise(rows, columns, 60 / CELL_METRES, self.rng, octaves=4).ravel()
        conifers = mix > self.rng.normal(-0.2, 0.8)
        self._patchwork(np.flatnonzero(wood & conifers), Material.CONIFER)
        self._patchwork(np.flatnonzero(wood & ~conifers), Material.BROADLEAF)

    def _patchwork(self, cells: np.ndarray, material: Material) -> None:
        """Stands of one material, each cell group with its own variant."""
        rows, columns = self.shape
        height = smooth_noise(rows, columns, 90 / CELL_METRES, self.rng, octaves=2).ravel()[cells]
        stand = np.clip(np.floor(height * 1.3) + VARIANTS // 2, 0, VARIANTS - 1).astype(np.int16)
        self.material[cells] = material * VARIANTS + stand
        self.field[cells] = -1

    def water(self) -> None:
        """A stream with its trees, and a pond."""
        rows, columns = self.shape
        width, height = columns * CELL_METRES, rows * CELL_METRES
        if self.style.stream:
            angle = self.rng.uniform(0, np.pi)
            u = self.x * np.cos(angle) + self.y * np.sin(angle)
            v = -self.x * np.sin(angle) + self.y * np.cos(angle)
            bends = 45 * np.sin(u / self.rng.uniform(70, 140)) + 25 * np.sin(u / 37 + 1)
            place = np.quantile(v, self.rng.uniform(0.15, 0.85))
            near = np.abs(v - place - bends)
            self.lay(np.flatnonzero(near < 22), Material.VERGE)
            trees = (near < 12) & (np.sin(u / 23) + np.sin(u / 61) > -0.4)
            self.lay(np.flatnonzero(trees), Material.BROADLEAF)
            self.lay(np.flatnonzero(near < self.rng.uniform(2, 5)), Material.WATER)
        if self.style.pond:
            centre = self.rng.uniform((0, 0), (width, height))
            rough = smooth_noise(rows, columns, 150 / CELL_METRES, self.rng).ravel()
            radius = self.rng.uniform(30, 120) * (1 + 0.3 * rough)
            away = np.hypot(self.x - centre[0], self.y - centre[1])
            self.lay(np.flatnonzero(away < radius + 12), Material.BROADLEAF)
            self.lay(np.flatnonzero(away < radius), Material.WATER)


def paint_landscape(
    rows: int, columns: int, style: LandscapeStyle, rng: np.random.Generator
) -> Landscape:
    """Plan of rows x columns cells of 5 m."""
    painter = _Painter(rows, columns, style, rng)
    for cells, bearing in painter.blocks():
        painter.cut(cells, bearing)
    painter.woods()
    painter.water()
    for _ in range(style.farm_count):
        add_farm(painter)
    for _ in range(style.ribbon_count):
        add_ribbon(painter)
    for _ in range(style.village_count):
        centre = rng.uniform((0, 0), (columns * CELL_METRES, rows * CELL_METRES))
        add_village(painter, (float(centre[0]), float(centre[1])), style.village_metres)
    return _compact(painter)


def _compact(painter: _Painter) -> Landscape:
    """Numbers the fields that are left 0, 1, ...; slivers become verges."""
    numbers, inverse, counts = np.unique(painter.field, return_inverse=True, return_counts=True)
    keep = (numbers >= 0) & (counts * CELL_HECTARES >= 0.08)
    renumber = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    field = renumber[inverse.ravel()]
    bare = (field < 0) & (painter.material < 0)
    painter.material[bare | ((field < 0) & (painter.field >= 0))] = Material.VERGE * VARIANTS
    return Landscape(
        field=field.reshape(painter.shape),
        material=painter.material.reshape(painter.shape),
        count=int(keep.sum()),
    )
