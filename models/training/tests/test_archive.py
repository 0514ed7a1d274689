"""Seasons as an archive delivers them, and the forms in which training shows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crop2seg_training.data.season import SEASON_DAYS, day_of
from crop2seg_training.datasets import open_data
from crop2seg_training.simulate import Scene
from crop2seg_training.simulate.archive import CLEAR_CODES, simulate_archive
from crop2seg_training.simulate.dates import draw_archive_days
from crop2seg_training.simulate.swath import draw_seen
from crop2seg_training.train import TrainConfig
from crop2seg_training.train.averaging import AveragedWeights
from crop2seg_training.train.prepare import make_network
from crop2seg_training.train.scene_chunks import batch_size, show_batch
from crop2seg_training.train.season import (
    dates_within,
    draw_form,
    draw_validity,
    move_days,
    pick_dates,
    tint,
)
from simulation_data import needs_parcels


@pytest.fixture(scope="module")
def season() -> Scene:
    return simulate_archive(64, "training", np.random.default_rng(5))


def test_archives_have_a_revisit_of_two_to_five_days() -> None:
    counts = set()
    for seed in range(20):
        days = draw_archive_days(np.random.default_rng(seed))
        assert (np.diff(days) >= 2).all()
        assert days[0] >= 0
        assert days[-1] < SEASON_DAYS
        assert len(np.unique(days % 5)) <= 2
        counts.add(len(days))
    assert min(counts) < 50
    assert max(counts) > 65


def test_a_swath_edge_cuts_one_orbit_on_about_one_line() -> None:
    days = np.sort(np.concatenate([np.arange(0, 200, 5), np.arange(2, 200, 5)]))
    cut = []
    for seed in range(40):
        seen = draw_seen(days, 32, 32, np.random.default_rng(seed))
        share = seen.mean((1, 2))
        partly = [(share[days % 5 == phase] < 1).mean() for phase in (0, 2)]
        cut.append(max(partly) > 0.9)
        assert min(partly) < 0.5, "the other orbit sees the whole place but for single dates"
    assert 0.3 < np.mean(cut) < 0.8


@needs_parcels
def test_what_was_not_seen_is_zero_everywhere(season: Scene) -> None:
    unseen = (season.scl == 0).repeat(2, axis=1).repeat(2, axis=2)
    assert (season.dn.transpose(0, 2, 3, 1)[unseen] == 0).all()
    assert (season.dn.transpose(0, 2, 3, 1)[~unseen] > 0).all()
    assert (season.coarse.transpose(0, 2, 3, 1)[season.scl == 0] == 0).all()
    assert (np.isin(season.scl, CLEAR_CODES).mean((1, 2)) >= 0.05).all()


@needs_parcels
def test_archives_are_reproducible(season: Scene) -> None:
    again = simulate_archive(64, "training", np.random.default_rng(5))
    for name in ("dn", "coarse", "days", "labels", "scl"):
        np.testing.assert_array_equal(getattr(season, name), getattr(again, name))


@needs_parcels
def test_the_perturbed_data_set_has_long_seasons() -> None:
    data = open_data("perturbed:2")
    assert data.name == "perturbed"
    for series in data:
        assert 36 <= len(series.days) <= 60
        assert series.scl is not None
        assert series.scl.shape == (len(series.days), 128, 128)
        assert len(series.clear) == len(series.days)


def test_forms_cover_short_and_long_seasons() -> None:
    forms = [draw_form((4, 61), np.random.default_rng(seed)) for seed in range(400)]
    assert min(form.dates for form in forms) == 4
    assert max(form.dates for form in forms) == 61
    early = [form for form in forms if form.last < day_of(8, 1)]
    late = [form for form in forms if form.first > day_of(1, 1)]
    assert 0.1 < len(early) / 400 < 0.4
    assert 0.1 < len(late) / 400 < 0.4


def test_moved_days_stay_in_order_and_apart() -> None:
    days = np.cumsum(np.r_[3, np.random.default_rng(1).integers(1, 6, 60)]).astype(np.int32)
    for seed in range(20):
        moved = move_days(days, np.random.default_rng(seed))
        assert (np.diff(moved) > 0).all()
        assert np.abs(moved - days).max() < 60


def test_tint_leaves_unseen_pixels_alone() -> None:
    dn = np.full((3, 10, 4, 4), 1000, np.uint16)
    dn[1, :, 2:] = 0
    tinted = tint(dn, np.random.default_rng(3))
    assert (tinted[1, :, 2:] == 0).all()
    assert (tinted[dn > 0] > 500).all()
    assert tinted[0, 0, 0, 0] != 1000


def test_dates_are_picked_inside_the_window() -> None:
    days = np.arange(0, 400, 10, dtype=np.int32)
    scl = np.full((40, 4, 4), 4, np.uint8)
    form = replace(draw_form((4, 61), np.random.default_rng(1)), first=100.0, last=205.0)
    usable = dates_within(days, form)
    assert days[usable].tolist() == list(range(100, 206, 10))
    kept = pick_dates(scl, usable, 5, 3.0, np.random.default_rng(1))
    assert len(set(kept)) == 5
    assert set(kept) <= set(usable)
    narrow = replace(form, first=100.0, last=115.0)
    assert len(dates_within(days, narrow)) == 40


def test_validity_of_training_is_mostly_clear_land_grown() -> None:
    scl = np.full((6, 32, 32), 4, np.uint8)
    scl[2, 10:20, 10:20] = 9
    drawn = [draw_validity(scl, np.random.default_rng(seed)) for seed in range(60)]
    grown = [valid for valid in drawn if not valid[2, 7:23, 7:23].any() and valid[2].sum() == 768]
    blind = [valid for valid in drawn if valid.all()]
    assert len(grown) / 60 > 0.45
    assert len(blind) > 0
    assert len(grown) + len(blind) < 60


@needs_parcels
def test_steps_cost_about_the_same_whatever_the_number_of_dates(season: Scene) -> None:
    config = TrainConfig(patch=16, batch_dates=48, batch_size=4)
    assert batch_size(config, 4) == 8
    assert batch_size(config, 12) == 4
    assert batch_size(config, 60) == 2
    assert batch_size(replace(config, batch_dates=None), 60) == 4
    batch = show_batch([season, season], config, np.random.default_rng(2))
    samples, dates = batch.days.shape
    assert batch.dn.shape == (samples, dates, 10, 16, 16)
    assert batch.valid is not None
    assert batch.valid.shape == (samples, dates, 16, 16)


def test_averaged_weights_follow_and_give_back() -> None:
    network = make_network(TrainConfig(patch=16, mixed_precision=False))
    key = "in_conv.conv.conv.0.weight"
    start = network.state_dict()[key].clone()
    averaged = AveragedWeights(network, 0.5)
    for value in (1.0, 3.0, 3.0):
        with_value = {k: v.clone() for k, v in network.state_dict().items()}
        with_value[key] = start.new_full(start.shape, value)
        network.load_state_dict(with_value)
        averaged.add(network)
    with averaged.used_by(network):
        assert network.state_dict()[key].mean().item() == pytest.approx(2.5)
    assert network.state_dict()[key].mean().item() == pytest.approx(3.0)
