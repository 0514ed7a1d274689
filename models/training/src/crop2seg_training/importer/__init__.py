"""From a published checkpoint to a model folder: read as data, checked, never trusted."""

from crop2seg_training.importer.folder import Wording, write
from crop2seg_training.importer.preparation import Prepared, Source, prepare
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.importer.report import describe

__all__ = ["BadInputError", "Prepared", "Source", "Wording", "describe", "prepare", "write"]
