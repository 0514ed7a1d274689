"""`crop2seg-train sample`."""

from __future__ import annotations

import argparse
from pathlib import Path

SEED = 7


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("sample", help="write the simulated sample as COG and STAC")
    parser.add_argument("--out", type=Path, required=True, help="folder, such as public/sample")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code."""
    from crop2seg_training.sample.write import write_sample

    write_sample(arguments.out, arguments.seed)
    return 0
