"""Flags of every command that writes a model folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from crop2seg_training.export.variants import BASE, VARIANTS, variant_list


def add_folder_flags(parser: argparse.ArgumentParser) -> None:
    """What the card says beside the network, the golden tile and the precisions."""
    parser.add_argument("--accuracy-json", type=Path, help="list of the card's accuracy records")
    parser.add_argument("--caveat", action="append", default=[], help="may be given repeatedly")
    parser.add_argument("--golden", type=Path, help=".npz with dn [T,10,rows,columns] and days [T]")
    parser.add_argument(
        "--variants",
        type=variant_list,
        default=(BASE,),
        help=f"precisions to write, of {','.join(VARIANTS)}; fp32 is always there",
    )
