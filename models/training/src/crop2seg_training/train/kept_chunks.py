"""Simulated scenes that are drawn once, kept in files, and shown again in other forms.

Drawing a chunk takes about as long as learning from it on one processor, so a run on few processors
may draw some hundred and go through them several times: turned, and with fewer of their dates.
"""

from __future__ import annotations

import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from crop2seg_training.train.augment import turn
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.scene_chunks import make_scene_chunk

REPEAT_STREAM = 303
"""Seed space of the forms in which a chunk is shown again, apart from those of the scenes."""
LEAST_KEPT_SHARE = 0.65  # of a chunk's dates, when it is shown again
LEAST_KEPT = 8
"""Dates that a chunk keeps at least, or all where it has fewer: fewer say little of a season."""


def shown_again(batch: Batch, rng: np.random.Generator) -> Batch:
    """The batch turned by quarters, flipped or not, with a random subset of its dates."""
    turns, flip = int(rng.integers(4)), bool(rng.integers(2))
    count = batch.days.shape[1]
    left = max(min(LEAST_KEPT, count), round(count * rng.uniform(LEAST_KEPT_SHARE, 1)))
    kept = np.sort(rng.choice(count, left, replace=False))
    forms = [
        turn(dn[kept], labels, turns, flip)
        for dn, labels in zip(batch.dn, batch.labels, strict=True)
    ]
    return Batch(
        np.stack([dn for dn, _ in forms]),
        np.ascontiguousarray(batch.days[:, kept]),
        np.stack([labels for _, labels in forms]),
    )


def _read(path: Path) -> list[Batch] | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            count = len(kept.files) // 3
            return [
                Batch(kept[f"dn{i}"], kept[f"days{i}"], kept[f"labels{i}"]) for i in range(count)
            ]
    except (OSError, ValueError, KeyError, BadZipFile):
        return None  # not there, or cut short: drawn again


def _write(path: Path, batches: list[Batch]) -> None:
    arrays = {
        f"{name}{i}": getattr(batch, name)
        for i, batch in enumerate(batches)
        for name in ("dn", "days", "labels")
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(unfinished, **arrays)
    unfinished.replace(path)


def kept_chunk(config: TrainConfig, number: int, distinct: int) -> list[Batch]:
    """Chunk `number` of a run that draws `distinct` chunks.

    The first ones are those of `make_scene_chunk`; each later one is an earlier one in another
    order and form that depends on the run's seed and on `number` alone. Files under
    `config.chunk_folder` are for runs of the same settings of data; without a folder scenes are
    drawn again each time.
    """
    place = number % distinct
    path = Path(config.chunk_folder) / f"{place}.npz" if config.chunk_folder else None
    batches = _read(path) if path else None
    if batches is None:
        batches = make_scene_chunk(config, place)
        if path:
            _write(path, batches)
    if number < distinct:
        return batches
    rng = np.random.default_rng([config.seed, REPEAT_STREAM, number])
    return [shown_again(batches[i], rng) for i in rng.permutation(len(batches))]
