"""``crop2seg-train export``: a checkpoint becomes a model folder."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from crop2seg_training.data import CLASS_COUNT, DEFAULT_NORMALISATION
from crop2seg_training.data.validity import parse_validity
from crop2seg_training.export.agreement import (
    DEFAULT_SCENES,
    LEAST_AGREEMENT,
    MOST_F1_LOSS,
    AgreementSet,
    falls_short,
    made_scenes,
    read_scenes,
)
from crop2seg_training.export.card import UNTRAINED, CardText, DateReference
from crop2seg_training.export.flags import REPLACE, add_folder_flags, refuse_to_replace
from crop2seg_training.export.folder import EXPORTABLE, write_model_folder
from crop2seg_training.export.golden import made_tile, read_tile
from crop2seg_training.export.legend import Legend, legend_of
from crop2seg_training.export.temperature import (
    best_temperature,
    divide_scores,
    simulated_samples,
)
from crop2seg_training.export.trained import (
    DEFAULT_MODEL,
    TrainedNetwork,
    load_network,
    weights_file,
)
from crop2seg_training.export.variants import BASE
from crop2seg_training.networks import build_network

_SIMULATED_CAVEAT = (
    "Trained on simulated scenes: real fields vary in ways the simulation does not know. Check the "
    "map against places you know before you rely on it."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("export", help="write a model folder from a checkpoint")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--checkpoint", type=Path, help="a run or model folder, .npz, .pt, .pth or .pth.tar"
    )
    source.add_argument(
        "--random-seed", type=int, help="no checkpoint: random weights, to test the software"
    )
    parser.add_argument(
        "--model",
        choices=EXPORTABLE,
        help="default: what the checkpoint's folder says, or timeunet",
    )
    parser.add_argument("--name", required=True, help="name of the model in the card")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--training-json", type=Path, help="the card's training record")
    add_folder_flags(parser)
    parser.add_argument(
        "--validity",
        metavar="USE,COUNTS,GROW,SHARE",
        help="what becomes of invalid pixels, such as mask,clear,3,0.05; by default as trained",
    )
    parser.add_argument(
        "--dates-per-subset",
        type=int,
        metavar="N",
        help="split longer seasons into interleaved subsets of about N dates",
    )
    parser.add_argument(
        "--calibrate",
        type=int,
        default=0,
        metavar="SCENES",
        help="divide the scores so that probabilities hold on so many simulated scenes",
    )
    parser.add_argument(
        "--agreement-scenes",
        type=int,
        default=DEFAULT_SCENES,
        help="simulated scenes on which other precisions are compared with fp32; 0 = none",
    )
    parser.add_argument(
        "--agreement-data",
        action="append",
        default=[],
        help="a data set on which they are compared as well, such as series:DIR; may be repeated",
    )
    parser.add_argument("--season", type=int, default=2018, help="of series:DIR")
    parser.add_argument("--months", default="9p-10", help="of series:DIR, as 3-10")
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Export and print what was written."""
    try:
        refuse_to_replace(arguments.out, arguments.force)
    except FileExistsError as error:
        raise ValueError(f"{error} {REPLACE}") from error
    source = _as_asked(_network(arguments), arguments)
    classes = source.network.config.classes
    card = _card_beside(arguments.checkpoint) if arguments.checkpoint else None
    training = _read_json(arguments.training_json) if arguments.training_json else UNTRAINED
    if arguments.calibrate:
        training = _calibrate(source, arguments.calibrate, training)
    caveats = [*([_SIMULATED_CAVEAT] if training.get("simulated") else []), *arguments.caveat]
    text = CardText(
        name=arguments.name,
        architecture=source.name,
        training=training,
        accuracy=_read_json(arguments.accuracy_json) if arguments.accuracy_json else [],
        caveats=caveats,
        normalisation=source.normalisation,
        date_reference=_date_reference(card),
        legend=_legend(card, classes),
        validity=source.validity,
        dates_per_subset=source.dates_per_subset,
    )
    tile = read_tile(arguments.golden) if arguments.golden else made_tile()
    report = write_model_folder(
        arguments.out,
        source.network,
        text,
        tile,
        arguments.variants,
        _compared(arguments) if classes == CLASS_COUNT else [],
    )
    print(f"{report.folder}: {report.bytes / 1e6:.1f} MB")
    for precision, difference in report.differences.items():
        print(f"{precision}: logits of the golden tile within {difference:.2g} of PyTorch's")
    for entry in report.variants:
        print(
            f"{entry['precision']}: {entry['labelAgreement']:.2%} of labels as in fp32, "
            f"macro F1 {entry['macroF1']:.4f} ({100 * entry['macroF1Loss']:.2f} points lost); "
            f"{entry['dataset']}"
        )
        if falls_short(entry):
            print(
                f"warning: {entry['precision']} keeps fewer than {LEAST_AGREEMENT:.0%} of the "
                f"labels or loses more than {100 * MOST_F1_LOSS:g} points there",
                file=sys.stderr,
            )
    return 0


def _calibrate(source: TrainedNetwork, scenes: int, training: Any) -> Any:
    """Divides the network's scores; the training record with a sentence on it."""
    if source.network.config.classes != CLASS_COUNT:
        raise ValueError("simulated scenes have other classes than this network: no --calibrate")
    temperature = best_temperature(simulated_samples(source, scenes))
    divide_scores(source.network, temperature)
    said = (
        f"Scores are divided by {temperature:.2f}, with which probabilities fit {scenes} simulated "
        "scenes best."
    )
    print(said)
    return {**training, "summary": f"{training['summary']} {said}"}


def _as_asked(source: TrainedNetwork, arguments: argparse.Namespace) -> TrainedNetwork:
    """The network with the validity and subsets of the command line, where it names some."""
    if arguments.validity is not None:
        source = replace(source, validity=parse_validity(arguments.validity))
    if arguments.dates_per_subset is not None:
        source = replace(source, dates_per_subset=arguments.dates_per_subset)
    return source


def _compared(arguments: argparse.Namespace) -> list[AgreementSet]:
    """Scenes on which precisions are compared; none where there is float32 alone."""
    if all(variant == BASE for variant in arguments.variants):
        return []
    made = [made_scenes(arguments.agreement_scenes)] if arguments.agreement_scenes else []
    return made + [
        read_scenes(source, arguments.season, arguments.months)
        for source in arguments.agreement_data
    ]


def _network(arguments: argparse.Namespace) -> TrainedNetwork:
    """The trained network, with the settings and the normalisation of its run; or a random one."""
    if arguments.checkpoint:
        return load_network(arguments.checkpoint, arguments.model)
    torch.manual_seed(arguments.random_seed)
    name = arguments.model or DEFAULT_MODEL
    return TrainedNetwork(name, build_network(name).eval(), DEFAULT_NORMALISATION)


def _card_beside(checkpoint: Path) -> Any:
    """The card of a model folder in which weights lie, or None."""
    path = weights_file(checkpoint).parent / "model.json"
    return _read_json(path) if path.is_file() else None


def _date_reference(card: Any) -> DateReference:
    """That of the card; networks of this package count from day 0."""
    if card is None:
        return DateReference()
    day = card["input"]["dateReference"]
    return DateReference(day["month"], day["day"], day["yearsBeforeSeason"])


def _legend(card: Any, classes: int) -> Legend:
    """That of the card, or the one known for a number of classes."""
    if card is not None:
        columns = ([entry[key] for entry in card["classes"]] for key in ("name", "short", "color"))
        names, short, colours = (tuple(column) for column in columns)
        return Legend(names, short, colours, card["ignoredClass"])
    legend = legend_of(classes)
    if legend is None:
        raise ValueError(f"no class names are known for a network of {classes} classes")
    return legend


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
