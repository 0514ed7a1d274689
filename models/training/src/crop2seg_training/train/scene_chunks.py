"""Batches of simulated scenes, drawn anew without end."""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.nomenclature import BACKGROUND
from crop2seg_training.data.parcels import Split
from crop2seg_training.simulate.scene import TRAINING_CLASS_WEIGHTS, Scene, simulate_scene
from crop2seg_training.train.augment import cut_place, turn
from crop2seg_training.train.batch import Batch, Patch, stack
from crop2seg_training.train.config import TrainConfig

# Separate seed spaces, so that no validation scene is ever a training scene.
STREAM_OF_SPLIT: dict[Split, int] = {"training": 101, "validation": 202}
LEAST_CROP_SHARE = 0.15  # of a patch; emptier places are drawn again a few times
PLACE_TRIES = 4


def _place(scene: Scene, patch: int, rng: np.random.Generator) -> tuple[int, int]:
    row = column = 0
    for _ in range(PLACE_TRIES):
        row, column = cut_place((scene.labels.shape[0], scene.labels.shape[1]), patch, rng)
        cut = scene.labels[row : row + patch, column : column + patch]
        if (cut != BACKGROUND).mean() >= LEAST_CROP_SHARE:
            break
    return row, column


def cut_patch(scene: Scene, patch: int, dates: int, rng: np.random.Generator) -> Patch:
    """A random place, subset of dates, turn and flip of a scene."""
    row, column = _place(scene, patch, rng)
    kept = np.sort(rng.choice(len(scene.days), dates, replace=False))
    area = (slice(row, row + patch), slice(column, column + patch))
    turns, flip = int(rng.integers(4)), bool(rng.integers(2))
    dn, labels = turn(scene.dn[kept][(..., *area)], scene.labels[area], turns, flip)
    return dn, scene.days[kept], labels


def make_scene_chunk(config: TrainConfig, number: int) -> list[Batch]:
    """The batches of one chunk, all with the same number of dates."""
    rng = np.random.default_rng([config.seed, STREAM_OF_SPLIT["training"], number])
    dates = int(rng.integers(config.dates[0], config.dates[1] + 1))
    recorded = int(np.ceil(dates / (1 - config.date_dropout)))
    patches = []
    for _ in range(config.scenes_per_chunk):
        mosaic = bool(rng.random() < config.mosaic_share)
        scene = simulate_scene(
            config.scene, recorded, "training", rng, mosaic, TRAINING_CLASS_WEIGHTS
        )
        patches += [
            cut_patch(scene, config.patch, dates, rng) for _ in range(config.patches_per_scene)
        ]
    order = rng.permutation(len(patches))
    return [
        stack([patches[i] for i in order[first : first + config.batch_size]])
        for first in range(0, config.scene_batches_per_chunk * config.batch_size, config.batch_size)
    ]


def validation_scenes(config: TrainConfig) -> list[Scene]:
    """Scenes of held-out seeds whose real parcels are held out by location."""
    scenes = []
    for number in range(config.validation_scenes):
        rng = np.random.default_rng([STREAM_OF_SPLIT["validation"], number])
        dates = int(rng.integers(config.dates[0], config.dates[1] + 1))
        scenes.append(
            simulate_scene(config.scene, dates, "validation", rng, weights=TRAINING_CLASS_WEIGHTS)
        )
    return scenes
