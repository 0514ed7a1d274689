"""The stages run by ONNX Runtime as the browser does, and their check against PyTorch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

STRIP_PIXELS = 1024
"""Pixels of one attention call; the browser uses the same, for its memory's sake."""

Array = npt.NDArray[np.float32]


class ExportError(RuntimeError):
    """The written graphs do not give the network's answer."""


@dataclass(frozen=True)
class StageInputs:
    """Normalised ``x [T, bands, rows, columns]``, ``days [T]`` and, for a network that masks,
    ``valid [T, rows, columns]`` of 0 and 1 (None: all).
    """

    x: Array
    days: Array
    valid: npt.NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class StageRunner:
    """Sessions of all stages of one network in one precision."""

    sessions: Mapping[str, ort.InferenceSession]

    @property
    def masks(self) -> bool:
        """Whether the stages leave out invalid pixels."""
        return any(entry.name == "valid" for entry in self.sessions["encoder"].get_inputs())

    def run(self, inputs: StageInputs) -> Array:
        """Logits ``[classes, rows, columns]``."""
        x, seen = inputs.x, self._validity(inputs)
        dates = [
            self._call("encoder", {"pixels": date[None], **_only("valid", seen, place)})
            for place, date in enumerate(x)
        ]
        features = np.stack([date.pop("features") for date in dates])
        # Pixels of the attended scale: all, or one of each block of several rows and columns.
        step = math.isqrt(x.shape[-2] * x.shape[-1] // features.shape[1])
        rows, columns = x.shape[-2] // step, x.shape[-1] // step
        coarse = None
        if seen is not None:
            blocks = seen.reshape(len(x), rows, step, columns, step)
            coarse = blocks.max((2, 4)).reshape(len(x), -1)
        found = self._attend(features, inputs.days, coarse)
        maps: dict[str, Array] = {}
        if "embedding" in found:
            maps["embedding"] = found["embedding"].reshape(rows, columns, -1)
        if "weights" in found:
            weights = found["weights"].reshape(len(x), 1, -1, rows, columns)
            maps |= self._aggregate(dates, weights, seen)
        return self._call("decoder", maps)["logits"][0]

    def _validity(self, inputs: StageInputs) -> Array | None:
        """``[T, 1, 1, rows, columns]`` for stages that want it."""
        if not self.masks:
            return None
        shape = (len(inputs.x), 1, 1, *inputs.x.shape[2:])
        if inputs.valid is None:
            return np.ones(shape, np.float32)
        return inputs.valid.astype(np.float32).reshape(shape)

    def _attend(self, features: Array, days: Array, valid: Array | None) -> dict[str, Array]:
        """The attention in strips of pixels; weights ``[T, heads, P]``, embedding ``[P, C]``."""
        strips = []
        for start in range(0, features.shape[1], STRIP_PIXELS):
            strip = (slice(None), slice(start, start + STRIP_PIXELS))
            inputs = {"features": features[strip], "days": days, **_only("valid", valid, strip)}
            strips.append(self._call("attention", inputs))
        axis = {"embedding": 0, "weights": 2}
        return {k: np.concatenate([strip[k] for strip in strips], axis[k]) for k in strips[0]}

    def _aggregate(
        self, dates: list[dict[str, Array]], weights: Array, valid: Array | None
    ) -> dict[str, Array]:
        """``totalN`` of each ``skipN``, and ``weighttotalN``, one date at a time."""
        totals: dict[str, Array] = {}
        for name, skip in dates[0].items():
            totals[name.replace("skip", "total")] = np.zeros_like(skip)
            if valid is not None:
                of_weights = (*weights.shape[1:3], *skip.shape[2:])
                totals[name.replace("skip", "weighttotal")] = np.zeros(of_weights, np.float32)
        for place, date in enumerate(dates):
            sums = {k.replace("total", "sum"): v for k, v in totals.items()}
            seen = _only("valid", valid, place)
            totals = self._call("aggregate", {"weights": weights[place], **seen, **date, **sums})
        return totals

    def _call(self, stage: str, inputs: Mapping[str, Array]) -> dict[str, Array]:
        session = self.sessions[stage]
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, dict(inputs))))


def _only(name: str, values: Array | None, place: Any) -> dict[str, Array]:
    """A part of the values under a name, or nothing where there are none."""
    return {} if values is None else {name: np.ascontiguousarray(values[place])}


def open_stages(paths: Mapping[str, Path]) -> StageRunner:
    """A runner of graph files by stage."""
    providers = ["CPUExecutionProvider"]
    return StageRunner(
        {stage: ort.InferenceSession(str(p), providers=providers) for stage, p in paths.items()}
    )


def check_stages(
    paths: Mapping[str, Path], inputs: StageInputs, expected: Array, limit: float
) -> float:
    """Largest difference of logits to ``expected``; beyond ``limit`` an :class:`ExportError`."""
    difference = float(np.abs(open_stages(paths).run(inputs) - expected).max())
    if not difference <= limit:  # also catches NaN
        raise ExportError(
            f"The stages {', '.join(path.name for path in paths.values())} differ from PyTorch by "
            f"{difference:.2g} in a logit, more than {limit:g}."
        )
    return difference
