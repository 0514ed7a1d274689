"""Painting the plan of a landscape: fields, roads, hedges, woods, villages and water.

The plan is drawn on cells of 5 m, a quarter of a 10 m pixel, so that pixels on a border are truly
mixed. Soil blocks (bent Voronoi cells) are cut into fields by straight cuts across their longer
side, which gives the strips, rectangles and trapezia of real field maps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.simulate.background import VARIANTS, Material
from crop2seg_training.simulate.noise import smooth_noise

CELL_METRES = 5.0
CELLS_PER_PIXEL = 2
CELL_HECTARES = CELL_METRES**2 / 10_000


@dataclass(frozen=True)
class LandscapeStyle:
    """What a region looks like; sizes in metres and hectares, shares of the area."""

    field_hectares: float  # median
    field_spread: float  # log standard deviation
    block_metres: float  # distance between centres of soil blocks
    bend_metres: float  # how far straight borders are bent
    road_share: float  # of the borders between fields and blocks that are a road or a hedge
    wood_share: float
    village_count: int
    village_metres: float  # radius
    stream: bool
    pond: bool


@dataclass(frozen=True)
class Landscape:
    """Plan on 5 m cells.

    field: int32 [rows, columns], field number 0.. or -1; material: int16 [rows, columns], row of
    the background series (material * VARIANTS + variant) where field is -1; count: fields.
    """

    field: np.ndarray
    material: np.ndarray
    count: int


def draw_style(rng: np.random.Generator, mosaic: bool = False) -> LandscapeStyle:
    """A region's style, from the small fields of Flanders to the large ones of Bohemia.

    A mosaic has fields far smaller than life: the same pixels then show ten times as many fields,
    and a network learns crops from fields, not from pixels.
    """
    median, spread = (0.4, 0.4) if mosaic else (2.6, 0.75)
    hectares = float(np.clip(np.exp(rng.normal(np.log(median), spread)), 0.2, 14))
    return LandscapeStyle(
        field_hectares=hectares,
        field_spread=rng.uniform(0.4, 0.8),
        block_metres=float(np.clip(160 * np.sqrt(hectares), 140, 700)) * rng.uniform(0.9, 1.6),
        bend_metres=rng.uniform(3, 22),
        road_share=rng.uniform(0.1, 0.5),
        wood_share=max(0.0, rng.uniform(-0.1, 0.1 if mosaic else 0.3)),
        village_count=int(rng.integers(0, 3)),
        village_metres=rng.uniform(60, 260),
        stream=bool(rng.random() < 0.45),
        pond=bool(rng.random() < 0.2),
    )


class _Painter:
    """One plan being painted: coordinates in metres, and the two layers."""

    def __init__(self, rows: int, columns: int, style: LandscapeStyle, rng: np.random.Generator):
        self.shape, self.style, self.rng = (rows, columns), style, rng
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) * CELL_METRES
        scale = rng.uniform(200, 500) / CELL_METRES
        self.x = (x + style.bend_metres * smooth_noise(rows, columns, scale, rng)).ravel()
        self.y = (y + style.bend_metres * smooth_noise(rows, columns, scale, rng)).ravel()
        self.field = np.full(rows * columns, -1, np.int32)
        self.material = np.full(rows * columns, -1, np.int16)
        self.count = 0

    def _lay(self, cells: np.ndarray, material: Material) -> None:
        variant = self.rng.integers(VARIANTS)
        self.material[cells] = material * VARIANTS + variant
        self.field[cells] = -1

    def _line(self, cells: np.ndarray, distance: np.ndarray, important: bool) -> np.ndarray:
        """Maybe lays a road, track or hedge along a border; returns the cells that are left."""
        if self.rng.random() > self.style.road_share * (1.6 if important else 0.6):
            return cells
        kind = self.rng.random()
        width = self.rng.uniform(3.5, 8) if important else self.rng.uniform(2.5, 6)
        near = np.abs(distance)
        if kind < 0.4:
            self._lay(cells[near < width / 2 + 3], Material.VERGE)
            self._lay(cells[near < width / 2], Material.ASPHALT if important else Material.TRACK)
        elif kind < 0.7:
            self._lay(cells[near < width], Material.BROADLEAF)
        else:
            self._lay(cells[near < width / 2 + 1], Material.VERGE)
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
                    self._lay(part, Material.VERGE)
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

    def village(self, centre: tuple[float, float], radius: float) -> None:
        """Houses, yards, gardens and streets inside a blob."""
        rows, columns = self.shape
        rough = smooth_noise(rows, columns, 120 / CELL_METRES, self.rng).ravel()
        away = np.hypot(self.x - centre[0], self.y - centre[1])
        inside = np.flatnonzero(away < radius * (1 + 0.25 * rough))
        angle = self.rng.uniform(0, np.pi)
        u = self.x[inside] * np.cos(angle) + self.y[inside] * np.sin(angle)
        v = -self.x[inside] * np.sin(angle) + self.y[inside] * np.cos(angle)
        self._patchwork(inside, Material.GARDEN)
        draw = self.rng.random((256, 256))
        plot = draw[(u // 25).astype(int) % 256, (v // 25).astype(int) % 256]
        house = (u % 25 < 12) & (v % 25 < 12) & (plot < 0.65)
        self._patchwork(inside[house & (plot < 0.45)], Material.RED_ROOF)
        self._patchwork(inside[house & (plot >= 0.45)], Material.GREY_ROOF)
        self._patchwork(inside[~house & (plot > 0.82)], Material.BROADLEAF)
        hall = (plot > 0.97) & (u % 75 < 50)
        self._lay(inside[hall], Material.GREY_ROOF)
        self._lay(inside[(u % 100 < 6) | (v % 125 < 6)], Material.ASPHALT)

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
            self._lay(np.flatnonzero(near < 22), Material.VERGE)
            trees = (near < 12) & (np.sin(u / 23) + np.sin(u / 61) > -0.4)
            self._lay(np.flatnonzero(trees), Material.BROADLEAF)
            self._lay(np.flatnonzero(near < self.rng.uniform(2, 5)), Material.WATER)
        if self.style.pond:
            centre = self.rng.uniform((0, 0), (width, height))
            rough = smooth_noise(rows, columns, 150 / CELL_METRES, self.rng).ravel()
            radius = self.rng.uniform(30, 120) * (1 + 0.3 * rough)
            away = np.hypot(self.x - centre[0], self.y - centre[1])
            self._lay(np.flatnonzero(away < radius + 12), Material.BROADLEAF)
            self._lay(np.flatnonzero(away < radius), Material.WATER)


def paint_landscape(
    rows: int, columns: int, style: LandscapeStyle, rng: np.random.Generator
) -> Landscape:
    """Plan of rows x columns cells of 5 m."""
    painter = _Painter(rows, columns, style, rng)
    for cells, bearing in painter.blocks():
        painter.cut(cells, bearing)
    painter.woods()
    painter.water()
    for _ in range(style.village_count):
        centre = rng.uniform((0, 0), (columns * CELL_METRES, rows * CELL_METRES))
        painter.village((float(centre[0]), float(centre[1])), style.village_metres)
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
