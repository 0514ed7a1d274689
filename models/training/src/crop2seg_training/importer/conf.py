"""Reading ``conf.json``, the record of all flags that the predecessor's training writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crop2seg_training.importer.architecture import (
    Architecture,
    importable,
    last_block,
    refuse_option,
)
from crop2seg_training.importer.json_file import read_object
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.networks import NetworkConfig

DEFAULT_MODEL = "utae"
"""The predecessor's, as U-TAE's own training code."""
_NEXT_STEP = "Give the conf.json that lies beside the checkpoint, or leave --config out."
_USUAL: Mapping[str, object] = {
    "str_conv_k": 4, "str_conv_s": 2, "str_conv_p": 1, "encoder_norm": "group",
    "padding_mode": "reflect", "agg_mode": "att_group", "use_mbconv": False, "add_linear": False,
    "use_doy": False, "use_abs_rel_enc": False, "add_ndvi": False,
}  # fmt: skip
"""Flags that change the network's arithmetic, with the value that stage graphs are written for."""
_WITHOUT_EFFECT = {"timeunet": ("agg_mode", "use_mbconv")}


@dataclass(frozen=True)
class Conf:
    """What a checkpoint's record says of it."""

    architecture: Architecture
    reference_date: date | None
    ignored: int | None
    """As written: -1 means the last class."""
    fold: int | None


def read_conf(path: Path) -> Conf:
    """Read ``path``; flags it does not name have the predecessor's defaults.

    Raises BadInputError for values of another kind and for options that cannot be carried over.
    """
    flags = read_object(path, _NEXT_STEP)
    source = str(path)
    model = importable(str(flags.get("model", DEFAULT_MODEL)), source)
    for flag, usual in _USUAL.items():
        value = flags.get(flag, usual)
        if value != usual and flag not in _WITHOUT_EFFECT.get(model, ()):
            raise refuse_option(f"{flag} = {value!r}", source)
    reference = flags.get("ref_date")
    return Conf(
        architecture=Architecture(model, _config(flags, source), source),
        reference_date=None if reference is None else _date(str(reference), source),
        ignored=_whole(flags, "ignore_index", source),
        fold=_whole(flags, "fold", source),
    )


def _config(flags: Mapping[str, Any], source: str) -> NetworkConfig:
    usual = NetworkConfig()
    encoder = _widths(flags, "encoder_widths", usual.encoder_widths, source)
    decoder = _widths(flags, "decoder_widths", usual.decoder_widths, source)
    out = _widths(flags, "out_conv", (decoder[0], usual.classes), source)
    try:
        return NetworkConfig(
            bands=_whole(flags, "input_dim", source) or usual.bands,
            classes=out[-1],
            encoder_widths=encoder,
            decoder_widths=decoder,
            out_conv=last_block(out[:-1], decoder[0]),
            heads=_whole(flags, "n_head", source) or usual.heads,
            model_width=_whole(flags, "d_model", source) or usual.model_width,
            key_width=_whole(flags, "d_k", source) or usual.key_width,
            num_queries=_whole(flags, "num_queries", source) or usual.num_queries,
            conv_type=flags.get("conv_type", usual.conv_type),
            add_squeeze=bool(flags.get("add_squeeze", usual.add_squeeze)),
        )
    except ValueError as error:
        raise BadInputError(f"{source} describes no network ({error}).", _NEXT_STEP) from error


def _widths(
    flags: Mapping[str, Any], flag: str, usual: tuple[int, ...], source: str
) -> tuple[int, ...]:
    """A list of sizes, also where it is stored as the text of the command line."""
    value = flags.get(flag, usual)
    try:
        listed = json.loads(value) if isinstance(value, str) else value
        widths = tuple(int(width) for width in listed)
    except (TypeError, ValueError) as error:
        raise _bad(flag, value, source) from error
    if not widths or min(widths) < 1:
        raise _bad(flag, value, source)
    return widths


def _whole(flags: Mapping[str, Any], flag: str, source: str) -> int | None:
    value = flags.get(flag)
    if value is None:
        return None
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise _bad(flag, value, source) from error


def _date(text: str, source: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad("ref_date", text, source) from error


def _bad(flag: str, value: object, source: str) -> BadInputError:
    return BadInputError(f"{source} has an unreadable {flag}: {value!r}.", _NEXT_STEP)
