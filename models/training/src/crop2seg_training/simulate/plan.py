"""The plan of a landscape while it is painted, and the style of the region that it shows.

A plan has cells of 5 m, a quarter of a 10 m pixel, so that pixels on a border are truly mixed.
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
    farm_count: int  # farms and houses that stand alone
    ribbon_count: int  # rows of houses along a road
    plot_metres: float  # side of a plot with a house
    stream: bool
    pond: bool


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
        farm_count=int(rng.poisson(rng.uniform(0, 4))),
        ribbon_count=int(rng.integers(0, 3)),
        plot_metres=rng.uniform(15, 40),
        stream=bool(rng.random() < 0.45),
        pond=bool(rng.random() < 0.2),
    )


class Plan:
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

    def lay(self, cells: np.ndarray, material: Material) -> None:
        """Covers cells with one variant of a material."""
        variant = self.rng.integers(VARIANTS)
        self.material[cells] = material * VARIANTS + variant
        self.field[cells] = -1
