"""The scene that the sample shows."""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.season import season_start
from crop2seg_training.sample.place import ACQUISITIONS, SEASON, SIZE, SKIES, SNOW
from crop2seg_training.simulate.atmosphere import Weather
from crop2seg_training.simulate.landscape import Landscape, paint_landscape
from crop2seg_training.simulate.plan import CELLS_PER_PIXEL, LandscapeStyle
from crop2seg_training.simulate.scene import BORDER, Scene, render_scene

# Large fields, one village, woods and a stream: the Bohemian lowland, easy to read on a screen.
STYLE = LandscapeStyle(
    field_hectares=5.5,
    field_spread=0.5,
    block_metres=520,
    bend_metres=16,
    road_share=0.4,
    wood_share=0.11,
    village_count=1,
    village_metres=260,
    farm_count=3,
    ribbon_count=1,
    plot_metres=25,
    stream=True,
    pond=False,
)
# Crops of large and of small fields, in the order in which they are dealt out: Czech shares of
# 2019 (specification, 8.2), with every class shown at least once.
LARGE_FIELDS = (4, 5, 4, 6, 3, 4, 8, 5, 4, 3, 6, 1, 13, 4, 5, 8)
SMALL_FIELDS = (1, 7, 2, 4, 10, 13, 3, 1, 12, 6, 7, 11, 9, 4, 5)
SMALL_HECTARES = 4.0


def deal_crops(landscape: Landscape, rng: np.random.Generator) -> np.ndarray:
    """Class codes of the fields: small fields get other crops than large ones."""
    cells = np.bincount(landscape.field[landscape.field >= 0], minlength=landscape.count)
    small = cells * 25 / 10_000 < SMALL_HECTARES
    labels = np.empty(landscape.count, np.int64)
    for chosen, crops in ((small, SMALL_FIELDS), (~small, LARGE_FIELDS)):
        members = rng.permutation(np.flatnonzero(chosen))
        labels[members] = np.resize(np.array(crops), len(members))
    return labels


def sample_scene(seed: int, size: int = SIZE) -> Scene:
    """The sample scene, size x size pixels. Same seed, same scene.

    Raises MissingDataError where the reference data is absent.
    """
    rng = np.random.default_rng(seed)
    cells = CELLS_PER_PIXEL * (size + 2 * BORDER)
    landscape = paint_landscape(cells, cells, STYLE, rng)
    days = np.array([(day - season_start(SEASON)).days for day in ACQUISITIONS], np.int32)
    weather = Weather(
        sky=tuple(SKIES.get(day, "clear") for day in ACQUISITIONS),
        snow=np.array([SNOW.get(day, 0.0) for day in ACQUISITIONS], np.float32),
    )
    # Real series come from the parcels held out of training: no network has seen them.
    return render_scene(landscape, deal_crops(landscape, rng), days, weather, "validation", rng)
