"""Writing a model folder: stages, golden tile, weights and card, checked before it is trusted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from crop2seg_training.export import stages
from crop2seg_training.export.card import CardText, make_card
from crop2seg_training.export.checkpoint import save_weights, weights_of
from crop2seg_training.export.golden import GoldenTile, expected_logits, golden_entry
from crop2seg_training.export.quantise import quantise_convolutions
from crop2seg_training.export.staged import StagePaths, check_stages
from crop2seg_training.networks import SeriesNetwork, parameter_count

LOGIT_TOLERANCE = 1e-3
"""Largest difference of a logit between the float32 stages and PyTorch."""
INT8_LOGIT_TOLERANCE = 1.0
"""The same for 8-bit convolutions: a check that they are not broken, not a promise."""

_STAGES = {"encoder": stages.encoder, "attention": stages.attention, "decoder": stages.decoder}
_QUANTISED = ("encoder", "decoder")
EXPORTABLE = ("timeunet",)


@dataclass(frozen=True)
class ExportReport:
    """What was written and how far it is from PyTorch."""

    folder: Path
    bytes: int
    fp32_difference: float
    int8_difference: float | None


def write_model_folder(
    folder: Path, network: SeriesNetwork, text: CardText, tile: GoldenTile, int8: bool = False
) -> ExportReport:
    """Write the folder for ``network``, a Time-Unet.

    The card is written last, so a folder with a card is complete and checked. Raises
    ``ExportError`` if ONNX Runtime's logits of the golden tile are not PyTorch's.
    """
    if text.architecture not in EXPORTABLE:
        raise ValueError(f"cannot export {text.architecture!r}; only {', '.join(EXPORTABLE)}")
    folder.mkdir(parents=True, exist_ok=True)
    card_path = folder / "model.json"
    for old in (card_path, *folder.glob("*.onnx")):
        old.unlink(missing_ok=True)
    weights = weights_of(network)
    files: dict[str, dict[str, object]] = {}
    for stage, build in _STAGES.items():
        model = build(weights, network.config)
        files[stage] = {"fp32": _save(folder / f"{stage}.fp32.onnx", model)}
        if int8 and stage in _QUANTISED:
            quantised = quantise_convolutions(model)
            files[stage]["int8"] = _save(folder / f"{stage}.int8.onnx", quantised)
    expected = expected_logits(network, tile, text.normalisation)
    x, days = text.normalisation.apply(tile.dn), np.array(tile.days, np.float32)
    fp32 = check_stages(_paths(folder, "fp32"), x, days, expected, LOGIT_TOLERANCE)
    rough = None
    if int8:
        rough = check_stages(_paths(folder, "int8"), x, days, expected, INT8_LOGIT_TOLERANCE)

    (folder / "golden.input.bin").write_bytes(tile.dn.astype("<u2").tobytes())
    (folder / "golden.logits.bin").write_bytes(expected.astype("<f4").tobytes())
    save_weights(folder / "weights.npz", weights)
    golden = golden_entry(
        tile,
        {"dtype": "uint16", **describe(folder / "golden.input.bin")},
        {"dtype": "float32", **describe(folder / "golden.logits.bin")},
    )
    card = make_card(text, network.config, parameter_count(network), files, golden)
    card_path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    return ExportReport(folder, size, fp32, rough)


def describe(path: Path) -> dict[str, object]:
    """Path within the folder, size and hash: what a reader needs to trust the file."""
    content = path.read_bytes()
    return {
        "path": path.name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _save(path: Path, model: onnx.ModelProto) -> dict[str, object]:
    path.write_bytes(model.SerializeToString(deterministic=True))
    return describe(path)


def _paths(folder: Path, precision: str) -> StagePaths:
    convolutional = (folder / f"{stage}.{precision}.onnx" for stage in _QUANTISED)
    encoder, decoder = convolutional
    return StagePaths(encoder, folder / "attention.fp32.onnx", decoder)
