"""What a set of weights is: file, architecture, sizes and normalisation, by what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crop2seg_training.data.normalisation import DEFAULT_NORMALISATION
from crop2seg_training.export.trained import described, weights_file


@dataclass(frozen=True)
class Start:
    """Weights to train on from."""

    weights: Path
    model: str
    network: dict[str, Any]
    normalisation: dict[str, list[float]] | None


def describe_start(checkpoint: Path) -> Start:
    """The weights in a file, or in the folder of a run or of a model."""
    weights = weights_file(checkpoint)
    about = described(weights.parent)
    norm, own = about.normalisation, None
    if norm != DEFAULT_NORMALISATION:
        own = {"mean": list(norm.mean), "std": list(norm.std)}
    return Start(weights, about.model, about.network, own)
