"""A network with lively weights, and the model folder it was exported to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crop2seg_training.export import ExportReport, put_weights
from crop2seg_training.networks import SeriesNetwork, build_network, configure
from golden_recipe import weight


def with_lively_weights(name: str, **options: object) -> SeriesNetwork:
    """A network whose every norm is away from its neutral start."""
    network = build_network(name, configure(name, **options)).eval()
    state = network.state_dict()
    put_weights(
        network, {k: weight(k, tuple(v.shape)).astype(np.float32) for k, v in state.items()}
    )
    return network


@dataclass(frozen=True)
class Exported:
    network: SeriesNetwork
    folder: Path
    report: ExportReport

    @property
    def card(self) -> dict:
        return json.loads((self.folder / "model.json").read_text())

    def paths(self, precision: str = "fp32") -> dict[str, Path]:
        return {
            stage: self.folder / entry["files"].get(precision, entry["files"]["fp32"])["path"]
            for stage, entry in self.card["stages"].items()
        }
