"""Published NDVI curves of the 14 classes in Czechia, 2019 (specification, 8.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import numpy as np

from crop2seg_training.data.paths import shared_data_folder
from crop2seg_training.data.season import season_start


@dataclass(frozen=True)
class NdviProfile:
    """Class curve: mean and standard deviation of NDVI at day counts since 1 September 2018.

    The published values are trailing means of three acquisitions in which clouds were not masked:
    `days` are the mean days of the three, and dips of about 24 May and 19 July are clouds.
    """

    code: int
    days: np.ndarray
    mean: np.ndarray
    std: np.ndarray


def load_profiles() -> dict[int, NdviProfile]:
    """Profiles by class code. Raises MissingDataError where the reference data is absent."""
    path = shared_data_folder() / "calibration" / "ndvi_profiles.json"
    start = season_start(2019)
    profiles = {}
    for entry in json.loads(path.read_text()).values():
        keep = [i for i, text in enumerate(entry["effective_dates"]) if text]
        days = [(date.fromisoformat(entry["effective_dates"][i]) - start).days for i in keep]
        profiles[entry["code"]] = NdviProfile(
            code=entry["code"],
            days=np.array(days, np.float32),
            mean=np.array(entry["mean"], np.float32)[keep],
            std=np.array(entry["std"], np.float32)[keep],
        )
    return profiles
