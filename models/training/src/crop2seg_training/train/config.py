"""All settings of one training run, as one record that is saved beside its results."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from crop2seg_training.data.normalisation import DEFAULT_NORMALISATION, Normalisation
from crop2seg_training.data.validity import Validity, read_validity
from crop2seg_training.losses import LOSS_NAMES
from crop2seg_training.train.augment import AUGMENTATIONS, Augmentation

SIMULATED = "simulated"
"""Value of `data`: scenes drawn anew in every step."""
Schedule = Literal["cosine", "constant"]
SCHEDULES: tuple[Schedule, ...] = ("cosine", "constant")
_TUPLES = ("dates", "freeze")


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run. The budget is `steps`, or `epochs` of a data set, or else `minutes`."""

    model: str = "timeunet"
    network: dict[str, Any] = field(default_factory=dict, hash=False)
    """What differs from the network's default sizes, by field of NetworkConfig."""
    seed: int = 1

    data: str = SIMULATED
    """As on every command line (datasets/source.py); simulated scenes are drawn without end."""
    split: str | None = None  # file of the parts, where the data set does not say them
    fold: int = 1  # of a data set in folds
    weights: str | None = None  # file of sampling weights by entry
    season: int = 2018  # of a catalogue of scenes, as are the months
    months: str = "9p-10"
    normalisation: dict[str, list[float]] | None = field(default=None, hash=False)
    """Mean and standard deviation by band; None: those of this package."""
    validity: dict[str, Any] | None = field(default=None, hash=False)
    """What the network makes of invalid pixels (the card's `input.validity`); None: nothing."""

    minutes: float = 30.0
    steps: int | None = None
    epochs: int | None = None
    batch_size: int = 4
    patch: int = 64  # pixels; a multiple of the network's size multiple
    augment: Augmentation = "turns"
    date_dropout: float = 0.15  # share of a series' dates that each patch leaves out
    first_day: int | None = None  # days since 1 September of the year before, as the next two
    last_day: int | None = None
    single_day: int | None = None
    max_dates: int | None = None  # of a data set of files; bounds the memory of a step

    scene: int = 128  # pixels of the scenes from which patches are cut
    scenes_per_chunk: int = 8  # scenes that share a number of dates and are shuffled together
    patches_per_scene: int = 4
    mosaic_share: float = 0.6  # of the scenes, whose fields are far smaller than life
    dates: tuple[int, int] = (4, 61)  # least and greatest number of dates in a batch of scenes
    batch_dates: int | None = 96
    """Dates of all samples of a batch of scenes together; batches of short series hold up to twice
    `batch_size` samples, of long ones two. None: always `batch_size`."""
    distinct_chunks: int | None = None
    """Chunks of scenes that are drawn; later ones are these in other forms. None: always new."""
    chunk_folder: str | None = None  # where they are kept, for runs of the same settings of data

    loss: str = "cross_entropy"
    label_smoothing: float = 0.05
    gamma: float = 2.0  # of the focal loss
    boundary_loss: bool = False  # adds the focal loss of the boundary head, at equal weight
    teacher: str | None = None  # checkpoint or model folder to learn from
    teacher_share: float = 0.5  # of the loss; labels have the rest
    temperature: float = 2.0  # that softens both networks' probabilities
    auxiliary: float = 0.0  # weight of the loss of a plain head on the temporal output
    agreement: float = 0.0  # weight of the distance between a patch and a window cut from it

    lr: float = 1.5e-3
    schedule: Schedule = "cosine"
    weight_decay: float = 0.01
    warm_up: float = 0.04  # share of the budget
    clip_norm: float = 1.0
    averaging: float = 0.0
    """Share of the averaged weights that each step keeps, such as 0.995; 0: no average is made."""
    start_from: str | None = None  # weights that are fine-tuned
    new_head: bool = False  # leave out the last layer's weights, for other classes
    freeze: tuple[str, ...] = ()  # modules that are not trained, by the start of their names

    device: str = "auto"
    threads: int = 2
    workers: int = 1
    cache: bool = False  # keep the series of files in memory, in each worker
    mixed_precision: bool | None = None
    """The per-date encoder in bfloat16; None: where the device has it in hardware."""

    validate_minutes: float = 10.0
    validate_steps: int | None = None  # instead of minutes; an epoch where epochs are the budget
    validation_scenes: int = 12
    patience: int | None = None  # validations without a better one before the run stops

    def __post_init__(self) -> None:
        known = {"loss": LOSS_NAMES, "augment": AUGMENTATIONS, "schedule": SCHEDULES}
        for name, values in known.items():
            if getattr(self, name) not in values:
                raise ValueError(f"unknown {name} {getattr(self, name)!r}: {', '.join(values)}")
        if not 0 <= self.date_dropout < 1:
            raise ValueError("date_dropout must be at least 0 and below 1")
        if self.distinct_chunks is not None and self.distinct_chunks < 1:
            raise ValueError("distinct_chunks must be at least 1")
        if self.epochs is not None and self.data == SIMULATED:
            raise ValueError("simulated scenes have no epochs: give steps or minutes")

    def save(self, path: Path) -> None:
        """Writes the record as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @staticmethod
    def load(path: Path) -> TrainConfig:
        """Reads a record that `save` wrote, also one of an older version."""
        values = json.loads(path.read_text())
        unknown = sorted(set(values) - {entry.name for entry in fields(TrainConfig)})
        if unknown:
            raise ValueError(f"{path} has settings of another version: {', '.join(unknown)}")
        for name in _TUPLES:
            if name in values:
                values[name] = tuple(values[name])
        return TrainConfig(**values)

    @property
    def scene_batches_per_chunk(self) -> int:
        """Batches that one chunk of simulated scenes yields."""
        return max(1, self.scenes_per_chunk * self.patches_per_scene // self.batch_size)

    @property
    def rules(self) -> Validity:
        """Validity of the run."""
        return read_validity(self.validity)

    @property
    def norm(self) -> Normalisation:
        """Normalisation of the run."""
        if self.normalisation is None:
            return DEFAULT_NORMALISATION
        return Normalisation(tuple(self.normalisation["mean"]), tuple(self.normalisation["std"]))
