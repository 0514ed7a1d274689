"""Scores of maps and networks, beside the baseline; fixtures that hold the browser's pipeline
against PyTorch and GDAL."""

from crop2seg_training.evaluate.metrics import MapScores, RegionScores, evaluate_map

__all__ = ["MapScores", "RegionScores", "evaluate_map"]
