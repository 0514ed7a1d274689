"""From the files of a published checkpoint to a network that is ready to be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crop2seg_training.data import BANDS
from crop2seg_training.export import DateReference, Legend, put_weights
from crop2seg_training.importer.architecture import Architecture
from crop2seg_training.importer.classes import choose_legend
from crop2seg_training.importer.conf import Conf, read_conf
from crop2seg_training.importer.difference import difference
from crop2seg_training.importer.from_tensors import architecture_of
from crop2seg_training.importer.norm import ReadNorm, fold_of, read_norm
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.importer.published import Published, read_published
from crop2seg_training.networks import SeriesNetwork, build_network

SEASON = 2019
"""Season of S2TSCzCrop and of PASTIS: both run from September 2018 to autumn 2019."""
REFERENCE_DATE = date(2018, 9, 1)
"""Day 0 of both, where the checkpoint's record does not name another."""


@dataclass(frozen=True)
class Source:
    """What a person hands over."""

    checkpoint: Path
    norm: Path | None = None
    """Without one a checkpoint can be looked at, not written as a model."""
    config: Path | None = None
    classes: Path | None = None
    model: str | None = None
    fold: int | None = None
    band_order: tuple[str, ...] | None = None
    reference_date: date | None = None
    season: int = SEASON


@dataclass(frozen=True)
class Prepared:
    """A network with its weights, in evaluation mode, and all that its card has to say."""

    source: Source
    published: Published
    architecture: Architecture
    network: SeriesNetwork
    norm: ReadNorm | None
    legend: Legend
    date_reference: DateReference
    reference_date: date


def prepare(source: Source) -> Prepared:
    """Read, check and load. Nothing is written. Raises BadInputError."""
    published = read_published(source.checkpoint)
    conf = read_conf(source.config) if source.config else None
    architecture = _architecture(published, conf, source.model)
    config = architecture.config
    if config.bands != len(BANDS):
        raise BadInputError(
            f"The network reads {config.bands} channels, not the {len(BANDS)} bands {BANDS[0]} to "
            f"{BANDS[-1]}.",
            "Import a checkpoint trained on these bands alone, without NDVI (add_ndvi).",
        )
    fold = source.fold or (conf.fold if conf else None) or fold_of(source.checkpoint.absolute())
    norm = read_norm(source.norm, fold, source.band_order) if source.norm else None
    legend = choose_legend(config.classes, source.classes, conf.ignored if conf else None)
    day = source.reference_date or (conf.reference_date if conf else None) or REFERENCE_DATE
    return Prepared(
        source=source,
        published=published,
        architecture=architecture,
        network=_network(published, architecture),
        norm=norm,
        legend=legend,
        date_reference=_date_reference(day, source.season),
        reference_date=day,
    )


def _architecture(published: Published, conf: Conf | None, model: str | None) -> Architecture:
    if conf is None:
        return architecture_of(published.weights, model)
    if model not in (None, conf.architecture.model):
        raise BadInputError(
            f"--model says {model}, but {conf.architecture.source} {conf.architecture.model}.",
            "Leave one of the two out.",
        )
    return conf.architecture


def _network(published: Published, architecture: Architecture) -> SeriesNetwork:
    try:
        network = build_network(architecture.model, architecture.config).eval()
    except ValueError as error:  # sizes that do not go together, such as channels and groups
        raise BadInputError(
            f"{architecture.model} cannot be built with the sizes of {architecture.source} "
            f"({error}).",
            "Give the conf.json that lies beside the checkpoint.",
        ) from error
    found = difference(
        {key: tuple(value.shape) for key, value in network.state_dict().items()},
        {key: value.shape for key, value in published.weights.items()},
    )
    if found.rows:
        raise BadInputError(
            f"{published.path} does not fit {architecture.model} by {architecture.source}: "
            f"{found.counts()}.",
            _advice(published, architecture),
            found.table(),
        )
    put_weights(network, published.weights)
    return network


def _advice(published: Published, architecture: Architecture) -> str:
    try:
        seen = architecture_of(published.weights)
    except BadInputError:
        seen = None
    if seen is None or (seen.model, seen.config) == (architecture.model, architecture.config):
        return "Give the whole model.pth.tar of a timeunet, wtae or utae of the predecessor."
    widths = " ".join(str(width) for width in seen.config.encoder_widths)
    return (
        f"By its own tensors it is a {seen.model} with {seen.config.classes} classes and encoder "
        f"widths {widths}: give the conf.json that lies beside it, or leave --config out."
    )


def _date_reference(day: date, season: int) -> DateReference:
    years = season - day.year
    if years < 0:
        raise BadInputError(
            f"The reference date {day} lies behind the season {season}.",
            "Say the season of the training data with --season.",
        )
    return DateReference(day.month, day.day, years)
