"""A trained network, by its weights and what stands beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from crop2seg_training.data.normalisation import DEFAULT_NORMALISATION, Normalisation
from crop2seg_training.data.validity import NO_VALIDITY, Validity, read_validity
from crop2seg_training.export.checkpoint import load_checkpoint, put_weights
from crop2seg_training.networks import NetworkConfig, SeriesNetwork, build_network

DEFAULT_MODEL = "timeunet"


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with its weights, in evaluation mode, and what it expects of its input."""

    name: str
    network: SeriesNetwork
    normalisation: Normalisation
    validity: Validity = NO_VALIDITY
    dates_per_subset: int | None = None
    """About how many dates the network takes at once; None: however many there are."""

    def subsets(self, dates: int) -> int:
        """Interleaved subsets into which a season of so many dates is split."""
        if self.dates_per_subset is None:
            return 1
        return max(1, min(dates, round(dates / self.dates_per_subset)))


def network_config(name: str, values: dict[str, Any]) -> NetworkConfig:
    """Configuration of a network: its own defaults but for `values`, whose lists become tuples.

    Raises ValueError for a network or setting that is not known.
    """
    defaults = build_network(name).config
    known = {entry.name for entry in fields(defaults)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"networks have no setting {unknown[0]!r}")
    settings: dict[str, Any] = {}
    for key, value in values.items():
        settings[key] = tuple(value) if isinstance(value, list) else value
    return replace(defaults, **settings)


def load_network(checkpoint: Path, model: str | None = None) -> TrainedNetwork:
    """The network of a checkpoint or of a model folder's weights.

    What it is stands beside the file: in a run's `config.json`, or in a model card; without
    either, `model` says it (Time-Unet by default). Nothing in the file is run. Raises
    CheckpointError for weights that do not fit.
    """
    path = weights_file(checkpoint)
    about = described(path.parent)
    name = model or about.model
    network = build_network(name, network_config(name, about.network)).eval()
    put_weights(network, load_checkpoint(path))
    return TrainedNetwork(
        name, network, about.normalisation, about.validity, about.dates_per_subset
    )


def weights_file(checkpoint: Path) -> Path:
    """The file of weights that a path means: itself, or the one in a run's or model's folder.

    Of a run that was validated, the state of its best validation; of others the last one.
    """
    if not checkpoint.is_dir():
        return checkpoint
    of_run = (checkpoint / name for name in ("best.pt", "checkpoint.pt"))
    return next((path for path in of_run if path.is_file()), checkpoint / "weights.npz")


@dataclass(frozen=True)
class Description:
    """What stands beside weights: architecture, what differs from its defaults, and its input."""

    model: str = DEFAULT_MODEL
    network: dict[str, Any] = field(default_factory=dict)
    normalisation: Normalisation = DEFAULT_NORMALISATION
    validity: Validity = NO_VALIDITY
    dates_per_subset: int | None = None


def _normalisation(numbers: dict[str, list[float]]) -> Normalisation:
    return Normalisation(tuple(numbers["mean"]), tuple(numbers["std"]))


def described(folder: Path) -> Description:
    """The description in a run's record or in the card of a folder; the defaults without either."""
    run, card = folder / "config.json", folder / "model.json"
    if run.is_file():
        config = json.loads(run.read_text(encoding="utf-8"))
        norm = config.get("normalisation")
        return Description(
            config["model"],
            config.get("network", {}),
            _normalisation(norm) if norm else DEFAULT_NORMALISATION,
            read_validity(config.get("validity")),
        )
    if card.is_file():
        content = json.loads(card.read_text(encoding="utf-8"))
        given = content["input"]
        return Description(
            content["architecture"],
            content.get("network", {}),
            _normalisation(given),
            read_validity(given.get("validity")),
            given.get("datesPerSubset"),
        )
    return Description()
