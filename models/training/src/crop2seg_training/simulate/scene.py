"""One simulated scene: a landscape, a season, and what Sentinel-2 delivers of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.data.nomenclature import BACKGROUND, CROP_CLASSES
from crop2seg_training.data.parcels import GRID_DAYS, Split
from crop2seg_training.simulate.atmosphere import (
    Weather,
    correct_imperfectly,
    cover_with_weather,
    draw_weather,
    wet_ground,
)
from crop2seg_training.simulate.background import draw_background_series
from crop2seg_training.simulate.classifier import Classifier
from crop2seg_training.simulate.dates import draw_days
from crop2seg_training.simulate.field_series import draw_field_series, resample_days
from crop2seg_training.simulate.landscape import Landscape, paint_landscape
from crop2seg_training.simulate.noise import smooth_noise
from crop2seg_training.simulate.plan import CELLS_PER_PIXEL, draw_style
from crop2seg_training.simulate.sensor import misregister, mixing_matrix, record, stack_at_10m

BORDER = 4  # pixels painted beyond each edge, so that point spread and cubic see real neighbours
# How much of each class there is, in per cent of the crop area: between the Czech shares
# (specification, 8.2) and equal parts, so that rare classes are seen too.
CLASS_WEIGHTS = np.array(
    [14, 7, 9, 13, 8, 13, 9, 8, 4.5, 6, 4.5, 5.5, 9.5]
)  # fmt: skip
# The same for training, nearer to the shares of Central and Western Europe, where meadows are three
# to four times as common as leys and clover: a network that meets hops as often as meadows calls
# too many meadows something rare.
TRAINING_CLASS_WEIGHTS = np.array(
    [23, 6, 8.5, 16, 8, 13, 7, 5, 2.5, 4, 2, 4, 8]
)  # fmt: skip
CONCENTRATION = 9.0  # of the Dirichlet draw of a scene's classes; less = more uneven scenes
# Within a field: growth differs by days and by vigour, over tens of metres.
TEXTURE_DAYS = 3.0
TEXTURE_VIGOUR = 0.03  # of all bands together, in log
TEXTURE_BAND = 0.012
TEXTURE_SCALES = (3.0, 16.0)  # pixels
TEXTURE_STRENGTH = (0.4, 1.2)  # of a scene; fields of one region are patchier than of another
LEAST_VARIED, MOST_VARIED = 0.5, 1.8  # times a field's mean, what its parts may reach
# What all surfaces of a scene have in common: soils, adjacent light, the processor's own colours.
SCENE_GAIN = 0.04  # log standard deviation of all bands together
SCENE_BAND_GAIN = 0.025  # and of each by itself
# From one date to the next a surface differs from its smooth course: log standard deviations by
# band. Composites of real parcels do by .28 in the blue, .25 in the red, .13 in the near infrared
# and .17 at 2.2 micrometres, which holds some haze; other parts of the simulation give half of it.
DATE_SCATTER = np.array([0.2, 0.18, 0.18, 0.12, 0.09, 0.09, 0.09, 0.09, 0.1, 0.13])
BAND_SCATTER = 0.35  # of a band by itself, as a share of that of all bands together


@dataclass(frozen=True)
class Scene:
    """A simulated scene.

    dn: uint16 [dates, 10, rows, columns] at 10 m; coarse: the 20 m bands as recorded, uint16
    [dates, 6, rows / 2, columns / 2]; days: int32 [dates] since 1 September of the year before;
    labels: uint8 [rows, columns]; fields: int32 [rows, columns], 0 = no field;
    scl: uint8 [dates, rows / 2, columns / 2].
    """

    dn: np.ndarray
    coarse: np.ndarray
    days: np.ndarray
    labels: np.ndarray
    fields: np.ndarray
    scl: np.ndarray


def draw_labels(
    count: int, rng: np.random.Generator, weights: np.ndarray = CLASS_WEIGHTS
) -> np.ndarray:
    """Class codes of the fields of one scene; `weights` of classes 1 to 13."""
    share = rng.dirichlet(CONCENTRATION * weights / weights.sum() + 0.08)
    return rng.choice(CROP_CLASSES, count, p=share)


def _date_scatter(
    surfaces: int, dates: int, strength: float, rng: np.random.Generator
) -> np.ndarray:
    """Factors float32 [surfaces, dates, 10] by which surfaces differ from date to date.

    Veils that change from field to field, light from another side, dew: mostly brighter or darker
    as a whole, and the bluer the more.
    """
    whole = rng.standard_normal((surfaces, dates, 1)) * DATE_SCATTER
    by_band = rng.standard_normal((surfaces, dates, 10)) * DATE_SCATTER * BAND_SCATTER
    return np.exp(strength * (whole + by_band)).astype(np.float32)


def _true_images(
    landscape: Landscape,
    labels: np.ndarray,
    days: np.ndarray,
    split: Split,
    rng: np.random.Generator,
    scatter: float,
) -> np.ndarray:
    """Reflectance DN float32 [dates, 10, rows, columns] without weather, border included.

    `scatter` is how much each surface wanders from date to date, as a share of `DATE_SCATTER`.
    """
    fields = draw_field_series(labels, split, rng).series
    surfaces = np.concatenate([fields, draw_background_series(split, rng)])
    tint = rng.normal(0, SCENE_GAIN) + rng.normal(0, SCENE_BAND_GAIN, 10)
    surfaces *= np.exp(tint).astype(np.float32)
    now = resample_days(surfaces, days)
    if scatter > 0:
        now = now * _date_scatter(len(surfaces), len(days), scatter, rng)
    shift = np.abs(rng.normal(0, TEXTURE_DAYS, (len(surfaces), 1)))
    vigour = 1 + rng.normal(0, TEXTURE_VIGOUR, (len(surfaces), 1, 1))
    vigour = vigour + rng.normal(0, TEXTURE_BAND, (len(surfaces), 1, 10))
    varied = resample_days(surfaces, days[None, :] + shift) * vigour - now

    cells = np.where(landscape.field >= 0, landscape.field, landscape.material + landscape.count)
    matrix = mixing_matrix(cells, len(surfaces))
    rows, columns = (size // CELLS_PER_PIXEL for size in cells.shape)
    flat = (len(surfaces), len(days) * 10)
    fine, coarse = (smooth_noise(rows, columns, scale, rng) for scale in TEXTURE_SCALES)
    texture = (fine + coarse) * np.float32(rng.uniform(*TEXTURE_STRENGTH))
    even = matrix @ now.reshape(flat).astype(np.float32)
    image = even + texture.reshape(-1, 1) * (matrix @ varied.reshape(flat).astype(np.float32))
    image = np.clip(image, LEAST_VARIED * even, MOST_VARIED * even)
    image = image.reshape(rows, columns, len(days), 10).transpose(2, 3, 0, 1)
    return np.maximum(image, 1).astype(np.float32)


def render_scene(
    landscape: Landscape,
    labels: np.ndarray,
    days: np.ndarray,
    weather: Weather,
    split: Split,
    rng: np.random.Generator,
    classifier: Classifier | None = None,
    scatter: float = 0.0,
) -> Scene:
    """Scene of a landscape whose fields have the classes `labels`, on the given days.

    Its SCL is the classifier's, or without one that of a classifier that knows the weather.
    `scatter`, from 0 up, is how much surfaces differ from date to date beside that.

    The landscape is `BORDER` pixels larger on each side than the scene. Raises MissingDataError
    where the reference data is absent.
    """
    image = _true_images(landscape, labels, days, split, rng, scatter)
    greenness = (image[:, 6] - image[:, 2]) / (image[:, 6] + image[:, 2])
    image = correct_imperfectly(wet_ground(misregister(image, rng), greenness, rng), rng)
    image, scl = cover_with_weather(image, greenness, weather, rng, classifier)
    fine, coarse = record(image, rng)
    dn = stack_at_10m(fine, coarse)

    inside = slice(BORDER, -BORDER)
    half = slice(BORDER // 2, -BORDER // 2)
    # The label of a pixel is the surface at its centre: of its four cells, the one south-east.
    centres = landscape.field[1::CELLS_PER_PIXEL, 1::CELLS_PER_PIXEL][inside, inside]
    codes = np.append(labels, BACKGROUND).astype(np.uint8)
    return Scene(
        dn=dn[..., inside, inside],
        coarse=coarse[..., half, half],
        days=days,
        labels=codes[centres],
        fields=centres + 1,
        scl=scl[:, ::2, ::2][..., half, half],
    )


def simulate_scene(
    size: int,
    dates: int,
    split: Split,
    rng: np.random.Generator,
    mosaic: bool = False,
    weights: np.ndarray = CLASS_WEIGHTS,
) -> Scene:
    """A random scene of size x size pixels (even) and a number of dates; see `draw_style`.

    `weights` says how common the classes 1 to 13 are.

    Same generator state, same scene. Raises MissingDataError where the reference data is absent.
    """
    cells = CELLS_PER_PIXEL * (size + 2 * BORDER)
    landscape = paint_landscape(cells, cells, draw_style(rng, mosaic), rng)
    labels = draw_labels(landscape.count, rng, weights)
    days = draw_days(dates, rng)
    assert days[-1] <= GRID_DAYS[-1]
    return render_scene(landscape, labels, days, draw_weather(days, rng), split, rng)
