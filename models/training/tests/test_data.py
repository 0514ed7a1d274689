"""The room `data`: nomenclature, days, the split of real parcels by location."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from crop2seg_training.data import (
    BANDS,
    CLASS_COUNT,
    CLASS_NAMES,
    MissingDataError,
    load_parcels,
    load_profiles,
    normalise,
    shared_data_folder,
)
from crop2seg_training.data.nomenclature import BANDS_10M, BANDS_20M
from crop2seg_training.data.parcels import CELL_DEGREES, GRID_DAYS, SETS, cell_is_held_out
from crop2seg_training.data.season import SEASON_DAYS, date_of, day_of
from simulation_data import needs_parcels


def test_bands_and_classes_are_complete() -> None:
    assert sorted(BANDS_10M + BANDS_20M) == list(range(len(BANDS)))
    assert len(CLASS_NAMES) == CLASS_COUNT == 15


def test_days_count_from_september_of_the_year_before() -> None:
    assert day_of(9, 1, before=True) == 0
    assert day_of(9, 1) == 365
    assert date_of(2019, 0).isoformat() == "2018-09-01"
    assert date_of(2019, SEASON_DAYS - 1).isoformat() == "2019-10-31"


def test_normalise_is_linear_per_band() -> None:
    dn = np.full((2, 10, 1, 1), 2000, np.uint16)
    dn[1] = 3000
    scaled = normalise(dn)
    assert scaled.dtype == np.float32
    # 1000 DN are 1000 / 1250 of B02's deviation.
    assert scaled[1, 0, 0, 0] - scaled[0, 0, 0, 0] == pytest.approx(0.8)


def test_absent_data_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROP2SEG_DATA", "/nowhere/at/all")
    with pytest.raises(MissingDataError, match="CROP2SEG_DATA"):
        shared_data_folder()


@needs_parcels
def test_held_out_parcels_never_train() -> None:
    training, validation = load_parcels("training"), load_parcels("validation")
    assert not set(training.ids) & set(validation.ids)
    place = {}
    for name, _ in SETS:
        path = shared_data_folder() / "parcel-series" / f"{name}_parcels.csv"
        with path.open() as file:
            for row in csv.DictReader(file):
                place[row["id"]] = (float(row["lon"]), float(row["lat"]))
    cells = [
        {tuple(int(v // CELL_DEGREES) for v in place[name]) for name in side.ids}
        for side in (training, validation)
    ]
    assert not cells[0] & cells[1]
    assert all(cell_is_held_out(*place[name]) for name in validation.ids)
    assert 0.1 < len(validation.ids) / (len(training.ids) + len(validation.ids)) < 0.25


@needs_parcels
def test_series_are_whole_and_plausible() -> None:
    parcels = load_parcels("training")
    assert parcels.series.shape == (len(parcels.ids), len(GRID_DAYS), 10)
    assert np.isfinite(parcels.series).all()
    assert parcels.series.min() > 0
    # Haze was dropped: blue of land stays below that of cloud.
    assert np.quantile(parcels.series[..., 0], 0.999) < 1700
    red, nir = parcels.series[..., 2], parcels.series[..., 6]
    ndvi = (nir - red) / (nir + red)
    may, august = (int(np.argmin(np.abs(GRID_DAYS - day_of(m, 15)))) for m in (5, 8))
    wheat, maize = parcels.labels == 4, parcels.labels == 6
    assert np.median(ndvi[wheat, may]) > 0.65 > 0.45 > np.median(ndvi[wheat, august])
    assert np.median(ndvi[maize, may]) < 0.45 < 0.7 < np.median(ndvi[maize, august])


@needs_parcels
def test_only_the_named_sets_are_read() -> None:
    # The labelled scenes of Flanders 2018 judge the model in the end; nothing may learn from them.
    assert {name for name, _ in SETS} == {"fr_dekad_2023", "be_dekad_2021", "be_month_2021"}


@needs_parcels
def test_profiles_use_effective_dates() -> None:
    profiles = load_profiles()
    assert sorted(profiles) == list(range(14))
    assert profiles[4].days[0] == 144  # 23 January 2019, the mean of the first three dates
    assert len(profiles[4].days) == len(profiles[4].mean) == 36
