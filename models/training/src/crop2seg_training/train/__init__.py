"""Training networks. Door of this room."""

from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.loop import run_training

__all__ = ["TrainConfig", "run_training"]
