"""What the classes of a card are called and look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crop2seg_training.data import CLASS_NAMES, CROP2SEG, PASTIS
from crop2seg_training.data.nomenclature import CLASS_COLOURS

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Legend:
    """Name, short label and ``#rrggbb`` colour of each code from 0, and the code that is ignored.

    Raises ``ValueError`` for lists of different lengths, empty names, other ways to write a colour
    and an ignored code that is no class.
    """

    names: tuple[str, ...]
    short: tuple[str, ...]
    colours: tuple[str, ...]
    ignored: int

    def __post_init__(self) -> None:
        if not len(self.names) == len(self.short) == len(self.colours):
            raise ValueError("a legend has one name, one short label and one colour per class")
        for texts in (self.names, self.short):
            if not all(text.strip() for text in texts):
                raise ValueError("a class of the legend has an empty name")
        for colour in self.colours:
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"the colour {colour!r} is not written as #rrggbb")
        if self.ignored not in range(len(self.names)):
            raise ValueError(f"the ignored class {self.ignored} is none of 0 to {self.last}")

    @property
    def last(self) -> int:
        """Highest code."""
        return len(self.names) - 1

    def entries(self) -> list[dict[str, object]]:
        """The card's ``classes``."""
        rows = zip(self.names, self.short, self.colours)
        return [
            {"code": code, "name": name, "short": short, "color": colour}
            for code, (name, short, colour) in enumerate(rows)
        ]


CROP2SEG_LEGEND = Legend(
    names=CLASS_NAMES,
    short=(
        "Background", "Grassland", "Fruit/vegetable", "Summer cereals", "Winter cereals",
        "Rapeseed", "Maize", "Forage crops", "Sugar beet", "Flax/Hemp", "Permanent fruit",
        "Hopyards", "Vineyards", "Other crops", "Not classified",
    ),
    colours=CLASS_COLOURS,
    ignored=CROP2SEG.ignored,
)  # fmt: skip

PASTIS_LEGEND = Legend(
    names=PASTIS.classes,
    short=(
        "Background", "Meadow", "Winter wheat", "Maize", "Winter barley", "Winter rapeseed",
        "Spring barley", "Sunflower", "Grapevine", "Beet", "Triticale", "Durum wheat",
        "Fruit/vegetable", "Potatoes", "Fodder legumes", "Soybeans", "Orchard", "Mixed cereals",
        "Sorghum", "Void",
    ),
    # Black, colours 1 to 18 of matplotlib's tab20, white (specification, 4.4).
    colours=(
        "#000000", "#aec7e8", "#ff7f0e", "#ffbb78", "#2ca02c", "#98df8a", "#d62728", "#ff9896",
        "#9467bd", "#c5b0d5", "#8c564b", "#c49c94", "#e377c2", "#f7b6d2", "#7f7f7f", "#c7c7c7",
        "#bcbd22", "#dbdb8d", "#17becf", "#ffffff",
    ),
    ignored=PASTIS.ignored,
)  # fmt: skip

LEGENDS: Sequence[Legend] = (CROP2SEG_LEGEND, PASTIS_LEGEND)


def legend_of(classes: int) -> Legend | None:
    """The known legend with this number of classes, or None."""
    return next((legend for legend in LEGENDS if len(legend.names) == classes), None)
