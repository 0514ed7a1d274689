"""Saving and loading the whole state of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from crop2seg_training.networks import SeriesNetwork


@dataclass
class Progress:
    """How far a run has come."""

    step: int = 0
    seconds: float = 0.0  # of training, over all sittings


def save_checkpoint(
    path: Path, network: SeriesNetwork, optimiser: torch.optim.Optimizer, progress: Progress
) -> None:
    """Writes model, optimiser, random state and progress; the file is whole or the old one."""
    state: dict[str, Any] = {
        "model": network.config.__dict__ | {"name": type(network).__name__},
        "state_dict": network.state_dict(),
        "optimizer": optimiser.state_dict(),
        "random": torch.get_rng_state(),
        "step": progress.step,
        "seconds": progress.seconds,
    }
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def load_checkpoint(
    path: Path, network: SeriesNetwork, optimiser: torch.optim.Optimizer
) -> Progress:
    """Restores what `save_checkpoint` wrote."""
    state = torch.load(path, map_location="cpu")
    network.load_state_dict(state["state_dict"])
    optimiser.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return Progress(step=state["step"], seconds=state["seconds"])
