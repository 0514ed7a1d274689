"""The three stages run by ONNX Runtime as the browser does, and their check against PyTorch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

STRIP_PIXELS = 1024
"""Pixels of one attention call; the browser uses the same, for its memory's sake."""

Array = npt.NDArray[np.float32]


class ExportError(RuntimeError):
    """The written graphs do not give the network's answer."""


@dataclass(frozen=True)
class StagePaths:
    """The three graph files of one precision."""

    encoder: Path
    attention: Path
    decoder: Path


def run_stages(paths: StagePaths, x: Array, days: Array) -> Array:
    """Logits ``[classes, rows, columns]`` of a normalised ``x [T, bands, rows, columns]``."""
    encode, attend, decode = (_session(p) for p in (paths.encoder, paths.attention, paths.decoder))
    rows, columns = x.shape[-2:]
    features = np.stack([encode.run(None, {"pixels": date[None]})[0] for date in x])
    strips = [
        attend.run(None, {"features": features[:, start : start + STRIP_PIXELS], "days": days})[0]
        for start in range(0, rows * columns, STRIP_PIXELS)
    ]
    embedding = np.concatenate(strips).reshape(rows, columns, -1)
    logits: Array = decode.run(None, {"embedding": embedding})[0][0]
    return logits


def check_stages(paths: StagePaths, x: Array, days: Array, expected: Array, limit: float) -> float:
    """Largest difference of logits to ``expected``; beyond ``limit`` an :class:`ExportError`."""
    difference = float(np.abs(run_stages(paths, x, days) - expected).max())
    if not difference <= limit:  # also catches NaN
        raise ExportError(
            f"The stages in {paths.encoder.parent} differ from PyTorch by {difference:.2g} "
            f"in a logit, more than {limit:g}."
        )
    return difference


def _session(path: Path) -> ort.InferenceSession:
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
