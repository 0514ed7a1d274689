"""The simulated sample that the page ships. Door of this room."""

from crop2seg_training.sample.write import write_sample

__all__ = ["write_sample"]
