"""Flags of every command that writes a model folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from crop2seg_training.export.variants import BASE, VARIANTS, variant_list

REPLACE = "Write to another folder, or say --force to replace it."


def refuse_to_replace(folder: Path, force: bool) -> None:
    """Raises FileExistsError where a folder holds a model and nobody said that it may go."""
    if not force and (folder / "model.json").is_file():
        raise FileExistsError(f"{folder} holds a model already.")


def add_folder_flags(parser: argparse.ArgumentParser) -> None:
    """What the card says beside the network, the golden tile and the precisions."""
    parser.add_argument("--force", action="store_true", help="replace the model in --out")
    parser.add_argument("--accuracy-json", type=Path, help="list of the card's accuracy records")
    parser.add_argument("--caveat", action="append", default=[], help="may be given repeatedly")
    parser.add_argument("--golden", type=Path, help=".npz with dn [T,10,rows,columns] and days [T]")
    parser.add_argument(
        "--variants",
        type=variant_list,
        default=(BASE,),
        help=f"precisions to write, of {','.join(VARIANTS)}; fp32 is always there",
    )
