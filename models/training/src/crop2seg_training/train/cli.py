"""`crop2seg-train train`."""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path

from crop2seg_training.train.config import TrainConfig


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    parser = subparsers.add_parser("train", help="train a network on simulated scenes")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--model", default=None, help="timeunet, wtae or utae")
    parser.add_argument("--minutes", type=float, help="wall time to train")
    parser.add_argument("--steps", type=int, help="number of steps, instead of --minutes")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--patch", type=int, help="pixels")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--workers", type=int, help="simulating processes; 0 = none")
    parser.add_argument(
        "--mixed-precision",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="bfloat16 in the encoder: 2 to 3 times faster where the processor has AVX512-BF16, "
        "slower where it has not",
    )
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code."""
    from crop2seg_training.train.loop import run_training

    given = {
        field.name: getattr(arguments, field.name)
        for field in fields(TrainConfig)
        if getattr(arguments, field.name, None) is not None
    }
    base = TrainConfig.load(arguments.out / "config.json") if arguments.resume else TrainConfig()
    run_training(replace(base, **given), arguments.out, arguments.resume)
    return 0
