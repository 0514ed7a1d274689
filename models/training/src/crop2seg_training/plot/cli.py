"""`crop2seg-train plot`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from crop2seg_training.datasets.source import SOURCES, SeriesChoice


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its kinds of pictures."""
    plot = subparsers.add_parser("plot", help="draw data, runs and reports as PNG")
    kinds = plot.add_subparsers(dest="kind", required=True, metavar="KIND")

    profiles = kinds.add_parser("profiles", help="NDVI over the season by class")
    distribution = kinds.add_parser("distribution", help="pixels by class, and by part")
    for parser in (profiles, distribution):
        _add_data(parser)
    distribution.add_argument("--split", type=Path, help="draw the parts of this split apart")

    report = kinds.add_parser("report", help="confusion, bars by class, reliability of a report")
    report.add_argument("--report", type=Path, required=True, help="written by evaluate")

    learning = kinds.add_parser("learning", help="loss and validation of runs")
    learning.add_argument("--run", type=Path, nargs="+", required=True, help="folders of runs")

    attention = kinds.add_parser("attention", help="where in the season a network looks")
    attention.add_argument("--checkpoint", type=Path, required=True)
    attention.add_argument("--model", help="architecture, where nothing beside the file says it")
    attention.add_argument("--entry", help="name of the series; the first by default")
    _add_data(attention)

    for parser in (profiles, distribution, learning, attention):
        parser.add_argument("--out", type=Path, required=True, help="PNG file")
    report.add_argument("--out", type=Path, required=True, help="folder")
    plot.set_defaults(func=run)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, help=SOURCES)
    parser.add_argument("--season", type=int, default=SeriesChoice.season, help="of series:DIR")
    parser.add_argument("--months", default=SeriesChoice.months, help="of series:DIR")


def run(arguments: argparse.Namespace) -> int:
    """Draws what was asked for."""
    draw = {
        "profiles": _profiles,
        "distribution": _distribution,
        "report": _report,
        "learning": _learning,
        "attention": _attention,
    }
    draw[arguments.kind](arguments)
    return 0


def _profiles(arguments: argparse.Namespace) -> None:
    from crop2seg_training.datasets import open_data
    from crop2seg_training.plot.data import class_profiles, draw_profiles

    data = open_data(arguments.data, SeriesChoice(arguments.season, arguments.months))
    draw_profiles(arguments.out, class_profiles(data, data.scheme), data.scheme.classes)


def _distribution(arguments: argparse.Namespace) -> None:
    from crop2seg_training.datasets import open_data
    from crop2seg_training.datasets.parts import divide, only
    from crop2seg_training.plot.data import count_pixels, draw_distribution

    data = open_data(arguments.data, SeriesChoice(arguments.season, arguments.months))
    pixels = {data.name: count_pixels(data, data.scheme)}
    if arguments.split is not None:
        parts = divide(data, arguments.split)
        pixels = {
            part: count_pixels(only(data, entries), data.scheme)
            for part, entries in parts.items()
            if entries
        }
    draw_distribution(arguments.out, pixels, data.scheme.classes)


def _report(arguments: argparse.Namespace) -> None:
    from crop2seg_training.plot.report import draw_report

    draw_report(json.loads(arguments.report.read_text(encoding="utf-8")), arguments.out)


def _learning(arguments: argparse.Namespace) -> None:
    from crop2seg_training.plot.learning import draw_learning

    draw_learning(arguments.out, {folder.name: folder for folder in arguments.run})


def _attention(arguments: argparse.Namespace) -> None:
    from crop2seg_training.datasets import open_data
    from crop2seg_training.export.trained import load_network
    from crop2seg_training.plot.attention import draw_attention

    data = open_data(arguments.data, SeriesChoice(arguments.season, arguments.months))
    named = {entry.name: entry for entry in data.entries}
    name = arguments.entry or data.entries[0].name
    if name not in named:
        raise ValueError(f"{data.name} has no series {name!r}")
    trained = load_network(arguments.checkpoint, arguments.model)
    draw_attention(arguments.out, trained, data.read(named[name]), data.scheme.classes)
