"""Saving and loading the whole state of a run."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from crop2seg_training.export import CheckpointError
from crop2seg_training.export.torch_file import read_torch_file
from crop2seg_training.networks import SeriesNetwork
from crop2seg_training.train.averaging import AveragedWeights


@dataclass
class Progress:
    """How far a run has come."""

    step: int = 0
    seconds: float = 0.0  # of training, over all sittings
    best: float = -1.0  # mean IoU of the best validation; below 0: none yet
    waited: int = 0  # validations since
    samples: int = 0  # that were learnt from


def save_checkpoint(
    path: Path,
    network: SeriesNetwork,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    auxiliary: nn.Module | None = None,
    averaged: AveragedWeights | None = None,
) -> None:
    """Writes model, optimiser, random state and progress; the file is whole or the old one."""
    state: dict[str, Any] = {
        "model": network.config.__dict__ | {"name": type(network).__name__},
        "state_dict": network.state_dict(),
        "auxiliary": {} if auxiliary is None else auxiliary.state_dict(),
        "averaged": {} if averaged is None else averaged.state,
        "averaged_steps": 0 if averaged is None else averaged.steps,
        "optimizer": optimiser.state_dict(),
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        **asdict(progress),
    }
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def load_checkpoint(
    path: Path,
    network: SeriesNetwork,
    optimiser: torch.optim.Optimizer,
    auxiliary: nn.Module | None = None,
    averaged: AveragedWeights | None = None,
) -> Progress:
    """Restores what `save_checkpoint` wrote, also by an older version.

    The file is read as data, never run. Raises CheckpointError for a file that is no checkpoint of
    a run.
    """
    try:
        state = as_tensors(read_torch_file(path))
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError, KeyError) as error:
        raise CheckpointError(f"{path} is no checkpoint of a run ({error})") from error
    missing = {"state_dict", "optimizer", "random", "step", "seconds"} - set(state)
    if missing:
        raise CheckpointError(f"{path} cannot be resumed: it lacks {', '.join(sorted(missing))}")
    network.load_state_dict(state["state_dict"])
    if auxiliary is not None:
        auxiliary.load_state_dict(state["auxiliary"])
    if averaged is not None and state.get("averaged"):
        averaged.state, averaged.steps = state["averaged"], state["averaged_steps"]
    optimiser.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    if state.get("random_cuda") and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["random_cuda"])
    known = {entry.name for entry in fields(Progress)} & set(state)
    return Progress(**{name: state[name] for name in known})


def as_tensors(value: Any) -> Any:
    """Containers of arrays as containers of tensors."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(np.array(value))
    if isinstance(value, dict):
        return {key: as_tensors(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(as_tensors(entry) for entry in value)
    return value
