"""Which entries of a data set train, validate and test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from crop2seg_training.datasets.record import DatasetError, Entry, LabelledSet

PARTS = ("train", "val", "test")
FOLDS = 5
"""As PASTIS numbers them, from 1; fold k tests on k - 1 and validates on the one before."""


def parts_of_folds(fold: int) -> dict[str, str]:
    """Part of each fold's number: three train, the next validates, the last tests.

    Fold 1 trains on 1, 2, 3, validates on 4 and tests on 5 (specification, 3.2).
    """
    if not 1 <= fold <= FOLDS:
        raise DatasetError(f"there is no fold {fold}, only 1 to {FOLDS}")
    order = [str((fold - 1 + place) % FOLDS + 1) for place in range(FOLDS)]
    roles = ("train", "train", "train", "val", "test")
    return dict(zip(order, roles))


def divide(
    data: LabelledSet, split: Path | None = None, fold: int = 1
) -> dict[str, tuple[Entry, ...]]:
    """Entries by part: by the split file, else by what the data set says of itself.

    Raises DatasetError where neither says it, or where the file names none of the entries.
    """
    if split is not None:
        named = json.loads(split.read_text(encoding="utf-8"))
        part_of = {str(name): part for part in PARTS for name in named.get(part, [])}
    elif all(entry.part is None for entry in data.entries):
        raise DatasetError(
            f"{data.name} does not say what trains and what tests: make a split with "
            "crop2seg-train dataset, then give it with --split"
        )
    else:
        folds = parts_of_folds(fold)
        own = {entry.name: entry.part or "" for entry in data.entries}
        part_of = {name: folds.get(part, part) for name, part in own.items()}
    parts = {
        part: tuple(entry for entry in data.entries if part_of.get(entry.name) == part)
        for part in PARTS
    }
    if not any(parts.values()):
        raise DatasetError(f"{split or data.name} names no entry of {data.name} in any part")
    return parts


def only(data: LabelledSet, entries: tuple[Entry, ...]) -> LabelledSet:
    """The data set with some of its entries."""
    return replace(data, entries=entries)
