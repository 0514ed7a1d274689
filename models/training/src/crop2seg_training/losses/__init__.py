"""What a network is trained to make small. Door of this room."""

from crop2seg_training.losses.boundary import boundary_loss, boundary_of
from crop2seg_training.losses.choose import LOSS_NAMES, Loss, LossOptions, make_loss
from crop2seg_training.losses.distillation import distillation

__all__ = [
    "LOSS_NAMES",
    "Loss",
    "LossOptions",
    "boundary_loss",
    "boundary_of",
    "distillation",
    "make_loss",
]
