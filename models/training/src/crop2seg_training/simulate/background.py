"""Series of everything that is no declared parcel: woods, water, roofs, roads, gardens, verges."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from crop2seg_training.data.nomenclature import BACKGROUND, GRASSLAND
from crop2seg_training.data.parcels import GRID_DAYS, Split, load_parcels
from crop2seg_training.data.season import day_of


class Material(IntEnum):
    """Kinds of background."""

    CONIFER = 0
    BROADLEAF = 1
    WATER = 2
    ASPHALT = 3
    RED_ROOF = 4
    GREY_ROOF = 5
    TRACK = 6
    VERGE = 7
    GARDEN = 8


# DN of the ten bands without and with leaves. Typical values, from general knowledge.
_SPECTRA = {
    Material.CONIFER: (
        [160, 260, 190, 430, 1050, 1300, 1380, 1450, 750, 350],
        [190, 330, 210, 540, 1450, 1800, 1900, 2000, 980, 450],
    ),
    Material.BROADLEAF: (
        [420, 580, 680, 950, 1250, 1400, 1500, 1700, 2100, 1250],
        [230, 480, 240, 850, 2700, 3500, 3700, 3850, 1800, 780],
    ),
    Material.WATER: (
        [350, 380, 250, 220, 180, 170, 150, 140, 80, 60],
        [360, 420, 270, 260, 220, 210, 190, 170, 90, 60],
    ),
    Material.ASPHALT: (
        [900, 1050, 1150, 1250, 1350, 1420, 1480, 1550, 1700, 1500],
        [900, 1050, 1150, 1250, 1350, 1420, 1480, 1550, 1700, 1500],
    ),
    Material.RED_ROOF: (
        [850, 1100, 1650, 1850, 2050, 2150, 2200, 2300, 2550, 2350],
        [850, 1100, 1650, 1850, 2050, 2150, 2200, 2300, 2550, 2350],
    ),
    Material.GREY_ROOF: (
        [1700, 1850, 1950, 2050, 2150, 2200, 2250, 2300, 2350, 2150],
        [1700, 1850, 1950, 2050, 2150, 2200, 2250, 2300, 2350, 2150],
    ),
    Material.TRACK: (
        [850, 1150, 1350, 1700, 2100, 2250, 2350, 2500, 3000, 2400],
        [750, 1050, 1150, 1550, 2200, 2450, 2550, 2700, 2800, 2100],
    ),
    Material.VERGE: (
        [480, 690, 650, 1050, 1900, 2150, 2250, 2400, 2300, 1350],
        [430, 760, 540, 1180, 2600, 3100, 3250, 3450, 2400, 1300],
    ),
    Material.GARDEN: (
        [560, 720, 720, 1000, 1700, 1950, 2050, 2200, 1900, 1200],
        [480, 760, 600, 1120, 2350, 2850, 3050, 3150, 2000, 1150],
    ),
}
VARIANTS = 12  # of each material in a scene: stands, roofs and gardens differ
# What a garden, a yard or a verge is made of: mean shares of its parts and how even they are.
_LAWN = -1  # in the place of a material: a real meadow's series
_PARTS: dict[Material, dict[int, float]] = {
    Material.GARDEN: {
        _LAWN: 2.0,
        Material.BROADLEAF: 1.2,
        Material.CONIFER: 0.5,
        Material.ASPHALT: 0.8,
        Material.RED_ROOF: 0.8,
        Material.GREY_ROOF: 0.6,
        Material.TRACK: 0.6,
    },
    Material.VERGE: {
        _LAWN: 2.0,
        Material.BROADLEAF: 0.6,
        Material.ASPHALT: 0.6,
        Material.TRACK: 0.8,
    },
}
MIXED_SHARE = 0.6  # of gardens and verges are such mixtures
EVENNESS = 0.7  # multiplies the shares in a Dirichlet draw; less = more often one part alone
BRIGHTNESS = 0.13  # log standard deviation between variants
BAND_SCATTER = 0.05
LEAF_OUT = (float(day_of(4, 26)), 7.0)
LEAF_FALL = (float(day_of(10, 24)), 9.0)
LEAF_FALL_BEFORE = (float(day_of(10, 24, before=True)), 9.0)
# Declared "no crop" points of the real sets take the place of this share of green materials.
REAL_SHARE = 0.3


def _in_leaf(rng: np.random.Generator) -> np.ndarray:
    shift = rng.normal(0, 5)
    rise = 1 / (1 + np.exp(-(GRID_DAYS - LEAF_OUT[0] - shift) / LEAF_OUT[1]))
    fall = 1 / (1 + np.exp((GRID_DAYS - LEAF_FALL[0] - shift) / LEAF_FALL[1]))
    before = 1 / (1 + np.exp((GRID_DAYS - LEAF_FALL_BEFORE[0] - shift) / LEAF_FALL_BEFORE[1]))
    return np.maximum(rise * fall, before)


def _plain(material: int, rng: np.random.Generator) -> np.ndarray:
    bare, leafy = (np.array(spectrum, np.float32) for spectrum in _SPECTRA[Material(material)])
    leaf = _in_leaf(rng)[:, None]
    return bare * (1 - leaf) + leafy * leaf


def _mixture(material: Material, meadows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    parts = _PARTS[material]
    shares = rng.dirichlet(EVENNESS * np.array(list(parts.values())))
    series = [
        meadows[rng.integers(len(meadows))] if part == _LAWN else _plain(part, rng)
        for part in parts
    ]
    return np.tensordot(shares, np.stack(series), axes=1)


def draw_background_series(split: Split, rng: np.random.Generator) -> np.ndarray:
    """DN float32 [materials * VARIANTS, GRID_DAYS, 10]; row material * VARIANTS + variant."""
    parcels = load_parcels(split)
    real = parcels.series[parcels.labels == BACKGROUND]
    meadows = parcels.series[parcels.labels == GRASSLAND]
    rows = []
    for material in Material:
        for _ in range(VARIANTS):
            kind = rng.random()
            if material not in _PARTS or kind >= REAL_SHARE + MIXED_SHARE:
                series = _plain(material, rng)
            elif kind < REAL_SHARE and len(real):
                series = real[rng.integers(len(real))]
            elif len(meadows):
                series = _mixture(material, meadows, rng)
            else:
                series = _plain(material, rng)
            gain = np.exp(rng.normal(0, BRIGHTNESS) + rng.normal(0, BAND_SCATTER, 10))
            rows.append(series * gain)
    return np.stack(rows).astype(np.float32)
