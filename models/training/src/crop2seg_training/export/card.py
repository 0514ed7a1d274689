"""The model card: everything a stranger needs to use a model folder and to judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from crop2seg_training import __version__
from crop2seg_training.data import BANDS, DEFAULT_NORMALISATION, Normalisation
from crop2seg_training.data.validity import NO_VALIDITY, Validity
from crop2seg_training.export.legend import CROP2SEG_LEGEND, Legend
from crop2seg_training.networks import NetworkConfig, configure

FORMAT = "crop2seg-model/1"
RESOLUTION_METRES = 10
TILE_SIZE = 128
"""Rows and columns of a tile: as in training of the predecessor; GroupNorm sees the whole tile."""
MARGIN = 12
"""Pixels dropped at inner tile edges. Labels of a window and of a larger one around it (sample
scene, 128 px tiles) are alike in 98.0 % with 6, 98.4 % with 12, 98.6 % with 16, which needs 1.2
times the tiles of 12."""
TITLES = {
    "timeunet": "Time-Unet",
    "timeunet-lite": "Time-Unet lite",
    "wtae": "W-TAE",
    "utae": "U-TAE",
}
SUMMARIES = {
    "timeunet": "Reads a Sentinel-2 season date by date, weighs the dates for each pixel and draws "
    "the map with one U-Net. Architecture and class scheme of the Crop2Seg Time-Unet; weights are "
    "new.",
    "timeunet-lite": "The Time-Unet at half its widths, for slow machines and small downloads: it "
    "reads a Sentinel-2 season date by date, weighs the dates for each pixel and draws the map "
    "with one U-Net.",
    "wtae": "Reads a Sentinel-2 season date by date, finds out at an eighth of the resolution how "
    "much each date counts, adds up the dates' full-resolution features and draws the map with one "
    "U-Net. Architecture and class scheme of the Crop2Seg W-TAE; weights are new.",
    "utae": "Reads a Sentinel-2 season with one U-Net encoder per date, weighs the dates at an "
    "eighth of the resolution and adds up the features of every level with these weights (U-TAE, "
    "Sainte Fare Garnot and Landrieu 2021). Weights are new.",
}
UNTRAINED = {
    "simulated": False,
    "summary": "Not trained: random weights, for tests of the software only.",
    "seed": 0,
    "samples": 0,
    "minutes": 0,
    "hardware": "none",
}
_TRAINING_KEYS = frozenset(("simulated", "summary"))
"""What every training record says; of a network trained elsewhere the rest may be unknown."""
_CARD_KEYS = (*UNTRAINED, "scope")
"""What a card tells of the training: `scope` is where, when and on which pixels it took place."""
_ACCURACY_KEYS = frozenset(
    ("dataset", "kind", "region", "overallAccuracy", "macroF1", "pixels", "perClass", "command")
)


@dataclass(frozen=True)
class DateReference:
    """The day from which a network counts the days of a season; the default is day 0 here."""

    month: int = 9
    day: int = 1
    years_before_season: int = 1


@dataclass(frozen=True)
class CardText:
    """What people write on a card, and how the network wants its input and means its output."""

    name: str
    architecture: str
    summary: str = ""
    """By default what the architecture does."""
    training: Mapping[str, object] = field(default_factory=lambda: dict(UNTRAINED))
    accuracy: Sequence[Mapping[str, object]] = ()
    caveats: Sequence[str] = ()
    licence: str = "MIT"
    normalisation: Normalisation = DEFAULT_NORMALISATION
    date_reference: DateReference = DateReference()
    legend: Legend = CROP2SEG_LEGEND
    validity: Validity = NO_VALIDITY
    dates_per_subset: int | None = None
    """How many dates of a season the network likes best; None: however many there are."""

    def __post_init__(self) -> None:
        missing = _TRAINING_KEYS - set(self.training)
        if missing:
            raise ValueError(f"the training record lacks {', '.join(sorted(missing))}")
        for entry in self.accuracy:
            missing = _ACCURACY_KEYS - set(entry)
            if missing:
                raise ValueError(f"an accuracy record lacks {', '.join(sorted(missing))}")


def make_card(
    text: CardText,
    config: NetworkConfig,
    parameters: int,
    feature_channels: int,
    stages: Mapping[str, Mapping[str, object]],
    variants: Sequence[Mapping[str, object]],
    golden: Mapping[str, object],
) -> dict[str, object]:
    """The content of ``model.json``.

    ``stages`` hold names of inputs and outputs and the files by precision, ``variants`` how close
    each precision comes to float32. Raises ``ValueError`` where the legend has another number of
    classes than the network.
    """
    if len(text.legend.names) != config.classes:
        raise ValueError(f"{len(text.legend.names)} class names for {config.classes} classes")
    return {
        "format": FORMAT,
        "name": text.name,
        "title": TITLES[text.architecture],
        "version": __version__,
        "architecture": text.architecture,
        "parameters": parameters,
        "summary": text.summary or SUMMARIES[text.architecture],
        "licence": text.licence,
        "input": {
            "bands": list(BANDS),
            "unit": "DN = surface reflectance x 10000, no radiometric offset",
            "mean": list(text.normalisation.mean),
            "std": list(text.normalisation.std),
            "dateReference": {
                "month": text.date_reference.month,
                "day": text.date_reference.day,
                "yearsBeforeSeason": text.date_reference.years_before_season,
            },
            "resolutionMetres": RESOLUTION_METRES,
            "tileSize": TILE_SIZE,
            "margin": MARGIN,
            "sizeMultiple": config.size_multiple,
            "featureChannels": feature_channels,
            **_of_dates(text),
        },
        "network": _unusual(text.architecture, config),
        "classes": text.legend.entries(),
        "ignoredClass": text.legend.ignored,
        "stages": {stage: dict(entry) for stage, entry in stages.items()},
        "variants": [dict(entry) for entry in variants],
        "golden": dict(golden),
        # A training record also holds the whole configuration: too much for a card.
        "training": {key: text.training[key] for key in _CARD_KEYS if key in text.training},
        "accuracy": [dict(entry) for entry in text.accuracy],
        "caveats": list(text.caveats),
    }


def _of_dates(text: CardText) -> dict[str, object]:
    """What becomes of invalid pixels and of long seasons, where the card says anything of it."""
    said: dict[str, object] = {}
    if text.validity != NO_VALIDITY:
        said["validity"] = text.validity.as_card()
    if text.dates_per_subset is not None:
        said["datesPerSubset"] = text.dates_per_subset
    return said


def _unusual(name: str, config: NetworkConfig) -> dict[str, object]:
    """Settings that differ from the network's own: with them it is built again from its card."""
    usual = asdict(configure(name))
    return {key: value for key, value in asdict(config).items() if value != usual[key]}
