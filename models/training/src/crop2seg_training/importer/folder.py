"""Writing an imported network as a model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crop2seg_training.data import CLASS_COUNT
from crop2seg_training.export import (
    BASE,
    DEFAULT_SCENES,
    CardText,
    ExportReport,
    GoldenTile,
    made_scenes,
    write_model_folder,
)
from crop2seg_training.importer.preparation import Prepared
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.importer.report import reference_text

UNKNOWN_LICENCE = "unknown: ask whoever published the weights"
_SUMMARIES = {
    "timeunet": "weighs the dates for each pixel at full resolution, then draws the map with one "
    "U-Net",
    "wtae": "finds the weights of the dates at an eighth of the resolution, adds up the dates with "
    "them and draws the map with one U-Net",
    "utae": "encodes every date with a U-Net, weighs the dates at its coarsest level and draws the "
    "map from their weighted sums",
}
_NOT_MEASURED = (
    "Imported weights: nothing was measured here. Check the map against places you know before you "
    "rely on it."
)
_PASTIS = (
    "Trained on PASTIS: four tiles in France, one season (2019), atmosphere corrected by Theia. "
    "Other regions, years and corrections are new to it."
)


@dataclass(frozen=True)
class Wording:
    """What only a person can add to the card."""

    name: str
    licence: str = UNKNOWN_LICENCE
    caveats: Sequence[str] = ()
    accuracy: Sequence[Mapping[str, object]] = ()


def write(
    prepared: Prepared,
    wording: Wording,
    tile: GoldenTile,
    out: Path,
    precisions: Sequence[str] = (BASE,),
) -> ExportReport:
    """Write the folder ``out``; its stages have given PyTorch's logits of ``tile``.

    The label agreement of rounded ``precisions`` is measured on simulated scenes, which are
    labelled in the classes of Crop2Seg, so for networks of these classes only. Raises ExportError
    where stages and PyTorch differ.
    """
    rounded = any(precision != BASE for precision in precisions)
    comparable = prepared.architecture.config.classes == CLASS_COUNT
    compared = [made_scenes(DEFAULT_SCENES)] if rounded and comparable else []
    text = card_text(prepared, wording)
    return write_model_folder(out, prepared.network, text, tile, precisions, compared)


def card_text(prepared: Prepared, wording: Wording) -> CardText:
    """The card's words, input and classes. Raises BadInputError for incomplete accuracy records."""
    published, model = prepared.published, prepared.architecture.model
    norm, file = prepared.norm, prepared.source.norm
    if norm is None or file is None:
        raise BadInputError(
            "A model folder needs the normalisation that the network was trained with.",
            "Give NORM_S2_patch.json with --norm, or --check to look only.",
        )
    caveats = [_NOT_MEASURED] if not wording.accuracy else []
    caveats += [_PASTIS] if norm.by_fold else []
    caveats += [f"Assumed: {text}." for text in prepared.architecture.assumed]
    caveats += [f"Doubtful normalisation: {norm.doubt}"] if norm.doubt else []
    training = [f"Imported from {published.path.name} (SHA-256 {published.sha256})"]
    if published.epoch is not None:
        training.append(f"epoch {published.epoch}")
    if published.best_miou is not None:
        training.append(f"best validation mIoU {published.best_miou:.2f} by its own record")
    training.append(f"normalisation: {norm.source} of {file.name}")
    training.append(f"day 0: {reference_text(prepared)}")
    try:
        return CardText(
            name=wording.name,
            architecture=model,
            summary=f"A published network: it {_SUMMARIES[model]}. The weights are its authors'.",
            training={"simulated": False, "summary": "; ".join(training) + "."},
            accuracy=wording.accuracy,
            caveats=[*caveats, *wording.caveats],
            licence=wording.licence,
            normalisation=norm.normalisation,
            date_reference=prepared.date_reference,
            legend=prepared.legend,
        )
    except ValueError as error:
        raise BadInputError(
            f"The card cannot be written ({error}).", "Complete the records of --accuracy-json."
        ) from error
