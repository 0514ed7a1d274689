"""Bands and classes, in the order in which the networks see them (specification, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

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
GRASSLAND = 1
IGNORED_CLASS = 14
CROP_CLASSES: tuple[int, ...] = tuple(range(1, IGNORED_CLASS))

# Colours of the legend, for palettes of label rasters.
CLASS_COLOURS: tuple[str, ...] = (
    "#000000", "#a0db8e", "#cc5500", "#e9de89", "#f4ecb1", "#dec928", "#f0a274", "#556b2f",
    "#94861b", "#767ee1", "#7d0015", "#9299a9", "#dea7b0", "#ff0093", "#c0d8ed",
)  # fmt: skip


@dataclass(frozen=True)
class ClassScheme:
    """Class names by code, one of which is ignored in training and evaluation."""

    name: str
    classes: tuple[str, ...]
    ignored: int

    @property
    def count(self) -> int:
        """Number of classes, the ignored one included: the width of a network's output."""
        return len(self.classes)

    @property
    def counted(self) -> tuple[int, ...]:
        """Codes that count, background included."""
        return tuple(code for code in range(self.count) if code != self.ignored)


CROP2SEG = ClassScheme("crop2seg", CLASS_NAMES, IGNORED_CLASS)
PASTIS = ClassScheme(
    "pastis",
    (
        "Background", "Meadow", "Soft winter wheat", "Corn", "Winter barley", "Winter rapeseed",
        "Spring barley", "Sunflower", "Grapevine", "Beet", "Winter triticale",
        "Winter durum wheat", "Fruits, vegetables, flowers", "Potatoes", "Leguminous fodder",
        "Soybeans", "Orchard", "Mixed cereals", "Sorghum", "Void",
    ),
    19,
)  # fmt: skip
SCHEMES: dict[str, ClassScheme] = {scheme.name: scheme for scheme in (CROP2SEG, PASTIS)}

CROP2SEG_OF_PASTIS: tuple[int, ...] = (
    0, 1, 4, 6, 4, 5, 3, 13, 12, 8, 4, 4, 2, 2, 7, 13, 10, 14, 14, 14,
)  # fmt: skip
"""Crop2Seg code of each PASTIS code. Mixed cereals and sorghum have no clear class; potatoes are
put with the vegetables, where the NDVI curve of class 2 speaks for them."""
