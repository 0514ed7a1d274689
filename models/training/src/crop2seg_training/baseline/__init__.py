"""The bar every network has to pass: a random forest on index curves of real parcels.

It learns from `parcel-series` alone and never sees a labelled scene.
"""

from crop2seg_training.baseline.curves import CURVE_DAYS, index_curves, indices
from crop2seg_training.baseline.forest import Forest, MissingForestError, fit_forest, predict_forest

__all__ = [
    "CURVE_DAYS",
    "Forest",
    "MissingForestError",
    "fit_forest",
    "index_curves",
    "indices",
    "predict_forest",
]
