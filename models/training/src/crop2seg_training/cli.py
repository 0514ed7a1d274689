"""The command ``crop2seg-train``."""

from __future__ import annotations

import argparse
import sys

from crop2seg_training import __version__
from crop2seg_training.allocator import keep_freed_memory
from crop2seg_training.baseline import MissingForestError
from crop2seg_training.datasets import cli as dataset_cli
from crop2seg_training.evaluate import cli as evaluate_cli
from crop2seg_training.export import CheckpointError, ExportError
from crop2seg_training.export import cli as export_cli
from crop2seg_training.importer import cli as import_cli
from crop2seg_training.networks import cli as networks_cli
from crop2seg_training.plot import MissingPlotsError
from crop2seg_training.plot import cli as plot_cli
from crop2seg_training.sample import cli as sample_cli
from crop2seg_training.simulate import cli as simulate_cli
from crop2seg_training.train import cli as train_cli

ROOMS = (
    simulate_cli,
    sample_cli,
    dataset_cli,
    networks_cli,
    train_cli,
    export_cli,
    import_cli,
    evaluate_cli,
    plot_cli,
)
FAILED = 1
"""Exit code for work that failed; argparse exits with 2 for bad arguments."""

FAILURES = (
    CheckpointError,
    ExportError,
    MissingForestError,
    MissingPlotsError,
    OSError,
    ValueError,
)
"""What is told as one line; anything else is a bug and keeps its trace."""


def make_parser() -> argparse.ArgumentParser:
    """The parser with every sub-command."""
    parser = argparse.ArgumentParser(prog="crop2seg-train", description="Make the Crop2Seg models.")
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for room in ROOMS:
        room.add_parser(subparsers)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; its exit code."""
    arguments = make_parser().parse_args(argv)
    keep_freed_memory()
    try:
        return int(arguments.func(arguments) or 0)
    except FAILURES as error:
        print(f"crop2seg-train {arguments.command}: {error}", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
