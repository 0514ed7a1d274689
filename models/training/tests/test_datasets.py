"""The room `datasets`: every layout yields the same record."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio

from crop2seg_training.data.season import season_start
from crop2seg_training.datasets import (
    DatasetError,
    DateChoice,
    LabelledSeries,
    SeriesChoice,
    choose_dates,
    open_data,
)
from crop2seg_training.datasets.parts import divide, parts_of_folds
from crop2seg_training.datasets.s2tsczcrop import acquisition_days, read_norm, read_records
from crop2seg_training.datasets.scene_series import parcels_of_labels
from made_data import SIZE, made_series, write_pastis, write_s2tsczcrop
from simulation_data import needs_parcels
from test_parity import made_catalogue, write_raster


def day(text: str) -> int:
    taken = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return (taken - season_start(2019)).days


def test_s2tsczcrop_is_read_in_model_order(tmp_path: Path) -> None:
    data = open_data(f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'set')}")
    assert [entry.name for entry in data.entries] == [str(n) for n in range(7)]
    series = data.read(data.entries[2])
    dn, labels, dates = made_series(2)
    np.testing.assert_array_equal(series.dn, dn)
    np.testing.assert_array_equal(series.labels, labels)
    assert series.days.tolist() == [day(text) for text in dates]
    assert series.clear is not None and series.clear.tolist()[:3] == [1.0, 0.5, 1.0]
    place = data.entries[5].place
    assert place is not None and (place.tile, place.row, place.column) == ("T33UVR", 1, 1)


def test_metadata_is_read_in_all_three_forms(tmp_path: Path) -> None:
    records = [{"ID_PATCH": 1, "TILE": "a"}, {"ID_PATCH": 2, "TILE": "b"}]
    lines = "\n".join(json.dumps(record) for record in records)
    columns = {"ID_PATCH": {"0": 1, "1": 2}, "TILE": {"0": "a", "1": "b"}}
    path = tmp_path / "metadata.json"
    for text in (json.dumps(records), lines, json.dumps(columns)):
        path.write_text(text)
        assert read_records(path) == records


def test_days_count_from_the_right_september() -> None:
    assert acquisition_days({"0": "20180901", "1": "20191031"}).tolist() == [0, 425]
    assert acquisition_days({"10": "20191001", "9": "20190301"}).tolist() == [181, 395]
    assert acquisition_days({"0": 20180905, "1": 20181231}).tolist() == [4, 121]


def test_pastis_keeps_its_classes_or_maps_them(tmp_path: Path) -> None:
    folder = write_pastis(tmp_path / "pastis")
    own, mapped = open_data(f"pastis:{folder}"), open_data(f"pastis15:{folder}")
    assert (own.scheme.count, own.scheme.ignored, mapped.scheme.count) == (20, 19, 15)
    wheat = own.read(own.entries[1])
    assert set(np.unique(wheat.labels)) == {0, 2}
    assert set(np.unique(mapped.read(mapped.entries[1]).labels)) == {0, 4}
    assert set(np.unique(mapped.read(mapped.entries[2]).labels)) == {0, 14}, "void stays ignored"
    assert wheat.parcels is not None and wheat.parcels.max() == 2
    np.testing.assert_array_equal(wheat.dn, made_series(1, (1, 2, 19))[0])
    places = [entry.place for entry in own.entries]
    assert [place.column if place else None for place in places] == [0, 1, 2, 3, 4]


def test_folds_turn_around() -> None:
    assert parts_of_folds(1) == {"1": "train", "2": "train", "3": "train", "4": "val", "5": "test"}
    assert parts_of_folds(5) == {"5": "train", "1": "train", "2": "train", "3": "val", "4": "test"}
    with pytest.raises(DatasetError, match="no fold 6"):
        parts_of_folds(6)


def test_parts_come_from_the_data_the_folds_or_a_file(tmp_path: Path) -> None:
    data = open_data(f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'a')}")
    assert [entry.name for entry in divide(data)["val"]] == ["3"]
    pastis = open_data(f"pastis:{write_pastis(tmp_path / 'p')}")
    assert [entry.name for entry in divide(pastis, fold=2)["test"]] == ["0"]
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"train": ["1"], "val": ["2"], "test": ["0"]}))
    assert [entry.name for entry in divide(data, split)["train"]] == ["1"]
    plain = open_data(f"s2tsczcrop:{write_s2tsczcrop(tmp_path / 'b', parts=False)}")
    with pytest.raises(DatasetError, match="crop2seg-train dataset"):
        divide(plain)


def test_scene_catalogue_with_labels(tmp_path: Path) -> None:
    arrays = made_catalogue(tmp_path, {"2018-05-01": 3.0, "2018-07-01": 99.0, "2018-06-01": 0.0})
    with rasterio.open(tmp_path / "labels.tif", "r+") as file:
        labels = np.zeros((SIZE, SIZE), np.uint8)
        labels[:, 3:6], labels[:, 8:10], labels[:2, 12:] = 4, 4, 14
        file.write(labels, 1)
    data = open_data(f"series:{tmp_path}", SeriesChoice(2018, "3-10"))
    (series,) = data
    assert len(series.days) == 2, "the clouded date is over the limit"
    np.testing.assert_array_equal(series.dn[0, 0], arrays["2018-05-01-B02.tif"])
    np.testing.assert_array_equal(series.labels, labels)
    assert series.parcels is not None and series.parcels.max() == 2
    assert series.clear is None, "the catalogue has no scene classification"
    outlines = tmp_path / "parcels.tif"
    write_raster(outlines, np.full((SIZE, SIZE), 7, np.uint8), 10)
    (outlined,) = open_data(f"series:{tmp_path}", SeriesChoice(2018, "3-10", outlines))
    assert outlined.parcels is not None and (outlined.parcels == 7).all()
    write_raster(outlines, np.full((4, 4), 7, np.uint8), 10)
    with pytest.raises(DatasetError, match="does not lie on the grid"):
        list(open_data(f"series:{tmp_path}", SeriesChoice(2018, "3-10", outlines)))


def test_parcels_of_labels_are_connected_crops() -> None:
    labels = np.array([[4, 4, 0, 4], [6, 6, 14, 255]], np.uint8)
    parcels = parcels_of_labels(labels)
    assert (parcels > 0).tolist() == [[True, True, False, True], [True, True, False, False]]
    assert len(np.unique(parcels[parcels > 0])) == 3


def test_dates_are_chosen_by_window_or_singly() -> None:
    series = LabelledSeries(
        "s", np.zeros((4, 10, 1, 1), np.uint16), np.array([10, 100, 200, 300], np.int32),
        np.zeros((1, 1), np.uint8), clear=np.arange(4, dtype=np.float32),
    )  # fmt: skip
    assert choose_dates(series, DateChoice()) is series
    window = choose_dates(series, DateChoice(50, 250))
    assert window.days.tolist() == [100, 200]
    assert window.clear is not None and window.clear.tolist() == [1, 2]
    assert choose_dates(series, DateChoice(50, 250, 290)).days.tolist() == [200]
    with pytest.raises(DatasetError, match="no date from day 301"):
        choose_dates(series, DateChoice(301))


@needs_parcels
def test_parcels_are_patches_with_one_judged_pixel() -> None:
    data = open_data("parcels")
    series = data.read(data.entries[0])
    assert series.dn.shape[1:] == (10, 16, 16)
    assert (series.labels != 255).sum() == 1
    assert (series.dn == series.dn[..., :1, :1]).all()


@needs_parcels
def test_simulated_scenes_are_repeatable() -> None:
    data = open_data("simulated:2")
    first, again = data.read(data.entries[1]), data.read(data.entries[1])
    np.testing.assert_array_equal(first.dn, again.dn)
    assert first.labels.shape == (128, 128) and first.parcels is not None
    assert first.clear is not None and 0 <= first.clear.min() < first.clear.max() <= 1


def test_wrong_sources_are_named(tmp_path: Path) -> None:
    for source in ("moon", "moon:/x", "s2tsczcrop:/nowhere", "simulated:many", "simulated:0"):
        with pytest.raises(DatasetError):
            open_data(source)
    for kind in ("s2tsczcrop", "pastis", "series", "scenes"):
        with pytest.raises(DatasetError, match=r"has no|holds no"):
            open_data(f"{kind}:{tmp_path}")
    (tmp_path / "norm.json").write_text("{}")
    with pytest.raises(DatasetError, match="neither train nor Fold_1"):
        read_norm(tmp_path / "norm.json")
