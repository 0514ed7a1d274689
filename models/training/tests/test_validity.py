"""Which pixels count, and what becomes of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from crop2seg_training.data.nomenclature import CROP2SEG
from crop2seg_training.data.normalisation import DEFAULT_NORMALISATION
from crop2seg_training.data.validity import (
    NO_VALIDITY,
    Validity,
    fill_in_time,
    kept_dates,
    read_validity,
    valid_pixels,
)
from crop2seg_training.datasets import LabelledSeries
from crop2seg_training.evaluate.network import predict_with
from crop2seg_training.evaluate.treatments import Treatment, compare_treatments
from crop2seg_training.export.trained import TrainedNetwork
from exported import with_lively_weights


def test_codes_that_count() -> None:
    scl = np.arange(14, dtype=np.uint8).reshape(1, 2, 7)
    seen = valid_pixels(scl, Validity("mask", "seen"))
    assert [int(code) for code in scl[seen]] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    clear = valid_pixels(scl, Validity("mask", "clear"))
    assert [int(code) for code in scl[clear]] == [2, 4, 5, 6, 7]


def test_invalid_land_grows_by_a_square_within_its_date() -> None:
    scl = np.full((2, 9, 9), 4, np.uint8)
    scl[0, 4, 4], scl[0, 0, 8] = 9, 0
    valid = valid_pixels(scl, Validity("mask", "clear", 2))
    expected = np.ones((9, 9), bool)
    expected[2:7, 2:7] = False
    expected[:3, 6:] = False
    np.testing.assert_array_equal(valid[0], expected)
    assert valid[1].all()


def test_dates_below_the_share_are_left_out() -> None:
    valid = np.zeros((4, 2, 5), bool)
    valid[1, 0, 0] = True
    valid[2, 0] = True
    valid[3] = True
    assert kept_dates(valid, NO_VALIDITY).tolist() == [1, 2, 3]
    assert kept_dates(valid, Validity(leastShare=0.5)).tolist() == [2, 3]
    assert kept_dates(valid[:2], Validity(leastShare=0.5)).tolist() == [1]
    assert kept_dates(valid[:1], NO_VALIDITY).tolist() == [0]


def test_filling_is_linear_in_days_and_holds_at_the_ends() -> None:
    days = np.array([0, 10, 40, 50], np.int32)
    values = np.zeros((4, 1, 1, 3), np.float32)
    values[:, 0, 0, :] = np.array([[1, 7, 8], [2, 9, 8], [3, 9, 8], [6, 4, 8]])
    valid = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 0]], bool)[:, None]
    filled = fill_in_time(values, days, valid)[:, 0, 0]
    np.testing.assert_allclose(filled[:, 0], [1, 2, 5, 6])
    np.testing.assert_allclose(filled[:, 1], [9, 9, 9 - 5 * 30 / 40, 4])
    np.testing.assert_allclose(filled[:, 2], 8)


def test_a_card_without_validity_means_none() -> None:
    assert read_validity(None) == NO_VALIDITY
    assert read_validity({"use": "mask", "growPixels": 3}).growPixels == 3
    for wrong in ({"use": "guess"}, {"counts": "all"}, {"growPixels": -1}, {"leastShare": 1.5}):
        with pytest.raises(ValueError, match=r"validity|growPixels"):
            read_validity(wrong)


def _series() -> LabelledSeries:
    rng = np.random.default_rng(2)
    dn = rng.integers(300, 4000, (6, 10, 20, 16)).astype(np.uint16)
    scl = np.full((6, 20, 16), 4, np.uint8)
    scl[1, :, :9], dn[1, :, :, :9] = 0, 0
    scl[2] = 0
    dn[2] = 0
    scl[4, 5:9] = 9
    labels = rng.integers(0, 14, (20, 16)).astype(np.uint8)
    days = np.array([100, 140, 160, 200, 240, 300], np.int32)
    return LabelledSeries("made", dn, days, labels, scl=scl)


def _trained(name: str, validity: Validity = NO_VALIDITY) -> TrainedNetwork:
    return TrainedNetwork(name, with_lively_weights(name), DEFAULT_NORMALISATION, validity)


def test_prediction_masks_as_the_network_does() -> None:
    series = _series()
    trained = _trained("timeunet-lite", Validity("mask", "clear", 1))
    got = predict_with(trained)(series)
    valid = valid_pixels(series.scl, trained.validity)
    kept = [0, 1, 3, 4, 5]
    x = torch.from_numpy(DEFAULT_NORMALISATION.apply(series.dn[kept]))[None]
    seen = torch.from_numpy(valid[kept])[None].float()
    # 20 rows are mirrored to 24, validity with them.
    x, seen = x[:, :, :, :, :], seen
    x = torch.nn.functional.pad(x[0], (0, 0, 0, 4), mode="reflect")[None]
    seen = torch.nn.functional.pad(seen, (0, 0, 0, 4), mode="reflect")
    days = torch.from_numpy(series.days[kept]).float()[None]
    with torch.no_grad():
        expected = trained.network(x, days, seen)[0, :, :20].softmax(0).numpy()
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_subsets_average_probabilities_of_every_kth_date() -> None:
    series, trained = _series(), _trained("wtae", Validity("mask", "seen"))
    got = predict_with(trained, subsets=2)(series)
    kept = np.array([0, 1, 3, 4, 5])
    halves = []
    for part in (kept[0::2], kept[1::2]):
        cut = LabelledSeries(
            "part", series.dn[part], series.days[part], series.labels, scl=series.scl[part]
        )
        halves.append(predict_with(trained)(cut))
    np.testing.assert_allclose(got, np.mean(halves, axis=0), atol=1e-5)


@pytest.mark.parametrize("name", ["timeunet-lite", "wtae", "utae"])
@pytest.mark.parametrize("use", ["none", "mask", "fill"])
def test_treatments_give_what_a_prediction_gives(name: str, use: str) -> None:
    series, trained = _series(), _trained(name)
    rules = Validity(use, "clear", 1, 0.05)  # type: ignore[arg-type]
    (row,) = compare_treatments(trained, [series], CROP2SEG, (Treatment(rules, 0, 3),))
    codes = predict_with(replace(trained, validity=rules), subsets=2)(series).argmax(0)
    counted = series.labels != CROP2SEG.ignored
    assert row["all"] == pytest.approx((codes == series.labels)[counted].mean(), abs=2 / codes.size)
    assert (row["use"], row["datesPerSubset"], row["months"]) == (use, 3, "9p-10")
