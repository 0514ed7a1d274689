"""``crop2seg-train parity`` and ``crop2seg-train evaluate``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import rasterio

from crop2seg_training.evaluate.metrics import evaluate_map
from crop2seg_training.evaluate.parity import ParityRequest, write_parity_fixture


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

    evaluate = subparsers.add_parser("evaluate", help="score a map against labels")
    evaluate.add_argument("--map", type=Path, required=True, help="raster of class codes")
    evaluate.add_argument("--labels", type=Path, required=True, help="raster of the same grid")
    evaluate.set_defaults(func=run_evaluate)


def run_parity(arguments: argparse.Namespace) -> int:
    """Write the fixture and say which scenes it holds."""
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
    """Print the scores as one JSON object."""
    with rasterio.open(arguments.map) as predicted, rasterio.open(arguments.labels) as labels:
        if predicted.crs != labels.crs or predicted.transform != labels.transform:
            raise ValueError("map and labels lie on different grids")
        scores = evaluate_map(predicted.read(1), labels.read(1))
    print(json.dumps(scores))
    return 0
