"""What a network is: its name and sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.networks import NetworkConfig

IMPORTABLE = ("timeunet", "wtae", "utae")
"""The predecessor's networks that have stage graphs, under its names."""


@dataclass(frozen=True)
class Architecture:
    """A network by name, with its sizes, and where both come from."""

    model: str
    config: NetworkConfig
    source: str
    assumed: tuple[str, ...] = ()
    """What could not be seen and was taken as the predecessor's default."""


def importable(model: str, source: str) -> str:
    """``model`` if its checkpoints are known here. Raises BadInputError."""
    if model not in IMPORTABLE:
        raise BadInputError(
            f"{source} names the network {model!r}, which a browser does not run.",
            f"Import a checkpoint of {', '.join(IMPORTABLE[:-1])} or {IMPORTABLE[-1]}.",
        )
    return model


def refuse_option(option: str, source: str) -> BadInputError:
    """The error for a network with an option that stage graphs do not have."""
    return BadInputError(
        f"{source} has {option}, for which there are no stage graphs.",
        "Train a network without it, or import another checkpoint.",
    )


def last_block(widths: Sequence[int], given: int) -> tuple[int, ...] | None:
    """The configuration's ``out_conv`` for a last block of ``widths`` behind ``given`` channels."""
    return None if list(widths) == [given] else tuple(widths)
