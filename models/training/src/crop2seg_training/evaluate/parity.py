"""A fixture on real data: what PyTorch makes of pixels that GDAL has read.

The browser's pipeline repeats it from the files on, so that reader, resampling, normalisation and
staged inference are all held against an independent chain at once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crop2seg_training.data import BANDS
from crop2seg_training.datasets.catalogue import (
    choose_scenes,
    grid_of,
    read_classifications,
    read_scene,
)
from crop2seg_training.datasets.record import LabelledSeries
from crop2seg_training.evaluate.network import predict_with
from crop2seg_training.export.trained import load_network

MAX_SCENES = 12
"""Enough of a season for a sensible map, few enough for a quick test."""
TOLERANCE_PROBABILITY = 1e-3


@dataclass(frozen=True)
class ParityRequest:
    """Which season of which catalogue on which grid."""

    model_dir: Path
    catalogue: Path
    like: Path
    season: int
    months: str


def write_parity_fixture(request: ParityRequest, out: Path) -> dict[str, object]:
    """Write ``out`` (JSON) and probabilities float32 beside it (``.bin``); the JSON's content."""
    grid = grid_of(request.like)
    scenes = choose_scenes(request.catalogue, request.season, request.months, MAX_SCENES)
    dn = np.stack([read_scene(scene, grid) for scene in scenes])
    days = [scene.day for scene in scenes]

    card = json.loads((request.model_dir / "model.json").read_text(encoding="utf-8"))
    weights_path = request.model_dir / "weights.npz"
    # Sizes and normalisation by the card, as in the browser: a folder may be older than this code.
    trained = load_network(weights_path)
    series = LabelledSeries(
        name=request.catalogue.name,
        dn=dn,
        days=np.array(days, np.int32),
        labels=np.zeros((grid.rows, grid.columns), np.uint8),
        scl=read_classifications(scenes, grid),
    )
    probabilities = predict_with(trained)(series).astype("<f4")

    content = probabilities.tobytes()
    binary = out.with_suffix(".bin")
    fixture: dict[str, object] = {
        "about": "PyTorch on pixels read with GDAL; made by crop2seg-train parity",
        "model": card["name"],
        "weightsSha256": hashlib.sha256(weights_path.read_bytes()).hexdigest(),
        "catalogue": request.catalogue.resolve().name,
        "like": request.like.name,
        "season": request.season,
        "months": request.months,
        "bands": list(BANDS),
        "scenes": [scene.id for scene in scenes],
        "days": days,
        "dnSums": dn.sum(axis=(2, 3), dtype=np.int64).tolist(),
        "probabilities": {
            "path": binary.name,
            "dtype": "float32",
            "shape": list(probabilities.shape),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
        "toleranceProbability": TOLERANCE_PROBABILITY,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    binary.write_bytes(content)
    out.write_text(json.dumps(fixture, indent=1) + "\n", encoding="utf-8")
    return fixture
