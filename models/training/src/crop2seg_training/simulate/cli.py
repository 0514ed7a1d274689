"""`crop2seg-train simulate`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from crop2seg_training.data.parcels import Split


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("simulate", help="write simulated scenes as .npz files")
    parser.add_argument("--out", type=Path, help="folder")
    parser.add_argument("--count", type=int, default=1, help="scenes")
    parser.add_argument("--size", type=int, default=128, help="pixels, even")
    parser.add_argument("--dates", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--split", choices=("training", "validation"), default="training",
        help="which real parcels are painted in: those for training or the held-out ones",
    )  # fmt: skip
    parser.add_argument(
        "--curves", action="store_true",
        help="write no scenes: print how far the class curves lie from the published NDVI curves",
    )  # fmt: skip
    parser.set_defaults(func=run, parser=parser)


def print_curve_fit(seed: int, split: Split) -> None:
    """Prints the distance of each class and the mean."""
    from crop2seg_training.simulate.calibration import fit_curves

    fit = fit_curves(seed, split)
    print("class  as simulated  under the clouds of the published dates")
    for entry in fit.classes:
        print(f"{entry.code:5d}  {entry.clear:12.3f}  {entry.clouded:.3f}")
    print(f" mean  {np.mean([entry.clear for entry in fit.classes]):12.3f}  {fit.mean:.3f}")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code."""
    if arguments.curves:
        print_curve_fit(arguments.seed, arguments.split)
        return 0
    if arguments.out is None:
        arguments.parser.error("--out is needed, or --curves")
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
