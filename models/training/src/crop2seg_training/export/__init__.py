"""From a checkpoint to a model folder that a browser can load and check."""

from crop2seg_training.export.card import CardText
from crop2seg_training.export.checkpoint import (
    CheckpointError,
    load_checkpoint,
    put_weights,
    save_weights,
    weights_of,
)
from crop2seg_training.export.folder import ExportReport, write_model_folder
from crop2seg_training.export.golden import GoldenTile, made_tile, read_tile
from crop2seg_training.export.staged import ExportError

__all__ = [
    "CardText",
    "CheckpointError",
    "ExportError",
    "ExportReport",
    "GoldenTile",
    "load_checkpoint",
    "made_tile",
    "put_weights",
    "read_tile",
    "save_weights",
    "weights_of",
    "write_model_folder",
]
