"""The precisions in which a stage can be written."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import onnx

from crop2seg_training.export.halve import halve
from crop2seg_training.export.quantise import quantise_convolutions
from crop2seg_training.export.shrink import store_weights_in_8_bits

BASE = "fp32"
Transform = Callable[[onnx.ModelProto], onnx.ModelProto]

_CONVOLUTIONAL = frozenset({"encoder", "decoder"})
# The attention's norm enlarges rounding 300-fold, so it is computed in float32 everywhere; the
# aggregation has no weights and adds up, in which half precision loses most.
_VARIANTS: dict[str, tuple[Transform, frozenset[str]]] = {
    "fp16": (halve, _CONVOLUTIONAL),
    "int8": (quantise_convolutions, _CONVOLUTIONAL),
    "w8": (store_weights_in_8_bits, _CONVOLUTIONAL | {"attention"}),
}
VARIANTS: tuple[str, ...] = (BASE, *_VARIANTS)
"""fp32; fp16 for GPUs; int8 (8-bit convolutions) for WASM; w8 (8-bit weights) for the download."""

LOGIT_TOLERANCES = {BASE: 1e-3, "fp16": 0.5, "int8": 2.0, "w8": 4.0}
"""Largest difference of a logit of the golden tile to PyTorch. For float32 a promise. For the
others a check that they are not broken, wide enough for untrained weights, of which single logits
move by up to 3.2 (trained: 0.3); what the card promises of them is label agreement."""


def in_precision(model: onnx.ModelProto, stage: str, precision: str) -> onnx.ModelProto | None:
    """The float32 ``model`` of a stage in ``precision``; None where the stage stays float32."""
    if precision == BASE:
        return model
    transform, stages = _VARIANTS[precision]
    return transform(model) if stage in stages else None


def variant_paths(files: Mapping[str, Mapping[str, Path]], precision: str) -> dict[str, Path]:
    """By stage the file to run for ``precision``: where a stage has none, its float32 one."""
    return {stage: by_name.get(precision, by_name[BASE]) for stage, by_name in files.items()}


def variant_list(text: str) -> tuple[str, ...]:
    """Precisions of a command line's ``fp32,int8``. Raises ``argparse.ArgumentTypeError``."""
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in VARIANTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown: {', '.join(unknown)}; known are {', '.join(VARIANTS)}"
        )
    return names
