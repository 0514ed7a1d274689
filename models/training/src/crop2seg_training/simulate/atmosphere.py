"""Weather between the ground and the instrument: clouds, their shadows, haze and snow.

Also the scene classification (SCL) that a processor would give: codes 3 shadow, 4 vegetation,
5 not vegetated, 6 water, 8 and 9 cloud of medium and high probability, 10 thin cirrus, 11 snow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.data.season import day_of
from crop2seg_training.simulate.classifier import Classifier, mistake_land
from crop2seg_training.simulate.noise import smooth_noise

# DN of an opaque cloud, of fresh snow, and of light scattered by haze of optical thickness 1.
CLOUD = np.array([5600, 5600, 5700, 5900, 6100, 6200, 6300, 6300, 4300, 3300], np.float32)
SNOW = np.array([8000, 7900, 7700, 7600, 7400, 7200, 7000, 6900, 1100, 900], np.float32)
HAZE = np.array([2300, 1900, 1650, 1550, 1400, 1300, 1250, 1200, 500, 300], np.float32)
# Light that is left in a shadow: blue sky light favours the short bands.
SHADE = np.array([0.62, 0.52, 0.46, 0.43, 0.38, 0.37, 0.36, 0.36, 0.33, 0.32], np.float32)
# Path radiance that the atmospheric correction leaves or takes too much of.
PATH = np.array([1.0, 0.75, 0.55, 0.45, 0.3, 0.25, 0.2, 0.2, 0.1, 0.1], np.float32)
PATH_DN = 35.0
DATE_GAIN = 0.03
DATE_BAND_GAIN = 0.012
WET_SOIL = np.array([0.8, 0.79, 0.78, 0.77, 0.76, 0.76, 0.76, 0.75, 0.68, 0.64], np.float32)
SNOW_SEASON = (float(day_of(12, 1, before=True)), float(day_of(2, 28)))
SNOW_SPELL_SHARE = 0.3  # of the scenes
# Opacity above which a classifier that knows the weather calls a pixel snow or shadow, cloud of
# medium and of high probability.
HIDDEN = 0.5
CLOUDY, DENSE = 0.25, HIDDEN + 0.2


@dataclass(frozen=True)
class Weather:
    """Kind of sky of each date ("clear", "broken", "overcast", "hazy") and snow cover 0..1."""

    sky: tuple[str, ...]
    snow: np.ndarray
    most_broken: float = 0.7
    """Share of the land that a broken sky covers at most."""
    haze: tuple[float, float] = (0.06, 0.5)
    """Greatest optical thickness on a clear date and on a hazy one."""


def draw_weather(days: np.ndarray, rng: np.random.Generator) -> Weather:
    """Weather of the dates of a scene; the share of bad dates differs between scenes."""
    bad = rng.beta(1.2, 3.0)
    kinds = rng.choice(
        ["clear", "broken", "overcast", "hazy"],
        len(days),
        p=[1 - bad, 0.55 * bad, 0.2 * bad, 0.25 * bad],
    )
    snow = np.zeros(len(days), np.float32)
    if rng.random() < SNOW_SPELL_SHARE:
        start = rng.uniform(*SNOW_SEASON)
        spell = (days >= start) & (days < start + rng.uniform(5, 30))
        snow[spell] = rng.uniform(0.3, 1.0, int(spell.sum()))
    return Weather(tuple(str(kind) for kind in kinds), snow)


def draw_archive_weather(days: np.ndarray, rng: np.random.Generator) -> Weather:
    """Weather of the dates that an archive offers: cloudier, and never quite without haze."""
    bad = rng.beta(1.8, 2.4)
    kinds = rng.choice(
        ["clear", "broken", "overcast", "hazy"],
        len(days),
        p=[1 - bad, 0.5 * bad, 0.15 * bad, 0.35 * bad],
    )
    snow = draw_weather(days, rng).snow
    haze = rng.uniform(0.05, 0.15), rng.uniform(0.3, 0.8)
    return Weather(tuple(str(kind) for kind in kinds), snow, 0.95, haze)


def wet_ground(image: np.ndarray, greenness: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Darkens bare soil of [dates, 10, rows, columns] by its moisture, one draw a date.

    greenness: NDVI [dates, rows, columns].
    """
    wet = rng.beta(1.2, 1.8, len(image)).astype(np.float32)[:, None, None]
    bare = np.clip((0.5 - greenness) / 0.35, 0, 1)
    return image * (1 - (wet * bare)[:, None] * (1 - WET_SOIL[:, None, None]))


def correct_imperfectly(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What atmospheric and view-angle correction leave: a gain and an offset per date and band."""
    dates = len(image)
    gain = 1 + rng.normal(0, DATE_GAIN, (dates, 1)) + rng.normal(0, DATE_BAND_GAIN, (dates, 10))
    path = PATH_DN * rng.standard_normal((dates, 1)) * PATH
    spread = (..., None, None)
    return image * gain.astype(np.float32)[spread] + path.astype(np.float32)[spread]


def _opacity(
    rows: int, columns: int, sky: str, most: float, rng: np.random.Generator
) -> np.ndarray:
    """Opacity 0..1 of the clouds of one date, of which a broken sky has up to the share `most`."""
    scale = float(np.exp(rng.uniform(np.log(15), np.log(90))))  # pixels of 10 m
    height = smooth_noise(rows, columns, scale, rng, octaves=4)
    cover = rng.uniform(0.05, most) if sky == "broken" else rng.uniform(0.85, 1.2)
    level = np.quantile(height, np.clip(1 - cover, 0, 1)) if cover < 1 else height.min() - 0.5
    softness = rng.uniform(0.15, 0.7)
    return np.clip((height - level) / softness, 0, 1) ** 1.3


def cover_with_weather(
    image: np.ndarray,
    greenness: np.ndarray,
    weather: Weather,
    rng: np.random.Generator,
    classifier: Classifier | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Puts the weather over a true image, float32 [dates, 10, rows, columns], in place.

    Returns the image and its SCL, uint8 [dates, rows, columns], as the classifier gives it; without
    one it knows the weather.
    """
    dates, _, rows, columns = image.shape
    scl = np.where(greenness > 0.35, 4, 5).astype(np.uint8)
    scl[(image[:, 8] < 300) & (greenness < 0.2)] = 6
    if classifier is not None:
        mistake_land(scl, image, greenness, rng)
    for date in range(dates):
        sky, frame = weather.sky[date], image[date]
        if weather.snow[date] > 0:
            lying = np.clip(
                weather.snow[date] + 0.25 * smooth_noise(rows, columns, 25, rng), 0, 1
            ) * np.clip((frame[8] - 400) / 1200, 0.15, 1)  # less on dark woods, little on water
            frame += lying * (SNOW[:, None, None] * rng.uniform(0.8, 1.05) - frame)
            scl[date][lying > HIDDEN] = 11
        if sky == "clear" and rng.random() > 0.25:
            continue
        if sky in ("clear", "hazy"):
            strongest = weather.haze[sky == "hazy"]
            thickness = rng.uniform(0.0, strongest) * np.clip(
                1 + 0.6 * smooth_noise(rows, columns, 70, rng), 0.1, 2.5
            )
            frame += thickness * (HAZE[:, None, None] - 0.25 * frame)
            if sky == "hazy":
                limit = rng.uniform(0.2, 0.6) if classifier is None else classifier.haze[date]
                scl[date][thickness > limit] = 10
            continue
        opacity = _opacity(rows, columns, sky, weather.most_broken, rng)
        if sky == "broken":
            away = np.round(rng.uniform(-35, 35, 2)).astype(int)
            shade = np.roll(opacity, away, axis=(0, 1)) * (1 - opacity) * rng.uniform(0.6, 1.0)
            frame *= 1 - shade * (1 - SHADE[:, None, None])
            scl[date][shade > (HIDDEN if classifier is None else classifier.shade[date])] = 3
        bright = CLOUD * np.exp(rng.normal(0, 0.2)) * (1 + rng.normal(0, 0.04, 10))
        texture = 1 + 0.15 * smooth_noise(rows, columns, 20, rng)
        frame += opacity * (bright[:, None, None] * texture - frame)
        scl[date][opacity > (CLOUDY if classifier is None else classifier.cloud[date])] = 8
        scl[date][opacity > (DENSE if classifier is None else classifier.dense[date])] = 9
    return image, scl
