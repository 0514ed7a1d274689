"""What training covers: medians of clear pixels, their quantiles, and the settings of the run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crop2seg_training.simulate.scene import Scene
from crop2seg_training.train import scope
from crop2seg_training.train.config import TrainConfig

BANDS = 10


def scene(dn: np.ndarray, scl: np.ndarray) -> Scene:
    dates, _, rows, columns = dn.shape
    return Scene(
        dn=dn,
        coarse=np.zeros((dates, 6, rows // 2, columns // 2), np.uint16),
        days=np.arange(dates, dtype=np.int32),
        labels=np.zeros((rows, columns), np.uint8),
        fields=np.zeros((rows, columns), np.int32),
        scl=scl,
    )


def test_clouds_and_missing_pixels_do_not_count() -> None:
    dn = np.zeros((3, BANDS, 2, 4), np.uint16)
    dn[0] = np.arange(100, 100 + BANDS)[:, None, None]
    dn[1] = 9000
    scl = np.array([[[4, 5]], [[9, 3]], [[0, 0]]], np.uint8)
    medians = scope.series_median(scene(dn, scl))
    assert medians.tolist() == list(range(100, 100 + BANDS))


def test_half_of_a_date_can_be_clear() -> None:
    dn = np.full((1, BANDS, 2, 4), 9000, np.uint16)
    dn[..., 2:] = 1234
    assert scope.series_median(scene(dn, np.array([[[9, 4]]], np.uint8))).tolist() == [1234] * BANDS


def test_a_scene_without_a_clear_pixel_has_no_median() -> None:
    dn = np.full((1, BANDS, 2, 2), 9000, np.uint16)
    assert np.isnan(scope.series_median(scene(dn, np.array([[[8]]], np.uint8)))).all()


def test_the_record_holds_the_run_s_settings_and_the_quantiles_by_band() -> None:
    medians = np.arange(101)[:, None] + np.arange(BANDS) * 1000.0
    medians = np.vstack([medians, np.full(BANDS, np.nan)])
    record = scope.scope_of(TrainConfig(dates=(4, 61), first_day=181), medians)
    assert record["dates"] == [4, 61]
    assert record["days"] == [181, 425]
    assert record["medians"]["dn"][0] == [1, 50, 99]
    assert record["medians"]["dn"][9] == [9001, 9050, 9099]
    assert json.loads(json.dumps(record)) == record


def test_nothing_clear_is_an_error() -> None:
    with pytest.raises(ValueError, match="no scene has a clear pixel"):
        scope.scope_of(TrainConfig(), np.full((3, BANDS), np.nan))
