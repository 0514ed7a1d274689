"""Calendar of crops: the table from which NDVI curves of single fields are drawn.

Dates are for central Europe (Czechia); numbers in pairs are mean and standard deviation between
fields. They follow general agronomy and were set so that the mean curves of the classes lie on the
published Czech NDVI profiles (specification, 8.1), whose cloud dips were ignored.
"""

from __future__ import annotations

from dataclasses import dataclass

from crop2seg_training.data.season import day_of

Pair = tuple[float, float]


@dataclass(frozen=True)
class Annual:
    """One sown crop: two rises (autumn and spring), one fall, one harvest. Days and NDVI."""

    label: int
    share: float  # among the annuals of its class
    sown: Pair
    rise: Pair  # day of half rise in spring
    rise_width: Pair  # days, the scale of the logistic
    peak: Pair
    fall: Pair  # day of half senescence
    fall_width: Pair
    ripe: Pair  # NDVI when harvested
    harvest: Pair
    autumn: Pair = (0.0, 0.0)  # NDVI reached before winter; 0 for crops sown in spring
    bloom: str = ""  # "yellow": rapeseed, mustard, sunflower; "blue": flax
    bloom_day: Pair = (0.0, 0.0)
    nir_gain: float = 1.0  # canopies of beet and hemp are brighter than those they borrow from


@dataclass(frozen=True)
class Perennial:
    """A lasting stand: a yearly wave with a summer dip, and cuts."""

    label: int
    share: float
    winter: Pair
    peak: Pair
    summer: Pair  # NDVI in the dry weeks of late July
    autumn: Pair
    rise: Pair
    cuts: tuple[float, float]  # least and greatest number of cuts or grazings
    first_cut: Pair = (float(day_of(5, 25)), 14.0)
    soil_share: Pair = (0.0, 0.0)  # open soil between rows (vineyards, orchards, hops)
    mild_share: float = 0.0  # added to `share` in the mildest climate


def _d(month: int, day: int, spread: float) -> Pair:
    return (float(day_of(month, day)), spread)


def _autumn(month: int, day: int, spread: float) -> Pair:
    return (float(day_of(month, day, before=True)), spread)


ANNUALS: tuple[Annual, ...] = (
    # Winter wheat, barley, rye and triticale.
    Annual(4, 0.6, _autumn(10, 8, 10), _d(4, 8, 9), (11, 3), (0.88, 0.05), _d(7, 1, 6), (6, 1.5),
           (0.17, 0.03), _d(7, 29, 7), autumn=(0.36, 0.12)),
    Annual(4, 0.25, _autumn(9, 28, 7), _d(4, 1, 8), (10, 3), (0.87, 0.05), _d(6, 20, 6), (6, 1.5),
           (0.18, 0.03), _d(7, 12, 7), autumn=(0.48, 0.13)),
    Annual(4, 0.15, _autumn(9, 26, 8), _d(4, 3, 9), (11, 3), (0.85, 0.05), _d(6, 29, 7), (8, 2),
           (0.20, 0.04), _d(7, 27, 8), autumn=(0.45, 0.13)),
    # Spring barley, spring wheat and oats.
    Annual(3, 0.7, _d(3, 18, 10), _d(5, 3, 7), (8, 2), (0.86, 0.05), _d(7, 1, 7), (6, 1.5),
           (0.18, 0.03), _d(7, 26, 8)),
    Annual(3, 0.3, _d(3, 25, 10), _d(5, 9, 8), (9, 2), (0.84, 0.06), _d(7, 8, 8), (8, 2),
           (0.21, 0.04), _d(8, 5, 9)),
    # Rapeseed.
    Annual(5, 1.0, _autumn(8, 28, 8), _d(3, 25, 8), (10, 3), (0.87, 0.04), _d(7, 1, 6), (7, 2),
           (0.20, 0.04), _d(7, 25, 7), autumn=(0.70, 0.14), bloom="yellow", bloom_day=_d(5, 3, 7)),
    # Maize for silage and for grain.
    Annual(6, 0.65, _d(5, 1, 9), _d(6, 16, 8), (8, 2), (0.82, 0.06), _d(9, 16, 9), (12, 3),
           (0.50, 0.10), _d(9, 18, 11)),
    Annual(6, 0.35, _d(4, 27, 8), _d(6, 14, 8), (8, 2), (0.83, 0.06), _d(9, 8, 10), (9, 3),
           (0.28, 0.06), _d(10, 10, 12)),
    # Sugar beet.
    Annual(8, 1.0, _d(4, 4, 9), _d(6, 4, 7), (6, 1.5), (0.83, 0.05), _d(10, 25, 15), (18, 4),
           (0.60, 0.10), _d(10, 6, 18), nir_gain=1.14),
    # Potatoes, early potatoes, cabbage, onion and carrot, lettuce in two sets, strawberries.
    Annual(2, 0.4, _d(4, 14, 9), _d(5, 30, 8), (7, 2), (0.80, 0.07), _d(7, 28, 12), (9, 3),
           (0.27, 0.06), _d(9, 8, 12)),
    Annual(2, 0.15, _d(3, 25, 8), _d(5, 14, 8), (7, 2), (0.78, 0.07), _d(7, 1, 9), (7, 2),
           (0.30, 0.07), _d(7, 12, 10)),
    Annual(2, 0.15, _d(5, 12, 16), _d(6, 26, 14), (9, 3), (0.78, 0.08), _d(10, 15, 15), (14, 4),
           (0.60, 0.10), _d(9, 25, 20)),
    Annual(2, 0.2, _d(4, 5, 12), _d(6, 16, 10), (10, 3), (0.58, 0.12), _d(7, 28, 14), (10, 3),
           (0.28, 0.06), _d(8, 25, 14)),
    Annual(2, 0.1, _d(4, 10, 10), _d(5, 18, 8), (7, 2), (0.60, 0.10), _d(6, 20, 8), (5, 2),
           (0.35, 0.07), _d(6, 26, 8)),
    # Flax (blue in June) and hemp.
    Annual(9, 0.5, _d(4, 6, 9), _d(5, 18, 7), (7, 2), (0.78, 0.06), _d(7, 22, 9), (9, 2),
           (0.26, 0.05), _d(8, 12, 10), bloom="blue", bloom_day=_d(6, 17, 6)),
    Annual(9, 0.5, _d(4, 28, 9), _d(6, 6, 7), (6, 2), (0.87, 0.04), _d(9, 6, 10), (11, 3),
           (0.45, 0.10), _d(9, 5, 13), nir_gain=1.06),
    # Sunflower, soya, peas and beans, poppy, mustard.
    Annual(13, 0.2, _d(4, 22, 9), _d(6, 8, 7), (7, 2), (0.82, 0.06), _d(8, 20, 9), (9, 2),
           (0.25, 0.05), _d(9, 15, 10), bloom="yellow", bloom_day=_d(7, 16, 7)),
    Annual(13, 0.1, _d(5, 2, 9), _d(6, 20, 7), (8, 2), (0.87, 0.04), _d(9, 5, 9), (7, 2),
           (0.24, 0.05), _d(9, 24, 9)),
    Annual(13, 0.25, _d(3, 22, 9), _d(5, 8, 7), (8, 2), (0.84, 0.05), _d(7, 2, 7), (6, 2),
           (0.22, 0.05), _d(7, 24, 8)),
    Annual(13, 0.35, _d(3, 26, 9), _d(5, 24, 7), (8, 2), (0.76, 0.07), _d(7, 8, 7), (7, 2),
           (0.24, 0.05), _d(8, 8, 8)),
    Annual(13, 0.1, _d(4, 5, 10), _d(5, 15, 8), (7, 2), (0.80, 0.06), _d(7, 14, 8), (8, 2),
           (0.24, 0.05), _d(8, 12, 10), bloom="yellow", bloom_day=_d(6, 10, 6)),
    # Cereal or clover mixtures cut green, and leys sown in spring.
    Annual(7, 1.0, _d(4, 5, 12), _d(5, 16, 9), (9, 2), (0.82, 0.06), _d(11, 25, 15), (20, 4),
           (0.60, 0.08), _d(11, 20, 15)),
)  # fmt: skip

PERENNIALS: tuple[Perennial, ...] = (
    # Meadows, pastures, and meadows that are manured and cut as often as leys: rare in Czechia,
    # most of the grassland of the North Sea coast and the foothills of the Alps.
    Perennial(1, 0.65, (0.45, 0.11), (0.82, 0.06), (0.56, 0.11), (0.63, 0.09), _d(4, 5, 9),
              (1, 3)),
    Perennial(1, 0.35, (0.47, 0.11), (0.76, 0.07), (0.53, 0.11), (0.63, 0.10), _d(4, 4, 9),
              (0, 2)),
    Perennial(1, 0.04, (0.52, 0.10), (0.87, 0.04), (0.60, 0.12), (0.70, 0.09), _d(4, 3, 9),
              (3, 5), first_cut=_d(5, 12, 10), mild_share=1.2),
    # Lucerne, clover and ley.
    Perennial(7, 0.6, (0.42, 0.13), (0.86, 0.05), (0.68, 0.10), (0.68, 0.10), _d(4, 4, 8),
              (3, 5), first_cut=_d(5, 14, 8)),
    Perennial(7, 0.4, (0.58, 0.10), (0.86, 0.05), (0.62, 0.10), (0.70, 0.08), _d(4, 2, 8),
              (2, 4), first_cut=_d(5, 16, 10)),
    # Orchards, hops, vineyards.
    Perennial(10, 1.0, (0.45, 0.09), (0.75, 0.07), (0.64, 0.08), (0.65, 0.08), _d(4, 14, 8),
              (0, 2), soil_share=(0.10, 0.10)),
    Perennial(11, 1.0, (0.22, 0.05), (0.66, 0.08), (0.66, 0.07), (0.50, 0.09), _d(6, 8, 8),
              (0, 0), soil_share=(0.15, 0.08)),
    Perennial(12, 1.0, (0.36, 0.10), (0.58, 0.10), (0.52, 0.10), (0.52, 0.10), _d(5, 4, 12),
              (0, 1), soil_share=(0.22, 0.14)),
)  # fmt: skip

# Chance that a field of a class is drawn from its perennial table rather than the annual one.
PERENNIAL_SHARE = {1: 1.0, 7: 0.8, 10: 1.0, 11: 1.0, 12: 1.0}

# Harvest of hop bines: from the day on which the canopy is torn down (late August).
HOP_HARVEST: Pair = _d(8, 29, 7)
