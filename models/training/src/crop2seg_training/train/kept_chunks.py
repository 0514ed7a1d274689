"""Simulated scenes that are drawn once and kept in files."""

from __future__ import annotations

import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from crop2seg_training.simulate.scene import Scene
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.scene_chunks import draw_scenes, show_chunk

_STORED = ("dn", "days", "labels", "fields", "scl")  # training has no use for `coarse`


def _read(path: Path) -> list[Scene] | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            count = len(kept.files) // len(_STORED)
            nothing = np.empty(0, np.uint16)
            return [
                Scene(coarse=nothing, **{name: kept[f"{name}{i}"] for name in _STORED})
                for i in range(count)
            ]
    except (OSError, ValueError, KeyError, BadZipFile):
        return None  # not there, or cut short: drawn again


def _write(path: Path, scenes: list[Scene]) -> None:
    arrays = {
        f"{name}{i}": getattr(scene, name) for i, scene in enumerate(scenes) for name in _STORED
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(unfinished, **arrays)
    unfinished.replace(path)


def kept_scenes(config: TrainConfig, place: int) -> list[Scene]:
    """The scenes of one of the distinct chunks, from its file where there is one.

    Files under `config.chunk_folder` are for runs of the same settings of data; without a folder
    scenes are drawn again each time.
    """
    path = Path(config.chunk_folder) / f"{place}.npz" if config.chunk_folder else None
    scenes = _read(path) if path else None
    if scenes is None:
        scenes = draw_scenes(config, place)
        if path:
            _write(path, scenes)
    return scenes


def make_scene_chunk(config: TrainConfig, number: int) -> list[Batch]:
    """The batches of chunk `number` of a run, which has so many distinct chunks, or no end."""
    if config.distinct_chunks is None:
        return show_chunk(draw_scenes(config, number), config, number)
    return show_chunk(kept_scenes(config, number % config.distinct_chunks), config, number)
