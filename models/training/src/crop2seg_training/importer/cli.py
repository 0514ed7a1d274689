"""``crop2seg-train import``: a published checkpoint becomes a model folder."""

from __future__ import annotations

import argparse
import sys
import zipfile
from datetime import date
from pathlib import Path

from crop2seg_training.data import BANDS
from crop2seg_training.export import GoldenTile, add_folder_flags, made_tile, read_tile
from crop2seg_training.export.flags import REPLACE, refuse_to_replace
from crop2seg_training.importer.architecture import IMPORTABLE
from crop2seg_training.importer.folder import UNKNOWN_LICENCE, Wording, write
from crop2seg_training.importer.json_file import read_json
from crop2seg_training.importer.norm import FOLDS
from crop2seg_training.importer.preparation import SEASON, Prepared, Source, prepare
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.importer.report import describe

BAD_INPUT = 2
"""Exit code for files and options that make no model, as argparse's for bad arguments."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser(
        "import",
        help="write a model folder from a published checkpoint",
        description="Turn a checkpoint of the predecessor, or a U-TAE trained on PASTIS, into a "
        "model folder. Files are read as data; nothing in them is run.",
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="model.pth.tar")
    parser.add_argument("--norm", type=Path, help="NORM_S2_patch.json; --check does without")
    parser.add_argument("--config", type=Path, help="conf.json; without, sizes are read off it")
    parser.add_argument("--name", help="name of the model in the card")
    parser.add_argument("--out", type=Path, help="folder to write")
    parser.add_argument("--check", action="store_true", help="say what was found, write nothing")
    parser.add_argument("--classes", type=Path, help="names and colours of the classes, JSON")
    parser.add_argument("--model", choices=IMPORTABLE, help="where the tensors fit two networks")
    folds = range(1, FOLDS + 1)
    parser.add_argument("--fold", type=int, choices=folds, help="for normalisation by fold")
    parser.add_argument("--band-order", type=_bands, help="of the norm file: B04,B03,...")
    parser.add_argument("--ref-date", type=_day, help="day 0 of the training data, YYYY-MM-DD")
    parser.add_argument("--season", type=int, default=SEASON, help="of the training data")
    parser.add_argument("--licence", default=UNKNOWN_LICENCE, help="of the weights")
    add_folder_flags(parser)
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Check or import; 2 where the input is bad."""
    try:
        prepared = prepare(_source(arguments))
        if arguments.check:
            print(describe(prepared))
            return 0
        return _write(prepared, arguments)
    except BadInputError as error:
        print(f"crop2seg-train import: {error}", file=sys.stderr)
        return BAD_INPUT


def _source(arguments: argparse.Namespace) -> Source:
    if not arguments.check and not (arguments.name and arguments.out):
        raise BadInputError(
            "A model folder needs a name and a place.",
            "Give --name and --out, or --check to look only.",
        )
    return Source(
        checkpoint=arguments.checkpoint,
        norm=arguments.norm,
        config=arguments.config,
        classes=arguments.classes,
        model=arguments.model,
        fold=arguments.fold,
        band_order=arguments.band_order,
        reference_date=arguments.ref_date,
        season=arguments.season,
    )


def _write(prepared: Prepared, arguments: argparse.Namespace) -> int:
    try:
        refuse_to_replace(arguments.out, arguments.force)
    except FileExistsError as error:
        raise BadInputError(str(error), REPLACE) from error
    wording = Wording(
        name=arguments.name,
        licence=arguments.licence,
        caveats=arguments.caveat,
        accuracy=_accuracy(arguments.accuracy_json) if arguments.accuracy_json else (),
    )
    tile = _tile(arguments.golden) if arguments.golden else made_tile()
    report = write(prepared, wording, tile, arguments.out, arguments.variants)
    print(describe(prepared))
    print(f"{report.folder}: {report.bytes / 1e6:.1f} MB")
    for precision, difference in report.differences.items():
        print(f"{precision}: logits of the golden tile within {difference:.2g} of PyTorch's")
    return 0


def _accuracy(path: Path) -> list[dict[str, object]]:
    next_step = "Give a list of accuracy records, as evaluate writes them."
    records = read_json(path, next_step)
    if not isinstance(records, list) or not all(isinstance(entry, dict) for entry in records):
        raise BadInputError(f"{path} holds no list of records.", next_step)
    return records


def _tile(path: Path) -> GoldenTile:
    try:
        return read_tile(path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadInputError(
            f"{path} holds no tile ({error}).", "Give a scene that crop2seg-train simulate wrote."
        ) from error


def _bands(text: str) -> tuple[str, ...]:
    bands = tuple(text.split(","))
    if sorted(bands) != sorted(BANDS):
        raise argparse.ArgumentTypeError(f"not the bands {','.join(BANDS)} in some order")
    return bands


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date YYYY-MM-DD") from error
