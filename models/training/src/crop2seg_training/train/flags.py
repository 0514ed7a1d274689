"""Command line of a run: settings of training, and settings of the network."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from crop2seg_training.data.nomenclature import BANDS
from crop2seg_training.data.validity import Validity
from crop2seg_training.datasets.s2tsczcrop import read_norm
from crop2seg_training.datasets.source import SOURCES
from crop2seg_training.losses import LOSS_NAMES
from crop2seg_training.networks import NETWORK_NAMES, NetworkConfig
from crop2seg_training.train.augment import AUGMENTATIONS
from crop2seg_training.train.config import SCHEDULES, TrainConfig

# The predecessor's names of settings that are called otherwise here.
OLD_NETWORK_NAMES = {
    "heads": "n_head",
    "model_width": "d_model",
    "key_width": "d_k",
    "bands": "input_dim",
}
INVALID_PIXELS = {
    "none": Validity(),
    "mask": Validity("mask", "clear", 3, 0.05),
    "fill": Validity("fill", "clear", 3, 0.05),
}
"""What each choice of `--invalid-pixels` writes into the run's record and the card."""
_PREFIX = "network_"
_OF_DATA = "classes"  # decided by the data, not on the command line


def add_run_flags(parser: argparse.ArgumentParser) -> None:
    """All settings of TrainConfig but its weights to start from; None where not given."""
    data = parser.add_argument_group("data")
    data.add_argument("--data", help=SOURCES)
    data.add_argument("--split", help="file of train, val and test, by crop2seg-train dataset")
    data.add_argument("--fold", type=int, help="1 to 5, of a data set in folds")
    data.add_argument("--weights", help="file of sampling weights, by crop2seg-train dataset")
    data.add_argument("--norm", help="file of mean and std by band, such as NORM_S2_patch.json")
    data.add_argument("--season", type=int, help="of series:DIR")
    data.add_argument("--months", help="of series:DIR, as 3-10 or 9p-10")
    data.add_argument("--first-day", type=int, help="since 1 September of the year before")
    data.add_argument("--last-day", type=int)
    data.add_argument("--single-day", "--mono_date", type=int, help="one date for the season")
    data.add_argument("--max-dates", type=int, help="of a sample of files")
    data.add_argument("--dates", type=int, nargs=2, help="least and most in a batch of scenes")
    data.add_argument(
        "--batch-dates", type=int, help="of all samples of a batch of scenes together"
    )
    data.add_argument("--validation-scenes", type=int, help="of simulated data; 0 = none")
    data.add_argument("--patches-per-scene", type=int, help="cut from a simulated scene")
    data.add_argument("--mosaic-share", type=float, help="of scenes, with fields in miniature")
    data.add_argument(
        "--distinct-chunks", type=int, metavar="N",
        help="draw N chunks of scenes, then show them again in other forms; by default always new",
    )  # fmt: skip
    data.add_argument("--chunk-folder", help="keeps them, for runs of the same settings of data")
    data.add_argument("--date-dropout", "--temporal_dropout", type=float)
    data.add_argument("--augment", choices=AUGMENTATIONS, help="rotate turns by any angle")
    data.add_argument("--patch", type=int, help="pixels")
    data.add_argument("--add-ndvi", "--add_ndvi", action="store_true", help="an eleventh band")

    run = parser.add_argument_group("run")
    run.add_argument("--minutes", type=float, help="wall time to train")
    run.add_argument("--steps", type=int, help="number of steps, instead of --minutes")
    run.add_argument("--epochs", type=int, help="of a data set of files, instead of --minutes")
    run.add_argument("--seed", "--rdm_seed", type=int)
    run.add_argument("--batch-size", "--batch_size", type=int)
    run.add_argument("--device", help="cpu, cuda or auto")
    run.add_argument("--threads", type=int)
    run.add_argument("--workers", type=int, help="loading processes; 0 = none")
    run.add_argument(
        "--cache", action="store_true", default=None, help="keep files in memory, in each worker"
    )
    run.add_argument("--validate-minutes", type=float)
    run.add_argument("--validate-steps", type=int)
    run.add_argument("--patience", type=int, help="validations without a better one, then stop")
    run.add_argument(
        "--mixed-precision",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="bfloat16 in the encoder; by default where the device has it in hardware",
    )

    learning = parser.add_argument_group("learning")
    learning.add_argument("--lr", type=float)
    learning.add_argument("--schedule", choices=SCHEDULES)
    learning.add_argument("--warm-up", type=float, help="share of the budget")
    learning.add_argument("--clip-norm", type=float)
    learning.add_argument("--weight-decay", type=float)
    learning.add_argument(
        "--averaging", type=float, help="share of the averaged weights that a step keeps; 0 = none"
    )
    learning.add_argument(
        "--invalid-pixels", choices=tuple(INVALID_PIXELS),
        help="what clouds and swath edges become: none (they stay), mask (left out), fill",
    )  # fmt: skip
    learning.add_argument("--loss", choices=LOSS_NAMES)
    learning.add_argument("--label-smoothing", "--label_smoothing", type=float)
    learning.add_argument("--gamma", type=float, help="of focal losses")
    learning.add_argument(
        "--boundary-loss", "--add_boundary_loss", action="store_true", default=None
    )
    learning.add_argument("--teacher", help="checkpoint or model folder to learn from")
    learning.add_argument("--teacher-share", type=float)
    learning.add_argument("--temperature", type=float)
    learning.add_argument(
        "--auxiliary", type=float, help="weight of a plain head on the temporal output (timeunet)"
    )
    learning.add_argument(
        "--agreement", type=float, help="weight of the agreement between overlapping windows"
    )


def add_network_flags(parser: argparse.ArgumentParser) -> None:
    """`--model`, and a flag for each setting of a network under its own and its old name."""
    group = parser.add_argument_group("network")
    group.add_argument("--model", choices=NETWORK_NAMES)
    for entry in fields(NetworkConfig):
        if entry.name == _OF_DATA:
            continue
        names = [entry.name, entry.name.replace("_", "-"), OLD_NETWORK_NAMES.get(entry.name)]
        flags = list(dict.fromkeys(f"--{name}" for name in names if name))
        kind: dict[str, Any] = {"type": _value, "metavar": "VALUE"}
        if isinstance(entry.default, bool):
            kind = {"action": "store_const", "const": not entry.default}
        group.add_argument(
            *flags, dest=_PREFIX + entry.name, help=f"default {entry.default}", **kind
        )


def _value(text: str) -> Any:
    """A number, a list such as [64,64,64,128], or a text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def given_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """Settings of TrainConfig that the command line gave."""
    values = vars(arguments)
    given = {
        entry.name: values[entry.name]
        for entry in fields(TrainConfig)
        if values.get(entry.name) is not None
    }
    network = {
        name.removeprefix(_PREFIX): value
        for name, value in values.items()
        if name.startswith(_PREFIX) and value is not None
    }
    if values.get("add_ndvi"):
        network["bands"] = len(BANDS) + 1
    if network:
        given["network"] = network
    if values.get("dates") is not None:
        given["dates"] = _pair(values["dates"])
    if values.get("invalid_pixels") is not None:
        given["validity"] = INVALID_PIXELS[values["invalid_pixels"]].as_card()
    if values.get("norm") is not None:
        norm = read_norm_file(values["norm"], values.get("fold") or 1)
        given["normalisation"] = norm
    return given


def _pair(values: Sequence[int]) -> tuple[int, int]:
    return int(values[0]), int(values[1])


def read_norm_file(path: str, fold: int = 1) -> dict[str, list[float]]:
    """Mean and standard deviation of a norm file, in the order of BANDS; see `read_norm`."""
    norm = read_norm(Path(path), fold)
    return {"mean": list(norm.mean), "std": list(norm.std)}
