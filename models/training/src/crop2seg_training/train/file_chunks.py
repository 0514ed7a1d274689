"""Batches of a data set of files, epoch after epoch, with or without weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from crop2seg_training.datasets import (
    DatasetError,
    DateChoice,
    Entry,
    LabelledSeries,
    LabelledSet,
    SeriesChoice,
    choose_dates,
    open_data,
)
from crop2seg_training.datasets.parts import divide
from crop2seg_training.train.augment import drop_dates, vary
from crop2seg_training.train.batch import Batch, stack
from crop2seg_training.train.config import TrainConfig

ORDER_STREAM, PATCH_STREAM = 401, 402


@dataclass(frozen=True)
class FileData:
    """A data set divided for training."""

    data: LabelledSet
    train: tuple[Entry, ...]
    val: tuple[Entry, ...]
    weights: np.ndarray | None
    """Chance of each training entry, summing to 1; None: each once an epoch."""
    choice: DateChoice


def open_training_data(config: TrainConfig) -> FileData:
    """What a run trains and validates on. Raises DatasetError."""
    data = open_data(config.data, SeriesChoice(config.season, config.months))
    parts = divide(data, Path(config.split) if config.split else None, config.fold)
    if not parts["train"]:
        raise DatasetError(f"{data.name} has no training entry")
    weights = None
    if config.weights is not None:
        weights = read_weights(Path(config.weights), parts["train"])
    choice = DateChoice(config.first_day, config.last_day, config.single_day)
    return FileData(data, parts["train"], parts["val"], weights, choice)


def read_weights(path: Path, entries: tuple[Entry, ...]) -> np.ndarray:
    """Chances of the entries from a file of weights by name. Raises DatasetError for gaps."""
    named = json.loads(path.read_text(encoding="utf-8"))
    missing = [entry.name for entry in entries if entry.name not in named]
    if missing:
        raise DatasetError(f"{path} has no weight for {len(missing)} entries, first {missing[0]}")
    weights = np.array([named[entry.name] for entry in entries], float)
    if (weights < 0).any() or weights.sum() <= 0:
        raise DatasetError(f"{path} holds negative weights, or none above 0")
    return weights / weights.sum()


def batches_per_epoch(entries: int, batch_size: int) -> int:
    """Whole batches; what is left over of an epoch's order stays out until the next one."""
    return max(1, entries // batch_size)


def epoch_order(data: FileData, config: TrainConfig, epoch: int) -> np.ndarray:
    """Places of the entries in the order of an epoch, enough for its batches."""
    rng = np.random.default_rng([config.seed, ORDER_STREAM, epoch])
    count = len(data.train)
    needed = batches_per_epoch(count, config.batch_size) * config.batch_size
    if data.weights is not None:
        return rng.choice(count, needed, p=data.weights)
    return np.resize(rng.permutation(count), needed)


@lru_cache(maxsize=1)
def _opened(config: TrainConfig) -> FileData:
    return open_training_data(config)


def read_series(data: FileData, entry: Entry) -> LabelledSeries:
    """An entry with the dates that the run chose."""
    return choose_dates(data.data.read(entry), data.choice)


@cache
def _kept_series(config: TrainConfig, entry: Entry) -> LabelledSeries:
    return read_series(_opened(config), entry)


def make_file_chunk(config: TrainConfig, number: int) -> list[Batch]:
    """Batch `number` of a run, as a chunk of one."""
    data = _opened(config)
    epoch, place = divmod(number, batches_per_epoch(len(data.train), config.batch_size))
    first = place * config.batch_size
    order = epoch_order(data, config, epoch)[first : first + config.batch_size]
    rng = np.random.default_rng([config.seed, PATCH_STREAM, number])
    entries = [data.train[i] for i in order]
    if config.cache:
        samples = [_kept_series(config, entry) for entry in entries]
    else:
        samples = [read_series(data, entry) for entry in entries]
    kept = [drop_dates(len(series.days), config.date_dropout, rng) for series in samples]
    limit = config.max_dates or max(len(dates) for dates in kept)
    count = min(limit, *(len(dates) for dates in kept))
    patches = []
    for series, dates in zip(samples, kept):
        shared = np.sort(rng.choice(dates, count, replace=False))
        patches.append(
            vary(series, shared, config.patch, config.augment, data.data.scheme.ignored, rng)
        )
    return [stack(patches)]
