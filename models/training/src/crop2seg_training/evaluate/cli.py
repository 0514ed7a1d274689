"""``crop2seg-train parity`` and ``crop2seg-train evaluate``."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rasterio

from crop2seg_training.data.nomenclature import CROP2SEG, ClassScheme
from crop2seg_training.data.season import day_of
from crop2seg_training.data.validity import parse_validity
from crop2seg_training.datasets import DateChoice, LabelledSet, SeriesChoice, open_data
from crop2seg_training.datasets.dates import with_dates
from crop2seg_training.datasets.parts import PARTS, divide, only
from crop2seg_training.datasets.source import SOURCES
from crop2seg_training.evaluate.judge import Predictor
from crop2seg_training.evaluate.metrics import evaluate_map

if TYPE_CHECKING:
    from crop2seg_training.export.trained import TrainedNetwork

DEFAULT_DATA = ("simulated", "parcels")
IN_PARTS = ("s2tsczcrop", "pastis", "pastis15")
WITH_HELD_OUT_PARCELS = ("simulated", "scenes", "parcels")
"""Data sets in which the held-out parcels are, by themselves or painted into scenes."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register both sub-commands."""
    parity = subparsers.add_parser(
        "parity", help="write PyTorch's answer on real data as a fixture"
    )
    parity.add_argument("--model-dir", type=Path, required=True)
    parity.add_argument("--catalog", type=Path, required=True, help="folder with items.json")
    parity.add_argument("--like", type=Path, required=True, help="raster that gives the grid")
    parity.add_argument("--season", type=int, required=True)
    parity.add_argument("--months", default="3-10", help="as 3-10, or 9p-10 from the year before")
    parity.add_argument("--out", type=Path, required=True, help=".json; a .bin goes beside it")
    parity.set_defaults(func=run_parity)

    evaluate = subparsers.add_parser(
        "evaluate", help="score a network, the baseline or a finished map against labels"
    )
    finished = evaluate.add_argument_group("a finished map (scores go to the output)")
    finished.add_argument("--map", type=Path, help="raster of class codes")
    finished.add_argument("--labels", type=Path, help="raster of the same grid")
    judged = evaluate.add_argument_group("a network, a baseline (reports go to --out)")
    judged.add_argument("--checkpoint", type=Path, help="file, or folder of a model")
    judged.add_argument("--model", help="architecture, where nothing beside the file says it")
    judged.add_argument(
        "--baseline", action="store_true", help="random forest on index curves of real parcels"
    )
    judged.add_argument(
        "--data", action="append", help=f"may be repeated; {SOURCES}. Default: simulated, parcels"
    )
    judged.add_argument("--season", type=int, default=SeriesChoice.season, help="of series:DIR")
    judged.add_argument("--months", default=SeriesChoice.months, help="of series:DIR, as 3-10")
    judged.add_argument("--split", type=Path, help="file of the parts of a data set of files")
    judged.add_argument("--fold", type=int, default=1, help="of a data set in folds")
    judged.add_argument(
        "--part", choices=(*PARTS, "everything"), default="test",
        help="which part of s2tsczcrop and pastis is judged",
    )  # fmt: skip
    judged.add_argument("--first-day", type=int, help="since 1 September of the year before")
    judged.add_argument("--last-day", type=int, help="only dates up to this day are read")
    judged.add_argument(
        "--until", metavar="MM-DD", help="only dates up to this day of the season's year are read"
    )
    judged.add_argument(
        "--date-subsets", default="auto", metavar="K|auto|off",
        help="interleaved subsets of the dates, probabilities averaged; auto: by the card",
    )  # fmt: skip
    judged.add_argument(
        "--validity", metavar="USE,COUNTS,GROW,SHARE",
        help="what becomes of invalid pixels, such as fill,seen,0,0; by default by the card",
    )  # fmt: skip
    judged.add_argument(
        "--treatments", action="store_true",
        help="no report: compare treatments of invalid pixels, months and subsets of dates",
    )  # fmt: skip
    judged.add_argument("--parcels", type=Path, help="raster of parcel numbers, for series:DIR")
    judged.add_argument("--device", default="cpu")
    judged.add_argument("--out", type=Path, help="folder for the reports")
    judged.add_argument("--no-plots", action="store_true", help="JSON alone")
    evaluate.set_defaults(func=run_evaluate)


def run_parity(arguments: argparse.Namespace) -> int:
    """Write the fixture and say which scenes it holds."""
    from crop2seg_training.evaluate.parity import ParityRequest, write_parity_fixture

    request = ParityRequest(
        arguments.model_dir,
        arguments.catalog,
        arguments.like,
        arguments.season,
        arguments.months,
    )
    fixture = write_parity_fixture(request, arguments.out)
    print(json.dumps({key: fixture[key] for key in ("scenes", "days")}))
    return 0


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Judge what was asked for."""
    if (arguments.map is None) != (arguments.labels is None):
        raise ValueError("--map and --labels belong together")
    if arguments.map is not None:
        return _score_map(arguments)
    if arguments.checkpoint is None and not arguments.baseline:
        raise ValueError("give --checkpoint, --baseline or both; or --map and --labels")
    if arguments.out is None:
        raise ValueError("--out is needed: the folder for the reports")
    return _compare(arguments) if arguments.treatments else _write_reports(arguments)


def _score_map(arguments: argparse.Namespace) -> int:
    """Print the scores as one JSON object."""
    with rasterio.open(arguments.map) as predicted, rasterio.open(arguments.labels) as labels:
        if predicted.crs != labels.crs or predicted.transform != labels.transform:
            raise ValueError("map and labels lie on different grids")
        scores = evaluate_map(predicted.read(1), labels.read(1))
    print(json.dumps(scores))
    return 0


def _write_reports(arguments: argparse.Namespace) -> int:
    from crop2seg_training.evaluate.report import (
        card_records,
        evaluate_set,
        summary_lines,
        write_json,
    )

    arguments.out.mkdir(parents=True, exist_ok=True)
    command = "crop2seg-train " + shlex.join(sys.argv[1:])
    reports = []
    for source in arguments.data or DEFAULT_DATA:
        data = _judged_data(arguments, source)
        predictors, about = _predictors(arguments, source, data.scheme)
        report = evaluate_set(predictors, data, command, about)
        write_json(arguments.out / f"evaluation-{data.name}.json", report)
        if not arguments.no_plots:
            from crop2seg_training.plot import draw_report

            draw_report(report, arguments.out)
        print("\n".join(summary_lines(report)), flush=True)
        reports.append(report)
    if arguments.checkpoint is not None:
        write_json(arguments.out / "accuracy.json", card_records(reports, "network"))
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    """Writes and prints a table of treatments for each data set."""
    from crop2seg_training.evaluate.report import write_json
    from crop2seg_training.evaluate.treatments import compare_treatments, treatment_line

    if arguments.checkpoint is None:
        raise ValueError("--treatments needs --checkpoint")
    arguments.out.mkdir(parents=True, exist_ok=True)
    trained = _asked_network(arguments)
    for source in arguments.data or DEFAULT_DATA:
        data = _judged_data(arguments, source)
        rows = compare_treatments(trained, data, data.scheme)
        write_json(arguments.out / f"treatments-{data.name}.json", {"treatments": rows})
        print(data.name, *(treatment_line(row) for row in rows), sep="\n", flush=True)
    return 0


def _judged_data(arguments: argparse.Namespace, source: str) -> LabelledSet:
    """The part, dates and parcels of a data set that were asked for."""
    choice = SeriesChoice(arguments.season, arguments.months, arguments.parcels)
    data = open_data(source, choice)
    if source.partition(":")[0] in IN_PARTS and arguments.part != "everything":
        data = only(data, divide(data, arguments.split, arguments.fold)[arguments.part])
    last = arguments.last_day
    if arguments.until is not None:
        last = _day_of(arguments.until)
    return with_dates(data, DateChoice(arguments.first_day, last))


def _day_of(text: str) -> int:
    """Day count of `MM-DD` in the season's year. Raises ValueError."""
    try:
        month, day = (int(part) for part in text.split("-"))
        return day_of(month, day)
    except ValueError as error:
        raise ValueError(f"--until {text} is no day such as 05-15") from error


def _subsets(text: str) -> int | None:
    """Number of subsets; None: by the card. Raises ValueError."""
    if text in ("auto", "off"):
        return None if text == "auto" else 1
    if not text.isdigit() or int(text) < 1:
        raise ValueError(f"--date-subsets {text} is no number, auto or off")
    return int(text)


def _asked_network(arguments: argparse.Namespace) -> TrainedNetwork:
    """The network that is judged, with the validity that the command line asks for."""
    from crop2seg_training.export.trained import load_network

    trained = load_network(arguments.checkpoint, arguments.model)
    if arguments.validity is None:
        return trained
    return replace(trained, validity=parse_validity(arguments.validity))


def _predictors(
    arguments: argparse.Namespace, source: str, scheme: ClassScheme
) -> tuple[dict[str, Predictor], dict[str, Any]]:
    """What is judged, and a line on each."""
    predictors: dict[str, Predictor] = {}
    about: dict[str, Any] = {}
    if arguments.checkpoint is not None:
        from crop2seg_training.evaluate.network import predict_with

        trained, subsets = _asked_network(arguments), _subsets(arguments.date_subsets)
        predictors["network"] = predict_with(trained, arguments.device, subsets)
        about["network"] = f"{trained.name}, {arguments.checkpoint}"
    if arguments.baseline:
        from crop2seg_training.evaluate.baseline import baseline

        if scheme != CROP2SEG:
            raise ValueError(f"the baseline does not know the classes of {source}")
        held_out = source.partition(":")[0] in WITH_HELD_OUT_PARCELS
        predictors["forest"], about["forest"] = baseline(held_out)
    return predictors, about
