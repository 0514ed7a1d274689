"""Where in a map a score is taken: everywhere, along class borders, or away from them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from crop2seg_training.data.nomenclature import ClassScheme

Region = Literal["all", "boundary", "interior"]
REGIONS: tuple[Region, ...] = ("all", "boundary", "interior")


def boundary_mask(labels: np.ndarray) -> np.ndarray:
    """Pixels of labels [rows, columns] with another class among their four neighbours.

    Both sides of each border count; the edge of the image is none (specification, 3.4).
    """
    mask = np.zeros(labels.shape, bool)
    down = labels[1:] != labels[:-1]
    across = labels[:, 1:] != labels[:, :-1]
    mask[1:] |= down
    mask[:-1] |= down
    mask[:, 1:] |= across
    mask[:, :-1] |= across
    return mask


def region_labels(labels: np.ndarray, region: Region, scheme: ClassScheme) -> np.ndarray:
    """Labels of a region; those of all other pixels become the ignored class."""
    if region == "all":
        return labels
    boundary = boundary_mask(labels)
    outside = boundary if region == "interior" else ~boundary
    return np.where(outside, np.uint8(scheme.ignored), labels)
