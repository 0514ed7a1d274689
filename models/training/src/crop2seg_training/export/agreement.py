"""How often a rounded variant gives the label that float32 gives, and what that does to scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crop2seg_training.data import DEFAULT_NORMALISATION, Normalisation
from crop2seg_training.export.staged import open_stages
from crop2seg_training.export.variants import BASE, variant_paths

SEED_STREAM = 303
"""First number of the seeds of these scenes: no training or validation scene has it."""
DEFAULT_SCENES = 4
"""65 536 pixels: enough to tell 99 % agreement from 98 %, in about a minute per precision."""
SCENE_PIXELS = 128
SCENE_DATES = 20
"""Of a season with its usual clouds: near the middle of what the networks are trained with."""


@dataclass(frozen=True)
class LabelledScene:
    """``dn [T, bands, rows, columns]``, ``days [T]`` and ``labels [rows, columns]``."""

    dn: npt.NDArray[np.uint16]
    days: npt.NDArray[np.int32]
    labels: npt.NDArray[np.uint8]


def made_scenes(count: int) -> list[LabelledScene]:
    """Simulated scenes of seeds and parcels that no network was trained on."""
    from crop2seg_training.simulate.scene import simulate_scene

    made = (
        simulate_scene(
            SCENE_PIXELS, SCENE_DATES, "validation", np.random.default_rng([SEED_STREAM, number])
        )
        for number in range(count)
    )
    return [LabelledScene(scene.dn, scene.days, scene.labels) for scene in made]


def measure_variants(
    files: Mapping[str, Mapping[str, Path]],
    precisions: Sequence[str],
    scenes: Sequence[LabelledScene],
    normalisation: Normalisation = DEFAULT_NORMALISATION,
) -> list[dict[str, object]]:
    """The card's ``variants``: agreement of labels with float32 and macro F1, per precision."""
    # evaluate reads checkpoints through this room.
    from crop2seg_training.evaluate.metrics import evaluate_map

    labels = np.stack([scene.labels for scene in scenes])
    maps = {
        p: _maps(variant_paths(files, p), scenes, normalisation)
        for p in dict.fromkeys((BASE, *precisions))
    }
    where = (
        f"{len(scenes)} simulated scenes of {SCENE_PIXELS} x {SCENE_PIXELS} pixels and "
        f"{SCENE_DATES} dates, seeds [{SEED_STREAM}, 0..{len(scenes) - 1}]"
    )
    return [
        {
            "precision": precision,
            "labelAgreement": round(float((maps[precision] == maps[BASE]).mean()), 5),
            "macroF1": round(evaluate_map(maps[precision], labels)["all"]["macroF1"] or 0.0, 4),
            "pixels": int(labels.size),
            "dataset": where,
        }
        for precision in precisions
    ]


def _maps(
    paths: Mapping[str, Path], scenes: Sequence[LabelledScene], normalisation: Normalisation
) -> npt.NDArray[np.int64]:
    """Labels ``[scenes, rows, columns]``."""
    runner = open_stages(paths)
    return np.stack(
        [
            runner.run(normalisation.apply(scene.dn), scene.days.astype(np.float32)).argmax(0)
            for scene in scenes
        ]
    )
