"""Bands and classes, in the order in which the networks see them (specification, 4.3)."""

from __future__ import annotations

BANDS: tuple[str, ...] = (
    "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12",
)  # fmt: skip

# Indices into BANDS of the bands that Sentinel-2 records at 10 m and at 20 m.
BANDS_10M: tuple[int, ...] = (0, 1, 2, 6)
BANDS_20M: tuple[int, ...] = (3, 4, 5, 7, 8, 9)

CLASS_NAMES: tuple[str, ...] = (
    "Background",
    "Permanent grassland",
    "Annual fruit and vegetable",
    "Summer cereals",
    "Winter cereals",
    "Rapeseed",
    "Maize",
    "Annual forage crops",
    "Sugar beet",
    "Flax and hemp",
    "Permanent fruit",
    "Hopyards",
    "Vineyards",
    "Other crops",
    "Not classified",
)
CLASS_COUNT = len(CLASS_NAMES)
BACKGROUND = 0
IGNORED_CLASS = 14
CROP_CLASSES: tuple[int, ...] = tuple(range(1, IGNORED_CLASS))

# Colours of the legend, for palettes of label rasters.
CLASS_COLOURS: tuple[str, ...] = (
    "#000000", "#a0db8e", "#cc5500", "#e9de89", "#f4ecb1", "#dec928", "#f0a274", "#556b2f",
    "#94861b", "#767ee1", "#7d0015", "#9299a9", "#dea7b0", "#ff0093", "#c0d8ed",
)  # fmt: skip
