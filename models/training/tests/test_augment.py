"""Variations of patches, and the order in which a data set is seen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crop2seg_training.datasets import DatasetError, LabelledSeries
from crop2seg_training.train import TrainConfig
from crop2seg_training.train.augment import LEAST_DATES, cut_place, drop_dates, rotate, turn, vary
from crop2seg_training.train.file_chunks import epoch_order, make_file_chunk, open_training_data
from made_data import write_s2tsczcrop


def test_dropout_never_drops_everything() -> None:
    rng = np.random.default_rng(1)
    for count in (1, 3, 4, 30):
        for _ in range(50):
            kept = drop_dates(count, 0.99, rng)
            assert len(kept) >= min(LEAST_DATES, count)
            assert (np.diff(kept) > 0).all() and kept[-1] < count
    assert len(drop_dates(30, 0.0, rng)) == 30
    share = np.mean([len(drop_dates(100, 0.3, rng)) for _ in range(50)])
    assert share == pytest.approx(70, abs=3)


def test_turns_move_pixels_and_labels_together() -> None:
    labels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    dn = np.tile(labels.astype(np.uint16), (2, 10, 1, 1))
    for turns in range(4):
        for flip in (False, True):
            moved, moved_labels = turn(dn, labels, turns, flip)
            np.testing.assert_array_equal(moved[1, 3], moved_labels)
            assert sorted(moved_labels.ravel()) == list(range(16))
    assert turn(dn, labels, 1, False)[1].tolist() == np.rot90(labels).tolist()


def test_rotation_by_a_right_angle_is_exact_and_by_others_leaves_the_ignored_class() -> None:
    labels = np.arange(25, dtype=np.uint8).reshape(5, 5)
    dn = np.tile(labels.astype(np.uint16) + 1, (2, 10, 1, 1))
    turned, moved = rotate(dn, labels, 90, 14)
    assert moved.tolist() in (np.rot90(labels).tolist(), np.rot90(labels, 3).tolist())
    np.testing.assert_array_equal(turned[0, 0], moved + 1)
    turned, moved = rotate(dn, np.full((5, 5), 3, np.uint8), 45, 14)
    assert moved[2, 2] == 3 and moved[0, 0] == 14
    assert (turned[:, :, moved == 14] == 0).all() and (turned[:, :, moved == 3] > 0).all()


def test_cuts_keep_the_phase_of_20_m_and_fit() -> None:
    rng = np.random.default_rng(2)
    places = {cut_place((20, 16), 16, rng) for _ in range(40)}
    assert places == {(0, 0), (2, 0), (4, 0)}
    with pytest.raises(DatasetError, match="32 pixels do not fit into 20 x 16"):
        cut_place((20, 16), 32, rng)


def test_patch_without_augmentation_is_the_place_itself() -> None:
    dn = np.random.default_rng(3).integers(0, 9, (5, 10, 8, 8)).astype(np.uint16)
    series = LabelledSeries("s", dn, np.arange(5, dtype=np.int32), np.zeros((8, 8), np.uint8))
    got, days, labels = vary(series, np.array([1, 3]), 8, "none", 14, np.random.default_rng(1))
    np.testing.assert_array_equal(got, dn[[1, 3]])
    assert days.tolist() == [1, 3] and labels.shape == (8, 8)


def config_of(folder: Path, **settings: object) -> TrainConfig:
    values = {"data": f"s2tsczcrop:{folder}", "batch_size": 2, "patch": 16, "workers": 0}
    return TrainConfig(**(values | settings))  # type: ignore[arg-type]


def test_an_epoch_sees_each_patch_once_and_epochs_differ(tmp_path: Path) -> None:
    config = config_of(write_s2tsczcrop(tmp_path / "set", 20))
    data = open_training_data(config)
    orders = [epoch_order(data, config, epoch) for epoch in range(4)]
    assert all(len(set(order)) == len(order) == len(data.train) // 2 * 2 for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    np.testing.assert_array_equal(orders[2], epoch_order(data, config, 2))


def test_weights_decide_how_often_a_patch_is_drawn(tmp_path: Path) -> None:
    folder = write_s2tsczcrop(tmp_path / "set", 20)
    names = [entry.name for entry in open_training_data(config_of(folder)).train]
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({name: 14 if name == names[0] else 1 for name in names}))
    config = config_of(folder, weights=str(weights))
    data = open_training_data(config)
    drawn = np.concatenate([epoch_order(data, config, epoch) for epoch in range(200)])
    assert (drawn == 0).mean() == pytest.approx(14 / (13 + len(names)), abs=0.05)
    weights.write_text(json.dumps({names[0]: 1}))
    with pytest.raises(DatasetError, match="no weight for"):
        open_training_data(config)


def test_batches_share_their_dates_and_are_limited(tmp_path: Path) -> None:
    folder = write_s2tsczcrop(tmp_path / "set", 20)
    for number in range(6):
        (batch,) = make_file_chunk(config_of(folder, date_dropout=0.4), number)
        assert batch.dn.shape[:2] == batch.days.shape and batch.dn.shape[0] == 2
        assert (np.diff(batch.days, axis=1) > 0).all()
    (batch,) = make_file_chunk(config_of(folder, max_dates=3), 0)
    for _ in range(2):
        (kept,) = make_file_chunk(config_of(folder, max_dates=3, cache=True), 0)
        np.testing.assert_array_equal(kept.dn, batch.dn)
    assert batch.days.shape == (2, 3)
    (batch,) = make_file_chunk(config_of(folder, first_day=200, last_day=300), 0)
    assert batch.days.min() >= 200 and batch.days.max() <= 300
