"""How much of a run's budget is used, and when it is validated next."""

from __future__ import annotations

from dataclasses import dataclass

from crop2seg_training.train.checkpoint import Progress
from crop2seg_training.train.config import TrainConfig

SECONDS = 60.0  # of a minute


@dataclass(frozen=True)
class Budget:
    """Either steps or seconds."""

    steps: int | None
    seconds: float
    validate_steps: int | None
    validate_seconds: float

    def share(self, progress: Progress) -> float:
        """Share of the budget that is used, 1 and more: all of it."""
        if self.steps is not None:
            return progress.step / self.steps
        return progress.seconds / self.seconds

    def validation_is_due(self, progress: Progress, last: Progress) -> bool:
        """Whether a validation is due, the last one having been at `last`."""
        if self.validate_steps is not None:
            return progress.step % self.validate_steps == 0
        return progress.seconds - last.seconds > self.validate_seconds


def make_budget(config: TrainConfig, steps_per_epoch: int | None) -> Budget:
    """The budget of a run; epochs become steps, and are validated one by one."""
    steps, validate = config.steps, config.validate_steps
    if steps is None and config.epochs is not None and steps_per_epoch is not None:
        steps = config.epochs * steps_per_epoch
        validate = validate or steps_per_epoch
    return Budget(steps, config.minutes * SECONDS, validate, config.validate_minutes * SECONDS)
