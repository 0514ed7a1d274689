"""Reading ``NORM_S2_patch.json`` into the card's band order."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crop2seg_training.data import BANDS, Normalisation
from crop2seg_training.datasets.s2tsczcrop import STORED_BANDS
from crop2seg_training.importer.json_file import read_object
from crop2seg_training.importer.problem import BadInputError

FOLDS = 5
"""Folds of PASTIS."""
TRAINING_FOLDS = 3
"""Folds a network is trained on: its own and the next two, in a circle."""
_NEXT_STEP = "Give the NORM_S2_patch.json of the data set that the checkpoint was trained on."
_RED, _NEAR_INFRARED = BANDS.index("B04"), BANDS.index("B08")


@dataclass(frozen=True)
class ReadNorm:
    """Normalisation in the card's band order, and how it was read."""

    normalisation: Normalisation
    source: str
    order: tuple[str, ...]
    """Bands in the order of the file."""
    by_fold: bool
    doubt: str | None
    """What about the numbers is unlikely."""


def training_folds(fold: int) -> tuple[int, ...]:
    """The folds that the network of ``fold``, 1 to 5, was trained on."""
    return tuple((fold - 1 + step) % FOLDS + 1 for step in range(TRAINING_FOLDS))


def fold_of(checkpoint: Path) -> int | None:
    """The fold in whose folder (``Fold_1`` to ``Fold_5``) the predecessor put the checkpoint."""
    for part in reversed(checkpoint.parent.parts):
        if found := re.fullmatch(r"Fold_([1-5])", part):
            return int(found.group(1))
    return None


def read_norm(path: Path, fold: int | None, order: tuple[str, ...] | None = None) -> ReadNorm:
    """Mean and standard deviation of DN per band.

    Two layouts: ``train``, in the predecessor's stored order of bands, and ``Fold_1`` to
    ``Fold_5``, in PASTIS's, which is the card's; of these the training folds of ``fold`` are
    averaged. ``order`` overrules the order. Raises BadInputError.
    """
    content = read_object(path, _NEXT_STEP)
    by_fold = "train" not in content
    if not by_fold:
        parts, source = ["train"], "train"
    elif f"Fold_{FOLDS}" not in content:
        raise BadInputError(f"{path} holds neither train nor Fold_1 to Fold_{FOLDS}.", _NEXT_STEP)
    elif fold is None:
        raise BadInputError(
            f"{path} holds values by fold, and the checkpoint does not say which it belongs to.",
            f"Say it with --fold, 1 to {FOLDS}.",
        )
    else:
        parts = [f"Fold_{number}" for number in training_folds(fold)]
        source = f"mean of {', '.join(parts)}"
    bands = order or (BANDS if by_fold else STORED_BANDS)
    values = {
        kind: _ordered([_numbers(content.get(part), kind, path, part) for part in parts], bands)
        for kind in ("mean", "std")
    }
    if min(values["std"]) <= 0:
        raise BadInputError(f"{path} holds a standard deviation of 0 or less.", _NEXT_STEP)
    normalisation = Normalisation(values["mean"], values["std"])
    return ReadNorm(normalisation, source, bands, by_fold, _doubt(normalisation))


def _ordered(parts: list[list[float]], bands: tuple[str, ...]) -> tuple[float, ...]:
    """The mean over parts, band by band, in the order of BANDS."""
    average = [sum(values) / len(parts) for values in zip(*parts)]
    return tuple(average[bands.index(band)] for band in BANDS)


def _numbers(part: Any, kind: str, path: Path, name: str) -> list[float]:
    values = part.get(kind) if isinstance(part, dict) else None
    if not isinstance(values, list) or len(values) != len(BANDS):
        raise BadInputError(f"{path} has no {len(BANDS)} numbers {name}.{kind}.", _NEXT_STEP)
    for value in values:
        real = isinstance(value, int | float) and not isinstance(value, bool)
        if not real or not math.isfinite(value):
            raise BadInputError(f"{path} has {value!r} in {name}.{kind}.", _NEXT_STEP)
    return [float(value) for value in values]


def _doubt(norm: Normalisation) -> str | None:
    if max(norm.mean) < 10:
        return "means below 10: reflectance between 0 and 1 rather than DN?"
    if norm.mean[_NEAR_INFRARED] <= norm.mean[_RED]:
        return "near infrared darker than red: another order of bands? (--band-order)"
    return None
