"""All settings of one training run, as one record that is saved beside its results."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run. The budget is `steps` where given, else `minutes` of wall time."""

    model: str = "timeunet"
    seed: int = 1
    minutes: float = 30.0
    steps: int | None = None
    batch_size: int = 4
    patch: int = 64  # pixels; a multiple of the network's size multiple
    scene: int = 128  # pixels of the scenes from which patches are cut
    scenes_per_chunk: int = 8  # scenes that share a number of dates and are shuffled together
    patches_per_scene: int = 4
    mosaic_share: float = 0.6  # of the scenes, whose fields are far smaller than life
    dates: tuple[int, int] = (9, 26)  # least and greatest number of dates in a batch
    date_dropout: float = 0.15  # share of a scene's dates that each patch leaves out
    lr: float = 1.5e-3
    weight_decay: float = 0.01
    warm_up: float = 0.04  # share of the budget
    label_smoothing: float = 0.05
    clip_norm: float = 1.0
    threads: int = 2
    workers: int = 1
    mixed_precision: bool = True  # the per-date encoder in bfloat16, where PyTorch is 2 or newer
    validate_minutes: float = 10.0
    validation_scenes: int = 12

    def save(self, path: Path) -> None:
        """Writes the record as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @staticmethod
    def load(path: Path) -> TrainConfig:
        """Reads a record that `save` wrote."""
        values = json.loads(path.read_text())
        values["dates"] = tuple(values["dates"])
        return TrainConfig(**values)

    @property
    def batches_per_chunk(self) -> int:
        """Batches that one chunk of scenes yields."""
        return max(1, self.scenes_per_chunk * self.patches_per_scene // self.batch_size)
