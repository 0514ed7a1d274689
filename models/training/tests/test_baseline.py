"""The room `baseline`: index curves by hand, a forest that learns and says what it knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crop2seg_training.baseline import (
    CURVE_DAYS,
    fit_forest,
    index_curves,
    indices,
    predict_forest,
)
from crop2seg_training.baseline.curves import interpolate
from crop2seg_training.baseline.forest import clear_dates
from crop2seg_training.data.parcels import ParcelSeries, load_parcels
from crop2seg_training.datasets import LabelledSeries
from simulation_data import needs_parcels

DAYS = np.array([0, 100, 200, 300], np.float32)


def spectrum(red: float, infrared: float) -> np.ndarray:
    dn = np.full(10, 1000.0, np.float32)
    dn[2], dn[6] = red, infrared
    return dn


def made_parcels(count: int) -> ParcelSeries:
    """Parcels of two classes: green in spring (4), green in late summer (6), with some noise."""
    rng = np.random.default_rng(3)
    labels = np.tile([4, 6], count // 2)
    greens = {4: (2, 0), 6: (0, 2)}
    series = []
    for label in labels:
        dn = np.stack([spectrum(1500, 1700)] * len(DAYS))
        dn[greens[int(label)][0] + 1] = spectrum(400, 4000)
        series.append(dn * rng.uniform(0.9, 1.1, dn.shape))
    return ParcelSeries(
        ids=tuple(f"p{i}" for i in range(count)),
        labels=labels,
        series=np.zeros((count, 1, 10), np.float32),
        spectra=np.concatenate(series).astype(np.float32),
        spectra_day=np.tile(DAYS, count),
        spectra_label=np.repeat(labels, len(DAYS)),
        first=np.arange(count + 1) * len(DAYS),
    )


def test_indices_by_hand() -> None:
    dn = np.zeros(10)
    dn[2], dn[3], dn[6], dn[8] = 500, 1000, 3000, 1500
    np.testing.assert_allclose(indices(dn), [2500 / 3500, 1500 / 4500, 2000 / 4000])
    np.testing.assert_array_equal(indices(np.zeros(10)), [0, 0, 0])


def test_curves_are_interpolated_and_held_at_the_ends() -> None:
    values = np.array([[[0.0], [10.0], [20.0]]])
    got = interpolate(np.array([100, 200, 220]), values, np.array([0.0, 150, 210, 400]))
    np.testing.assert_allclose(got[0, :, 0], [0, 5, 15, 20])
    curves = index_curves(DAYS, np.full((2, 4, 10), 1000.0))
    assert curves.shape == (2, len(CURVE_DAYS) * 3)
    assert CURVE_DAYS[1] - CURVE_DAYS[0] == 10


def test_forest_maps_pixels_by_their_season() -> None:
    forest = fit_forest([made_parcels(40)], trees=20)
    dn = np.full((4, 10, 2, 3), 1000, np.uint16)
    dn[:, :, :, :] = spectrum(1500, 1700).astype(np.uint16)[None, :, None, None]
    dn[3, :, :, :2] = spectrum(400, 4000).astype(np.uint16)[:, None, None]
    dn[1, :, :, 2:] = spectrum(400, 4000).astype(np.uint16)[:, None, None]
    series = LabelledSeries("made", dn, DAYS.astype(np.int32), np.zeros((2, 3), np.uint8))
    probabilities = predict_forest(forest, series)
    assert probabilities.shape == (15, 2, 3)
    np.testing.assert_allclose(probabilities.sum(0), 1, rtol=1e-5)
    spring, late = int(probabilities[:, 0, 2].argmax()), int(probabilities[:, 0, 0].argmax())
    assert {spring, late} == {4, 6} and spring != late
    assert forest.parcels == 40 and forest.oob_accuracy > 0.9


def test_clouded_dates_are_left_out_while_enough_are_clear() -> None:
    series = LabelledSeries(
        "made", np.zeros((4, 10, 1, 1), np.uint16), DAYS.astype(np.int32),
        np.zeros((1, 1), np.uint8), clear=np.array([1.0, 0.5, 0.95, 0.99], np.float32),
    )  # fmt: skip
    assert clear_dates(series).days.tolist() == [0, 200, 300]
    cloudy = replace(series, clear=np.full(4, 0.2, np.float32))
    assert len(clear_dates(cloudy).days) == 4


@needs_parcels
def test_forest_on_real_parcels_beats_the_commonest_class() -> None:
    training, held_out = load_parcels("training"), load_parcels("validation")
    forest = fit_forest([training], trees=60)
    curves = np.concatenate(
        [index_curves(d, dn[None]) for d, dn in map(held_out.composites, range(len(held_out.ids)))]
    )
    right = (forest.model.predict(curves) == held_out.labels).mean()
    assert right > 1.3 * np.bincount(held_out.labels).max() / len(held_out.ids)
    days, dn = held_out.composites(3)
    assert len(days) == len(dn) and (np.diff(days) > 0).all()
    assert forest.oob_accuracy == pytest.approx(0.62, abs=0.08)
