"""`crop2seg-train simulate`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("simulate", help="write simulated scenes as .npz files")
    parser.add_argument("--out", type=Path, required=True, help="folder")
    parser.add_argument("--count", type=int, default=1, help="scenes")
    parser.add_argument("--size", type=int, default=128, help="pixels, even")
    parser.add_argument("--dates", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--split", choices=("training", "validation"), default="training",
        help="which real parcels are painted in: those for training or the held-out ones",
    )  # fmt: skip
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code."""
    from crop2seg_training.simulate.scene import simulate_scene

    arguments.out.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.count):
        rng = np.random.default_rng([arguments.seed, number])
        scene = simulate_scene(arguments.size, arguments.dates, arguments.split, rng)
        np.savez_compressed(
            arguments.out / f"scene-{arguments.seed}-{number:04d}.npz",
            dn=scene.dn, days=scene.days, labels=scene.labels, fields=scene.fields, scl=scene.scl,
        )  # fmt: skip
    return 0
