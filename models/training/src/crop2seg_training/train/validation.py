"""What a run is validated on: simulated scenes of held-out seeds, or a data set's own part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crop2seg_training.data.nomenclature import CROP2SEG, ClassScheme
from crop2seg_training.datasets import LabelledSeries
from crop2seg_training.datasets.simulated import series_of_scene
from crop2seg_training.train.config import SIMULATED, TrainConfig
from crop2seg_training.train.file_chunks import batches_per_epoch, open_training_data, read_series
from crop2seg_training.train.scene_chunks import validation_scenes


@dataclass(frozen=True)
class Validation:
    """Series to score, read anew each time, and what they are."""

    about: str
    scheme: ClassScheme
    count: int
    series: Callable[[], Iterable[LabelledSeries]]
    steps_per_epoch: int | None = None


def make_validation(config: TrainConfig) -> Validation:
    """The validation of a run. Raises DatasetError where a data set has no part for it."""
    if config.data == SIMULATED:
        scenes = [
            series_of_scene(str(number), scene)
            for number, scene in enumerate(validation_scenes(config))
        ]
        about = f"simulated, {len(scenes)} scenes of held-out seeds and parcels"
        return Validation(about, CROP2SEG, len(scenes), lambda: scenes)
    data = open_training_data(config)
    return Validation(
        about=f"{data.data.name}, {len(data.val)} entries kept for validation",
        scheme=data.data.scheme,
        count=len(data.val),
        series=lambda: (read_series(data, entry) for entry in data.val),
        steps_per_epoch=batches_per_epoch(len(data.train), config.batch_size),
    )
