"""`crop2seg-train dataset`: what is in a data set, and what training on it needs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from crop2seg_training.datasets.parts import divide, only
from crop2seg_training.datasets.record import DatasetError, LabelledSet
from crop2seg_training.datasets.s2tsczcrop import NORM_FILE, TO_STORED_ORDER
from crop2seg_training.datasets.source import SOURCES, SeriesChoice, open_data
from crop2seg_training.datasets.split import (
    SEPARATOR_EVERY,
    random_split,
    spatial_split,
    worth_keeping,
)
from crop2seg_training.datasets.statistics import measure, norm_of, pooled_norm, summary
from crop2seg_training.datasets.weights import class_weights, sample_weight

DEFAULT_SEED = 42


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "dataset",
        help="split a data set apart on the ground; its statistics, normalisation and weights",
    )
    parser.add_argument("--data", required=True, help=SOURCES)
    parser.add_argument("--out", type=Path, required=True, help="folder for the four files")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the split")
    parser.add_argument(
        "--split", choices=("spatial", "random", "own"), default="spatial",
        help="own: as the data set says itself; random: for series without a place",
    )  # fmt: skip
    parser.add_argument("--fold", type=int, default=1, help="of a data set in folds, with own")
    parser.add_argument(
        "--separator", type=int, default=SEPARATOR_EVERY, help="rows and columns between separators"
    )
    parser.add_argument(
        "--select", action="store_true",
        help="leave out patches with no rare class that are full of the frequent ones",
    )  # fmt: skip
    parser.add_argument("--pooled", action="store_true", help="deviation over all pixels at once")
    parser.add_argument("--season", type=int, default=SeriesChoice.season, help="of series:DIR")
    parser.add_argument("--months", default=SeriesChoice.months, help="of series:DIR")
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes split.json, weights.json, NORM_S2_patch.json and statistics.json."""
    data = open_data(arguments.data, SeriesChoice(arguments.season, arguments.months))
    progress = tqdm(data.entries, desc=data.name, unit="series", disable=None)
    measured = {entry.name: measure(data.read(entry), data.scheme) for entry in progress}
    if arguments.select:
        kept = tuple(e for e in data.entries if worth_keeping(measured[e.name].shares))
        data = only(data, kept)
        measured = {entry.name: measured[entry.name] for entry in kept}
    parts = _split(arguments, data)
    training = [measured[name] for name in parts["train"]]
    norm = pooled_norm(training) if arguments.pooled else norm_of(training)
    pixels = np.sum([entry.pixels for entry in measured.values()], axis=0)
    weights = class_weights(data.scheme, pixels)
    arguments.out.mkdir(parents=True, exist_ok=True)
    files = {
        "split.json": parts,
        "weights.json": {n: sample_weight(measured[n].pixels, weights) for n in parts["train"]},
        NORM_FILE: _stored(norm.mean, norm.std),
        "statistics.json": summary(data, measured, parts),
    }
    for name, content in files.items():
        (arguments.out / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({part: len(names) for part, names in parts.items()}))
    return 0


def _split(arguments: argparse.Namespace, data: LabelledSet) -> dict[str, list[str]]:
    """The parts that were asked for. Raises DatasetError where nothing would train."""
    if arguments.split == "spatial":
        parts = spatial_split(data.entries, arguments.seed, arguments.separator)
    elif arguments.split == "random":
        parts = random_split(data.entries, arguments.seed)
    else:
        own = divide(data, fold=arguments.fold)
        parts = {part: [entry.name for entry in entries] for part, entries in own.items()}
    if not parts["train"]:
        raise DatasetError(f"no entry of {data.name} is left for training; see --separator")
    return parts


def _stored(mean: tuple[float, ...], std: tuple[float, ...]) -> dict[str, Any]:
    """A norm file's content: under `train`, in the predecessor's order of bands."""
    return {
        "train": {
            "mean": [mean[band] for band in TO_STORED_ORDER],
            "std": [std[band] for band in TO_STORED_ORDER],
        }
    }
