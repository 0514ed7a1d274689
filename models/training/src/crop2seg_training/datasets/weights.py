"""How often a training patch is drawn, by the rare classes in it."""

from __future__ import annotations

import numpy as np

from crop2seg_training.data.nomenclature import CROP2SEG, ClassScheme

CLASS_WEIGHTS: dict[int, float] = {1: 1, 2: 1, 7: 5, 9: 14, 10: 8, 11: 4, 12: 4}
"""By code of the 15 classes; others weigh nothing (specification, 4.2)."""
LEAST_WEIGHT = 1.0
COMMON_SHARE = 0.02
"""Of all pixels; in other schemes a class below it weighs by how far below it is."""
MOST_WEIGHT = 14.0


def class_weights(scheme: ClassScheme, pixels: np.ndarray) -> np.ndarray:
    """Weight of each class of a scheme, given the pixels of each in the whole data set."""
    weights = np.zeros(scheme.count)
    if scheme == CROP2SEG:
        for code, weight in CLASS_WEIGHTS.items():
            weights[code] = weight
        return weights
    shares = pixels / max(int(pixels.sum()), 1)
    rare = (shares > 0) & (shares < COMMON_SHARE)
    rare[[0, scheme.ignored]] = False
    weights[rare] = np.minimum(COMMON_SHARE / shares[rare], MOST_WEIGHT)
    return weights


def sample_weight(pixels: np.ndarray, weights: np.ndarray) -> float:
    """Weight of a patch with these pixels by class: the sum over the classes in it, at least 1."""
    return max(LEAST_WEIGHT, float(weights[pixels > 0].sum()))
