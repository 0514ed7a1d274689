"""An endless, reproducible stream of simulated batches, made in worker processes.

Chunk number i depends on the seed and on i alone; worker w of n makes chunks w, w + n, ... and the
reader takes them in turn. So batch k is the same in every run, and a resumed run starts at batch k
without making the ones before it again.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from queue import Empty
from typing import cast

import numpy as np

from crop2seg_training.allocator import keep_freed_memory
from crop2seg_training.data.nomenclature import BACKGROUND
from crop2seg_training.data.parcels import Split
from crop2seg_training.simulate.scene import TRAINING_CLASS_WEIGHTS, Scene, simulate_scene
from crop2seg_training.train.config import TrainConfig

# Separate seed spaces, so that no validation scene is ever a training scene.
STREAM_OF_SPLIT: dict[Split, int] = {"training": 101, "validation": 202}
LEAST_CROP_SHARE = 0.15  # of a patch; emptier places are drawn again a few times
PLACE_TRIES = 4
QUEUE_CHUNKS = 3  # chunks a worker may be ahead; one is about 40 MB
WORKER_CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class Batch:
    """dn uint16 [samples, dates, 10, rows, columns]; days int32 [samples, dates] since
    1 September of the year before; labels uint8 [samples, rows, columns]."""

    dn: np.ndarray
    days: np.ndarray
    labels: np.ndarray


def _place(scene: Scene, patch: int, rng: np.random.Generator) -> tuple[int, int]:
    spare = scene.labels.shape[0] - patch
    row = column = 0
    for _ in range(PLACE_TRIES):
        # Even offsets keep the phase of the 20 m bands.
        row, column = (2 * int(v) for v in rng.integers(0, spare // 2 + 1, 2))
        cut = scene.labels[row : row + patch, column : column + patch]
        if (cut != BACKGROUND).mean() >= LEAST_CROP_SHARE:
            break
    return row, column


def cut_patch(
    scene: Scene, patch: int, dates: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A random place, subset of dates, turn and flip of a scene: dn, days, labels."""
    row, column = _place(scene, patch, rng)
    kept = np.sort(rng.choice(len(scene.days), dates, replace=False))
    area = (slice(row, row + patch), slice(column, column + patch))
    turns, flip = int(rng.integers(4)), bool(rng.integers(2))
    dn = np.rot90(scene.dn[kept][(..., *area)], turns, (2, 3))
    labels = np.rot90(scene.labels[area], turns)
    if flip:
        dn, labels = dn[..., ::-1], labels[..., ::-1]
    return np.ascontiguousarray(dn), scene.days[kept], np.ascontiguousarray(labels)


def make_chunk(config: TrainConfig, number: int) -> list[Batch]:
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
    batches = []
    for first in range(0, config.batches_per_chunk * config.batch_size, config.batch_size):
        chosen = [patches[i] for i in order[first : first + config.batch_size]]
        batches.append(Batch(*(np.stack(parts) for parts in zip(*chosen, strict=True))))
    return batches


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


def _work(config: TrainConfig, first: int, step: int, queue: Queue[list[Batch]]) -> None:
    keep_freed_memory()
    number = first
    while True:
        queue.put(make_chunk(config, number))
        number += step


def _next_chunk(queue: Queue[list[Batch]], processes: Sequence[BaseProcess]) -> list[Batch]:
    """Next chunk of a worker; notices a worker that died instead of waiting for ever."""
    while True:
        try:
            return queue.get(timeout=WORKER_CHECK_SECONDS)
        except Empty:
            dead = [process for process in processes if process.exitcode is not None]
            if dead:
                raise RuntimeError(
                    f"a simulation worker stopped with exit code {dead[0].exitcode}; "
                    "its message is above"
                ) from None


def read_batches(config: TrainConfig, start: int) -> Generator[Batch, None, None]:
    """Batches from number `start` on, without end. Workers stop when the iterator is closed."""
    first_chunk, skip = divmod(start, config.batches_per_chunk)
    if config.workers == 0:
        number = first_chunk
        while True:
            yield from make_chunk(config, number)[skip:]
            number, skip = number + 1, 0
    context = multiprocessing.get_context("spawn")
    queues = [
        cast("Queue[list[Batch]]", context.Queue(maxsize=QUEUE_CHUNKS))
        for _ in range(config.workers)
    ]
    processes = [
        context.Process(
            target=_work,
            args=(config, first_chunk + worker, config.workers, queues[worker]),
            daemon=True,
        )
        for worker in range(config.workers)
    ]
    for process in processes:
        process.start()
    try:
        turn = 0
        while True:
            chunk = _next_chunk(queues[turn % config.workers], processes)
            yield from chunk[skip:]
            turn, skip = turn + 1, 0
    finally:
        for process in processes:
            process.terminate()
