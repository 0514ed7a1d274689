"""A simulated season as an archive delivers it: all dates, swath edges and a fallible SCL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crop2seg_training.data.parcels import Split
from crop2seg_training.simulate.atmosphere import draw_archive_weather
from crop2seg_training.simulate.classifier import draw_classifier
from crop2seg_training.simulate.dates import draw_archive_days
from crop2seg_training.simulate.landscape import paint_landscape
from crop2seg_training.simulate.plan import CELLS_PER_PIXEL, draw_style
from crop2seg_training.simulate.scene import (
    BORDER,
    CLASS_WEIGHTS,
    Scene,
    draw_labels,
    render_scene,
)
from crop2seg_training.simulate.swath import draw_seen

CLEAR_CODES = (2, 4, 5, 6, 7)
LEAST_CLEAR = 0.05  # of a date's cells; the engine leaves out dates that show less of a place
SCATTER = (0.3, 1.3)  # of surfaces from date to date, of a scene
UNSEEN = 0  # both as a DN and as a code of the SCL


def hide_unseen(scene: Scene, seen: np.ndarray) -> Scene:
    """The scene with 0 in all bands and in the SCL where `seen` [dates, rows, columns] is false.

    `seen` is on the grid of the SCL, 20 m.
    """
    fine = seen.repeat(2, axis=1).repeat(2, axis=2)
    return replace(
        scene,
        dn=np.where(fine[:, None], scene.dn, np.uint16(UNSEEN)),
        coarse=np.where(seen[:, None], scene.coarse, np.uint16(UNSEEN)),
        scl=np.where(seen, scene.scl, np.uint8(UNSEEN)),
    )


def simulate_archive(
    size: int,
    split: Split,
    rng: np.random.Generator,
    mosaic: bool = False,
    weights: np.ndarray = CLASS_WEIGHTS,
) -> Scene:
    """A random place of size x size pixels (even) with all dates that show at least 5 % of it.

    Arguments as for `simulate_scene`. What a date did not see is 0 in `dn`, `coarse` and `scl`.
    Same generator state, same scene. Raises MissingDataError where the reference data is absent.
    """
    cells = CELLS_PER_PIXEL * (size + 2 * BORDER)
    landscape = paint_landscape(cells, cells, draw_style(rng, mosaic), rng)
    labels = draw_labels(landscape.count, rng, weights)
    days = draw_archive_days(rng)
    weather = draw_archive_weather(days, rng)
    classifier = draw_classifier(len(days), rng)
    scatter = float(rng.uniform(*SCATTER))
    scene = render_scene(landscape, labels, days, weather, split, rng, classifier, scatter)
    rows, columns = scene.scl.shape[1:]
    scene = hide_unseen(scene, draw_seen(days, rows, columns, rng))
    kept = np.isin(scene.scl, CLEAR_CODES).mean((1, 2)) >= LEAST_CLEAR
    return replace(
        scene,
        dn=scene.dn[kept],
        coarse=scene.coarse[kept],
        days=scene.days[kept],
        scl=scene.scl[kept],
    )
