"""Writing a model folder: stages, golden tile, weights and card, checked before it is trusted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx

from crop2seg_training.export.agreement import AgreementSet, VariantEntry, measure_variants
from crop2seg_training.export.card import CardText, make_card
from crop2seg_training.export.checkpoint import save_weights, weights_of
from crop2seg_training.export.golden import (
    GoldenTile,
    expected_logits,
    golden_entry,
    with_holes,
)
from crop2seg_training.export.staged import StageInputs, check_stages
from crop2seg_training.export.stages import STAGES, require_exportable
from crop2seg_training.export.variants import (
    BASE,
    LOGIT_TOLERANCES,
    in_precision,
    variant_paths,
)
from crop2seg_training.networks import SeriesNetwork, parameter_count

EXPORTABLE = tuple(STAGES)


@dataclass(frozen=True)
class ExportReport:
    """What was written and how far it is from PyTorch."""

    folder: Path
    bytes: int
    differences: Mapping[str, float]
    """By precision, the largest difference of a logit of the golden tile to PyTorch."""
    variants: Sequence[VariantEntry]
    """The card's entries on label agreement."""


def write_model_folder(
    folder: Path,
    network: SeriesNetwork,
    text: CardText,
    tile: GoldenTile,
    precisions: Sequence[str] = (BASE,),
    compared: Sequence[AgreementSet] = (),
) -> ExportReport:
    """Write the folder for ``network``, in float32 and whatever else ``precisions`` ask for.

    Where ``text.validity`` says that the network masks, its stages read validity, and the golden
    tile gets holes unless it has some.

    The card says how well the labels of each precision agree with float32 on each set ``compared``.
    The card is written last, so a folder with a card is complete and checked. Raises
    ``ExportError`` if ONNX Runtime's logits of the golden tile are not PyTorch's.
    """
    require_exportable(text.architecture, network.config)
    folder.mkdir(parents=True, exist_ok=True)
    card_path = folder / "model.json"
    for old in (card_path, folder / "golden.valid.bin", *folder.glob("*.onnx")):
        old.unlink(missing_ok=True)
    precisions = tuple(dict.fromkeys((BASE, *precisions)))
    weights = weights_of(network)
    masks = text.validity.use == "mask"
    if not masks:
        tile = replace(tile, valid=None)
    elif tile.valid is None:
        tile = with_holes(tile)
    stages: dict[str, dict[str, object]] = {}
    paths: dict[str, dict[str, Path]] = {}
    for stage, build in STAGES[text.architecture].items():
        model = build(weights, network.config, masks)
        paths[stage] = _write_stage(folder, stage, model, precisions)
        stages[stage] = {
            "inputs": [entry.name for entry in model.graph.input],
            "outputs": [entry.name for entry in model.graph.output],
            "files": {precision: describe(path) for precision, path in paths[stage].items()},
        }
    expected = expected_logits(network, tile, text.normalisation)
    inputs = StageInputs(
        text.normalisation.apply(tile.dn), np.array(tile.days, np.float32), tile.valid
    )
    differences = {
        p: check_stages(variant_paths(paths, p), inputs, expected, LOGIT_TOLERANCES[p])
        for p in precisions
    }
    variants = [
        entry
        for scenes in compared
        for entry in measure_variants(paths, precisions, scenes, text.normalisation, text.validity)
    ]

    (folder / "golden.input.bin").write_bytes(tile.dn.astype("<u2").tobytes())
    (folder / "golden.logits.bin").write_bytes(expected.astype("<f4").tobytes())
    save_weights(folder / "weights.npz", weights)
    valid = None
    if tile.valid is not None:
        (folder / "golden.valid.bin").write_bytes(tile.valid.tobytes())
        valid = {"dtype": "uint8", **describe(folder / "golden.valid.bin")}
    golden = golden_entry(
        tile,
        {"dtype": "uint16", **describe(folder / "golden.input.bin")},
        {"dtype": "float32", **describe(folder / "golden.logits.bin")},
        valid,
    )
    channels = weights["temporal_encoder.in_norm.weight"].shape[0]
    card = make_card(
        text, network.config, parameter_count(network), channels, stages, variants, golden
    )
    card_path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    return ExportReport(folder, size, differences, variants)


def _write_stage(
    folder: Path, stage: str, model: onnx.ModelProto, precisions: Sequence[str]
) -> dict[str, Path]:
    """Files by precision; a precision in which the stage is not written is left out."""
    written: dict[str, Path] = {}
    for precision in precisions:
        variant = in_precision(model, stage, precision)
        if variant is not None:
            written[precision] = folder / f"{stage}.{precision}.onnx"
            written[precision].write_bytes(variant.SerializeToString(deterministic=True))
    return written


def describe(path: Path) -> dict[str, object]:
    """Path within the folder, size and hash: what a reader needs to trust the file."""
    content = path.read_bytes()
    return {
        "path": path.name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
