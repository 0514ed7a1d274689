"""What a network is trained to make small. Door of this room."""

from crop2seg_training.losses.boundary import boundary_loss, boundary_of
from crop2seg_training.losses.choose import LOSS_NAMES, Loss, LossOptions, make_loss
from crop2seg_training.losses.counted import counted_pixels
from crop2seg_training.losses.distillation import distillation

__all__ = [
    "LOSS_NAMES",
    "Loss",
    "LossOptions",
    "boundary_loss",
    "boundary_of",
    "counted_pixels",
    "distillation",
    "make_loss",
]
