"""The stages run by ONNX Runtime as the browser does, and their check against PyTorch."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
class StageRunner:
    """Sessions of all stages of one network in one precision."""

    sessions: Mapping[str, ort.InferenceSession]

    def run(self, x: Array, days: Array) -> Array:
        """Logits ``[classes, rows, columns]`` of a normalised ``x [T, bands, rows, columns]``."""
        dates = [self._call("encoder", {"pixels": date[None]}) for date in x]
        features = np.stack([date.pop("features") for date in dates])
        found = self._attend(features, days)
        # Pixels of the attended scale: all, or one of each block of several rows and columns.
        step = math.isqrt(x.shape[-2] * x.shape[-1] // features.shape[1])
        rows, columns = x.shape[-2] // step, x.shape[-1] // step
        inputs: dict[str, Array] = {}
        if "embedding" in found:
            inputs["embedding"] = found["embedding"].reshape(rows, columns, -1)
        if "weights" in found:
            inputs |= self._aggregate(dates, found["weights"], rows, columns)
        return self._call("decoder", inputs)["logits"][0]

    def _attend(self, features: Array, days: Array) -> dict[str, Array]:
        """The attention in strips of pixels; weights ``[T, heads, P]``, embedding ``[P, C]``."""
        strips = [
            self._call(
                "attention", {"features": features[:, start : start + STRIP_PIXELS], "days": days}
            )
            for start in range(0, features.shape[1], STRIP_PIXELS)
        ]
        axis = {"embedding": 0, "weights": 2}
        return {k: np.concatenate([strip[k] for strip in strips], axis[k]) for k in strips[0]}

    def _aggregate(
        self, dates: list[dict[str, Array]], weights: Array, rows: int, columns: int
    ) -> dict[str, Array]:
        """``totalN`` of each ``skipN``, one date at a time."""
        totals = {k.replace("skip", "total"): np.zeros_like(v) for k, v in dates[0].items()}
        for date, weight in zip(dates, weights):
            sums = {k.replace("total", "sum"): v for k, v in totals.items()}
            maps = weight.reshape(1, -1, rows, columns)
            totals = self._call("aggregate", {"weights": maps, **date, **sums})
        return totals

    def _call(self, stage: str, inputs: Mapping[str, Array]) -> dict[str, Array]:
        session = self.sessions[stage]
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, dict(inputs))))


def open_stages(paths: Mapping[str, Path]) -> StageRunner:
    """A runner of graph files by stage."""
    providers = ["CPUExecutionProvider"]
    return StageRunner(
        {stage: ort.InferenceSession(str(p), providers=providers) for stage, p in paths.items()}
    )


def check_stages(
    paths: Mapping[str, Path], x: Array, days: Array, expected: Array, limit: float
) -> float:
    """Largest difference of logits to ``expected``; beyond ``limit`` an :class:`ExportError`."""
    difference = float(np.abs(open_stages(paths).run(x, days) - expected).max())
    if not difference <= limit:  # also catches NaN
        raise ExportError(
            f"The stages {', '.join(path.name for path in paths.values())} differ from PyTorch by "
            f"{difference:.2g} in a logit, more than {limit:g}."
        )
    return difference
