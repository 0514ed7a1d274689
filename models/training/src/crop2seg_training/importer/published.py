"""Reading a published checkpoint as data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crop2seg_training.export import (
    CheckpointError,
    Weights,
    load_checkpoint,
    read_checkpoint,
    state_of,
)
from crop2seg_training.importer.dialect import in_own_words
from crop2seg_training.importer.problem import BadInputError

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Published:
    """Weights under the keys of this package, and what their file says of their training."""

    path: Path
    sha256: str
    weights: Weights
    changes: tuple[str, ...]
    """What was written another way in the file."""
    epoch: int | None
    best_miou: float | None
    """Mean IoU of the best validation, in per cent."""


def read_published(path: Path) -> Published:
    """Read ``path``, a PyTorch file or ``.npz``. Nothing in it is run. Raises BadInputError."""
    next_step = "Give the model.pth.tar of a training run, whole and unchanged."
    try:
        content = {} if path.suffix == ".npz" or not path.is_file() else read_checkpoint(path)
        found = state_of(content, path) if content else load_checkpoint(path)
    except (CheckpointError, OSError) as error:
        raise BadInputError(str(error), next_step) from error
    for key, value in found.items():
        if value.size == 0:
            raise BadInputError(f"{key} in {path} is empty.", next_step)
        if not np.isfinite(value).all():
            raise BadInputError(f"{key} in {path} holds numbers that are not finite.", next_step)
    weights, changes = in_own_words(found)
    epoch, best = content.get("epoch"), content.get("best_mIoU")
    return Published(
        path=path,
        sha256=_sha256(path),
        weights=weights,
        changes=changes,
        epoch=epoch if isinstance(epoch, int) else None,
        best_miou=_number(best),
    )


def _number(value: object) -> float | None:
    """A plain number, or the one in an array."""
    if isinstance(value, int | float | np.floating | np.ndarray) and np.size(value) == 1:
        return float(np.asarray(value).reshape(()))
    return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
