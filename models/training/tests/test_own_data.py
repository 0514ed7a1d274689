"""Data that people bring: what is taken as it is, what is refused, and by which name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crop2seg_training.data.nomenclature import CROP2SEG
from crop2seg_training.datasets import DatasetError, open_data
from crop2seg_training.datasets.checks import as_dn, as_labels
from crop2seg_training.datasets.s2tsczcrop import acquisition_days, read_norm
from crop2seg_training.train import TrainConfig
from crop2seg_training.train.prepare import with_own_norm
from made_data import write_pastis, write_s2tsczcrop

WHERE = Path("DATA_S2/S2_1")


def test_negative_values_become_no_data_and_large_ones_stay_largest() -> None:
    assert as_dn(np.array([-5, 0, 7], np.int16), WHERE).tolist() == [0, 0, 7]
    assert as_dn(np.array([70000, 12], np.int32), WHERE).tolist() == [65535, 12]
    assert as_dn(np.array([0.0, 1200.6, -3.0]), WHERE).tolist() == [0, 1201, 0]
    assert as_dn(np.zeros(3, np.float32), WHERE).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.array([0.1, 0.9], np.float32), "reflectance .* multiply it by 10000"),
        (np.array([100.0, np.nan]), "NaN or infinity"),
        (np.array(["a"]), "not numbers"),
    ],
)
def test_what_is_no_dn_is_refused(values: np.ndarray, said: str) -> None:
    with pytest.raises(DatasetError, match=f"S2_1 holds .*{said}|S2_1 holds {said}"):
        as_dn(values, WHERE)


def test_labels_must_fit_images_and_scheme() -> None:
    codes = np.array([[0, 13], [14, 255]], np.int32)
    assert as_labels(codes, (2, 2), CROP2SEG, WHERE).tolist() == [[0, 13], [14, 14]]
    with pytest.raises(DatasetError, match=r"\(2, 2\), but its images are \(4, 4\)"):
        as_labels(codes, (4, 4), CROP2SEG, WHERE)
    for wrong in (77, -1, 1.5):
        with pytest.raises(DatasetError, match=f"class {wrong}; known are 0 to 14"):
            as_labels(np.array([[0, wrong]]), (1, 2), CROP2SEG, WHERE)


def test_dates_may_have_hyphens() -> None:
    assert acquisition_days({"0": "2018-09-02", "1": "20191031"}).tolist() == [1, 425]


def _changed(folder: Path, number: int, **changes: Any) -> None:
    path = folder / "metadata.json"
    records = json.loads(path.read_text())
    records[number] |= changes
    for key, value in changes.items():
        if value is None:
            del records[number][key]
    path.write_text(json.dumps(records))


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (None, 'has no "dates-S2"'),
        ({"0": "3-Sep-2018"}, "is no date such as 20180903"),
        ({"0": "20181399"}, "is no date such as 20180903"),
    ],
)
def test_bad_dates_name_their_patch(tmp_path: Path, dates: Any, said: str) -> None:
    folder = write_s2tsczcrop(tmp_path / "set")
    _changed(folder, 2, **{"dates-S2": dates})
    data = open_data(f"s2tsczcrop:{folder}")
    with pytest.raises(DatasetError, match=f"patch 2 in .*metadata.json: .*{said}"):
        data.read(data.entries[2])


def test_files_of_both_layouts_are_checked(tmp_path: Path) -> None:
    czech, french = write_s2tsczcrop(tmp_path / "cz"), write_pastis(tmp_path / "fr")
    path = czech / "DATA_S2" / "S2_1"
    stored = np.load(path).astype(np.int16)
    stored[0, 2, 0, 0] = -5
    with path.open("wb") as file:
        np.save(file, stored)
    data = open_data(f"s2tsczcrop:{czech}")
    assert data.read(data.entries[1]).dn[0, 0, 0, 0] == 0
    np.save(french / "ANNOTATIONS" / "TARGET_1.npy", np.zeros((3, 8, 8), np.uint8))
    data = open_data(f"pastis:{french}")
    with pytest.raises(DatasetError, match="but its images are"):
        data.read(data.entries[1])


def test_a_norm_file_beside_the_data_counts(tmp_path: Path) -> None:
    folder = write_s2tsczcrop(tmp_path / "set")
    config = TrainConfig(data=f"s2tsczcrop:{folder}")
    own = with_own_norm(config).normalisation
    assert own is not None
    # Stored order is B04 B03 B02 B08 ...; the model wants B02 B03 B04 B05 B06 B07 B08 ...
    assert own["mean"] == [3, 2, 1, 5, 6, 7, 4, 8, 9, 10]
    given = TrainConfig(data=config.data, normalisation={"mean": [1.0] * 10, "std": [2.0] * 10})
    assert with_own_norm(given) == given
    assert with_own_norm(TrainConfig()).normalisation is None


def test_norms_by_fold_leave_out_what_is_tested(tmp_path: Path) -> None:
    path = tmp_path / "norm.json"
    folds = {f"Fold_{k}": {"mean": [10.0 * k] * 10, "std": [1.0 * k] * 10} for k in range(1, 6)}
    path.write_text(json.dumps(folds))
    assert read_norm(path).mean[0] == pytest.approx(20.0)
    assert read_norm(path, 4).mean[0] == pytest.approx((40 + 50 + 10) / 3)
