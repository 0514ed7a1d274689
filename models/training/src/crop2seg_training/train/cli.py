"""`crop2seg-train train`, `resume` and `finetune`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.flags import add_network_flags, add_run_flags, given_settings

CONFIG_FILE = "config.json"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands."""
    train = subparsers.add_parser("train", help="train a network, by default on simulated scenes")
    train.add_argument("--out", "--res_dir", type=Path, required=True, help="folder of the run")
    train.add_argument("--resume", action="store_true", help="go on with the run in --out")
    train.add_argument(
        "--config", type=Path, help="config.json of a run, to train as it did; flags go before it"
    )
    add_network_flags(train)
    add_run_flags(train)
    train.set_defaults(func=run)

    resume = subparsers.add_parser("resume", help="go on with a run, optimiser and all")
    resume.add_argument("--out", "--res_dir", type=Path, required=True, help="folder of the run")
    add_run_flags(resume)
    resume.set_defaults(func=run, resume=True, config=None)

    tune = subparsers.add_parser("finetune", help="train on from the weights of another run")
    tune.add_argument("--out", "--res_dir", type=Path, required=True, help="folder of the run")
    tune.add_argument(
        "--checkpoint", "--weight_folder", type=Path, required=True,
        help="file of weights, or folder of a run or model",
    )  # fmt: skip
    tune.add_argument(
        "--freeze", nargs="+", default=[], metavar="PART",
        help="parts that stay as they are, such as in_conv; backbone: all but the heads",
    )  # fmt: skip
    tune.add_argument(
        "--new-head", action="store_true", default=None,
        help="leave the last layer's weights out, for other classes",
    )  # fmt: skip
    add_network_flags(tune)
    add_run_flags(tune)
    tune.set_defaults(func=run_finetune)


def run(arguments: argparse.Namespace) -> int:
    """Trains a new network, or goes on with a run; returns the exit code."""
    from crop2seg_training.train.loop import run_training
    from crop2seg_training.train.prepare import with_own_norm

    given = given_settings(arguments)
    saved = arguments.out / CONFIG_FILE if arguments.resume else arguments.config
    base = TrainConfig.load(saved) if saved else TrainConfig()
    config = replace(base, **given)
    if saved is None:
        config = with_own_norm(config)
    run_training(config, arguments.out, arguments.resume)
    return 0


def run_finetune(arguments: argparse.Namespace) -> int:
    """Trains on from other weights; returns the exit code."""
    from crop2seg_training.train.loop import run_training
    from crop2seg_training.train.start import describe_start

    start = describe_start(arguments.checkpoint)
    given = given_settings(arguments)
    given["network"] = start.network | given.get("network", {})
    given["start_from"] = str(start.weights)
    given["freeze"] = tuple(arguments.freeze)
    base = TrainConfig(model=start.model, normalisation=start.normalisation)
    run_training(replace(base, **given), arguments.out)
    return 0
