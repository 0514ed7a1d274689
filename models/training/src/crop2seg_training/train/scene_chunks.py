"""Batches of simulated seasons, drawn anew without end or kept and shown in other forms.

Drawing the scenes of a chunk takes about as long as learning from it on one processor, so a run on
few processors may draw some and go through them many times.
"""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.nomenclature import BACKGROUND
from crop2seg_training.data.parcels import Split
from crop2seg_training.simulate.archive import simulate_archive
from crop2seg_training.simulate.scene import TRAINING_CLASS_WEIGHTS, Scene
from crop2seg_training.train.augment import cut_place, turn
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.season import (
    LEAST_DATES,
    Form,
    dates_within,
    draw_form,
    draw_validity,
    move_days,
    pick_dates,
    tint,
)

# Separate seed spaces, so that no validation scene is ever a training scene.
STREAM_OF_SPLIT: dict[Split, int] = {"training": 101, "validation": 202}
FORM_STREAM = 304
"""Seed space of the forms in which scenes are shown, apart from those of the scenes."""
LEAST_CROP_SHARE = 0.15  # of a patch; emptier places are drawn again a few times
PLACE_TRIES = 4
LEAST_BATCH = 2  # samples, below which the decoder's norms have too little to go by


def draw_scenes(config: TrainConfig, number: int) -> list[Scene]:
    """The scenes of one chunk; they depend on the run's seed and on `number` alone."""
    rng = np.random.default_rng([config.seed, STREAM_OF_SPLIT["training"], number])
    scenes: list[Scene] = []
    while len(scenes) < config.scenes_per_chunk:
        mosaic = bool(rng.random() < config.mosaic_share)
        scene = simulate_archive(config.scene, "training", rng, mosaic, TRAINING_CLASS_WEIGHTS)
        if len(scene.days) >= LEAST_DATES:
            scenes.append(scene)
    return scenes


def _place(scene: Scene, patch: int, rng: np.random.Generator) -> tuple[int, int]:
    row = column = 0
    for _ in range(PLACE_TRIES):
        row, column = cut_place((scene.labels.shape[0], scene.labels.shape[1]), patch, rng)
        cut = scene.labels[row : row + patch, column : column + patch]
        if (cut != BACKGROUND).mean() >= LEAST_CROP_SHARE:
            break
    return row, column


def show_patch(
    scene: Scene, patch: int, form: Form, usable: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """dn, days, labels and valid of a random place, choice of dates, turn, flip and tint."""
    row, column = _place(scene, patch, rng)
    kept = pick_dates(scene.scl, usable, form.dates, form.clearest, rng)
    area = (slice(row, row + patch), slice(column, column + patch))
    scl = scene.scl[kept].repeat(2, axis=1).repeat(2, axis=2)
    valid = draw_validity(scl, rng)[(..., *area)]
    dn = tint(scene.dn[kept][(..., *area)], rng)
    turns, flip = int(rng.integers(4)), bool(rng.integers(2))
    dn, labels = turn(dn, scene.labels[area], turns, flip)
    valid, _ = turn(valid, labels, turns, flip)
    return dn, move_days(scene.days[kept], rng), labels, valid


def batch_size(config: TrainConfig, dates: int) -> int:
    """Samples of a batch of so many dates: all steps then cost about the same."""
    if config.batch_dates is None:
        return config.batch_size
    return int(np.clip(config.batch_dates // dates, LEAST_BATCH, 2 * config.batch_size))


def show_batch(scenes: list[Scene], config: TrainConfig, rng: np.random.Generator) -> Batch:
    """A batch of patches of the scenes, of one form."""
    form = draw_form(config.dates, rng)
    size = batch_size(config, form.dates)
    chosen = [scenes[i] for i in rng.choice(len(scenes), size, replace=size > len(scenes))]
    usable = [dates_within(scene.days, form) for scene in chosen]
    count = min(form.dates, *(len(places) for places in usable))
    form = Form(form.first, form.last, count, form.clearest)
    shown = [
        show_patch(scene, config.patch, form, places, rng)
        for scene, places in zip(chosen, usable, strict=True)
    ]
    dn, days, labels, valid = (np.stack(parts) for parts in zip(*shown, strict=True))
    return Batch(dn, days, labels, valid)


def show_chunk(scenes: list[Scene], config: TrainConfig, number: int) -> list[Batch]:
    """The batches of chunk `number`, which shows these scenes."""
    rng = np.random.default_rng([config.seed, FORM_STREAM, number])
    return [show_batch(scenes, config, rng) for _ in range(config.scene_batches_per_chunk)]


def validation_scenes(config: TrainConfig) -> list[Scene]:
    """Scenes of held-out seeds whose real parcels are held out by location."""
    scenes = []
    for number in range(config.validation_scenes):
        rng = np.random.default_rng([STREAM_OF_SPLIT["validation"], number])
        scenes.append(
            simulate_archive(config.scene, "validation", rng, weights=TRAINING_CLASS_WEIGHTS)
        )
    return scenes
