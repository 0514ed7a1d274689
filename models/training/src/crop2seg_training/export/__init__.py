"""From a checkpoint to a model folder that a browser can load and check."""

from crop2seg_training.export.agreement import DEFAULT_SCENES, made_scenes
from crop2seg_training.export.card import CardText, DateReference
from crop2seg_training.export.checkpoint import (
    CheckpointError,
    Weights,
    load_checkpoint,
    put_weights,
    read_checkpoint,
    save_weights,
    state_of,
    weights_of,
)
from crop2seg_training.export.flags import add_folder_flags
from crop2seg_training.export.folder import EXPORTABLE, ExportReport, write_model_folder
from crop2seg_training.export.golden import GoldenTile, made_tile, read_tile
from crop2seg_training.export.legend import Legend, legend_of
from crop2seg_training.export.staged import ExportError
from crop2seg_training.export.torch_file import TorchFileError, read_torch_file
from crop2seg_training.export.variants import BASE, LOGIT_TOLERANCES, VARIANTS, variant_list

__all__ = [
    "BASE",
    "DEFAULT_SCENES",
    "EXPORTABLE",
    "LOGIT_TOLERANCES",
    "VARIANTS",
    "CardText",
    "CheckpointError",
    "DateReference",
    "ExportError",
    "ExportReport",
    "GoldenTile",
    "Legend",
    "TorchFileError",
    "Weights",
    "add_folder_flags",
    "legend_of",
    "load_checkpoint",
    "made_scenes",
    "made_tile",
    "put_weights",
    "read_checkpoint",
    "read_tile",
    "read_torch_file",
    "save_weights",
    "state_of",
    "variant_list",
    "weights_of",
    "write_model_folder",
]
