"""The room `simulate`: scenes are reproducible, well formed, and resampled as GDAL does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from crop2seg_training.data.nomenclature import BANDS_20M, CROP_CLASSES
from crop2seg_training.data.parcels import GRID_DAYS
from crop2seg_training.data.season import SEASON_DAYS, day_of
from crop2seg_training.simulate import Scene, simulate_scene
from crop2seg_training.simulate.background import VARIANTS, Material, draw_background_series
from crop2seg_training.simulate.calibration import CLOUD_NDVI, cloud_shares, fit_curves
from crop2seg_training.simulate.dates import draw_days
from crop2seg_training.simulate.field_series import draw_field_series
from crop2seg_training.simulate.landscape import paint_landscape
from crop2seg_training.simulate.phenology import draw_curve
from crop2seg_training.simulate.plan import Plan, draw_style
from crop2seg_training.simulate.scene import draw_labels
from crop2seg_training.simulate.sensor import cubic_double, mixing_matrix, to_dn
from crop2seg_training.simulate.settlements import add_village
from crop2seg_training.simulate.spectra import ndvi
from simulation_data import needs_parcels

SIZE, DATES = 64, 14


@pytest.fixture(scope="module")
def scene() -> Scene:
    return simulate_scene(SIZE, DATES, "training", np.random.default_rng(11))


def test_cubic_is_that_of_gdal() -> None:
    values = np.random.default_rng(1).integers(1, 9000, (24, 30)).astype(np.uint16)
    with MemoryFile() as memory:
        profile = {"driver": "GTiff", "height": 24, "width": 30, "count": 1, "dtype": "uint16"}
        with memory.open(**profile, transform=from_origin(0, 0, 20, 20)) as file:
            file.write(values, 1)
        with memory.open() as file:
            expected = file.read(1, out_shape=(48, 60), resampling=Resampling.cubic)
    ours = to_dn(cubic_double(values.astype(np.float32)))
    inner = (slice(4, -4), slice(4, -4))
    np.testing.assert_array_equal(ours[inner], np.maximum(expected, 1)[inner])


def test_pixels_are_mixed_by_area() -> None:
    cells = np.zeros((32, 32), np.int32)
    cells[:, 16:] = 1
    shares = mixing_matrix(cells, 2).toarray()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    row = shares.reshape(16, 16, 2)[8, :, 1]
    assert row[0] == 0
    assert row[-1] == 1
    # The border lies between pixels 7 and 8: what one loses the other gains.
    assert row[7] == pytest.approx(1 - row[8], abs=1e-6)
    assert 0.02 < row[7] < 0.3


def test_landscape_is_covered_once() -> None:
    rng = np.random.default_rng(5)
    landscape = paint_landscape(160, 160, draw_style(rng), rng)
    is_field = landscape.field >= 0
    assert np.array_equal(np.unique(landscape.field[is_field]), np.arange(landscape.count))
    assert (landscape.material[~is_field] >= 0).all()
    hectares = np.bincount(landscape.field[is_field]) * 0.0025
    assert hectares.min() >= 0.08
    assert hectares.max() < 40


def test_days_are_distinct_and_inside_the_season() -> None:
    rng = np.random.default_rng(2)
    spans = []
    for count in (8, 25, 40):
        for _ in range(40):
            days = draw_days(count, rng)
            assert len(days) == count
            assert (np.diff(days) > 0).all()
            assert days[0] >= 0
            assert days[-1] < SEASON_DAYS
            spans.append(days[-1] - days[0])
    assert min(spans) < 200 < 380 < max(spans)


@needs_parcels
def test_scene_is_well_formed(scene: Scene) -> None:
    assert scene.dn.shape == (DATES, 10, SIZE, SIZE)
    assert scene.dn.dtype == np.uint16
    assert scene.dn.min() >= 1  # 0 would mean nodata
    assert scene.dn.max() < 20_000
    assert scene.labels.shape == scene.fields.shape == (SIZE, SIZE)
    assert scene.labels.dtype == np.uint8
    assert scene.labels.max() <= 13
    assert np.array_equal(scene.labels > 0, scene.fields > 0)
    assert scene.scl.shape == (DATES, SIZE // 2, SIZE // 2)
    assert set(np.unique(scene.scl)) <= set(range(2, 12))
    assert scene.coarse.shape == (DATES, 6, SIZE // 2, SIZE // 2)


@needs_parcels
def test_coarse_bands_are_the_cubic_of_20_m(scene: Scene) -> None:
    doubled = to_dn(cubic_double(scene.coarse.astype(np.float32)))
    inner = (..., slice(4, -4), slice(4, -4))
    np.testing.assert_array_equal(doubled[inner], scene.dn[:, list(BANDS_20M)][inner])


@needs_parcels
def test_same_seed_same_scene(scene: Scene) -> None:
    again = simulate_scene(SIZE, DATES, "training", np.random.default_rng(11))
    other = simulate_scene(SIZE, DATES, "training", np.random.default_rng(12))
    for name in ("dn", "days", "labels", "fields", "scl"):
        np.testing.assert_array_equal(getattr(scene, name), getattr(again, name))
    assert not np.array_equal(scene.dn, other.dn)


@needs_parcels
def test_clear_vegetation_looks_like_vegetation(scene: Scene) -> None:
    greenness = ndvi(scene.dn.transpose(0, 2, 3, 1).astype(np.float32))
    clear = np.repeat(np.repeat(np.isin(scene.scl, (4, 5)), 2, 1), 2, 2)
    assert greenness[clear].min() > -0.4
    assert 0.3 < np.quantile(greenness[clear], 0.75) < 0.95


def test_every_class_is_drawn() -> None:
    rng = np.random.default_rng(3)
    counts = np.bincount(np.concatenate([draw_labels(40, rng) for _ in range(60)]), minlength=14)
    share = counts[list(CROP_CLASSES)] / counts.sum()
    assert counts[0] == 0
    assert share.min() > 0.02
    assert share.max() < 0.25


@needs_parcels
def test_curves_follow_the_crop_calendar() -> None:
    labels = np.repeat([4, 5, 6, 8], 60)
    series = draw_field_series(labels, "training", np.random.default_rng(4))
    greenness = ndvi(series.series)

    def median(label: int, month: int, day: int) -> float:
        at = int(np.argmin(np.abs(GRID_DAYS - day_of(month, day))))
        return float(np.median(greenness[labels == label, at]))

    assert median(4, 5, 10) > 0.7 > 0.45 > median(4, 8, 10)
    assert median(5, 4, 10) > 0.65
    assert median(6, 5, 20) < 0.4 < 0.65 < median(6, 8, 1)
    assert median(8, 5, 5) < 0.4 < 0.65 < median(8, 8, 25)


@needs_parcels
def test_winter_cover_is_independent_of_the_spring_crop() -> None:
    labels = np.repeat([6, 8], 150)
    series = draw_field_series(labels, "training", np.random.default_rng(6))
    greenness = ndvi(series.series)
    december = int(np.argmin(np.abs(GRID_DAYS - day_of(12, 10, before=True))))
    for label in (6, 8):
        green = (greenness[labels == label, december] > 0.5).mean()
        assert 0.15 < green < 0.75


def test_cloud_share_of_a_date_is_found() -> None:
    clear = np.array([[0.8, 0.6], [0.4, 0.7]])
    share = np.array([0.25, 0.5])
    published = clear + share * (CLOUD_NDVI - clear)
    np.testing.assert_allclose(cloud_shares(published, clear), share)


@needs_parcels
def test_class_means_lie_on_the_published_profiles() -> None:
    fit = fit_curves()
    assert [entry.code for entry in fit.classes] == list(CROP_CLASSES)
    assert fit.mean <= 0.06
    assert max(entry.clouded for entry in fit.classes) < 0.14
    # The published curves dip about 24 May and 19 July; a dip in summer is cloud, not harvest.
    dip = np.argmin(np.abs(fit.days - day_of(7, 19)))
    assert fit.cloud_share[dip] > 0.15


def test_mild_winters_keep_meadows_green() -> None:
    january = int(np.argmin(np.abs(GRID_DAYS - day_of(1, 15))))

    def winter(mild: float) -> float:
        rng = np.random.default_rng(8)
        return float(np.mean([draw_curve(1, 0, rng, mild).ndvi[january] for _ in range(80)]))

    assert winter(0.0) < 0.55 < 0.7 < winter(1.0)


def test_meadows_of_the_coast_are_cut_as_early_as_leys() -> None:
    """Else a network takes early cuts for the mark of a ley, and calls meadows forage."""
    around_first_cut = (day_of(4, 10) <= GRID_DAYS) & (day_of(5, 20) >= GRID_DAYS)

    def cut_early(label: int, mild: float) -> float:
        rng = np.random.default_rng(12)
        curves = [draw_curve(label, 0, rng, mild).ndvi[around_first_cut] for _ in range(150)]
        return float(np.mean([np.diff(curve).min() < -0.15 for curve in curves]))

    assert cut_early(1, 0.0) < 0.4 < 0.6 < cut_early(1, 1.0)
    assert cut_early(7, 1.0) > 0.6


def test_a_drought_withers_meadows_in_summer_alone() -> None:
    def middle(drought: float, month: int) -> float:
        at = int(np.argmin(np.abs(GRID_DAYS - day_of(month, 25))))
        rng = np.random.default_rng(13)
        return float(np.mean([draw_curve(1, 0, rng, 0, drought).ndvi[at] for _ in range(80)]))

    assert middle(0.2, 7) < middle(0.0, 7) - 0.1
    assert middle(0.2, 4) == pytest.approx(middle(0.0, 4), abs=0.01)


@needs_parcels
def test_gardens_differ_from_plot_to_plot() -> None:
    rng = np.random.default_rng(9)
    series = draw_background_series("training", rng)
    gardens = series[Material.GARDEN * VARIANTS : (Material.GARDEN + 1) * VARIANTS]
    woods = series[Material.CONIFER * VARIANTS : (Material.CONIFER + 1) * VARIANTS]
    july = int(np.argmin(np.abs(GRID_DAYS - day_of(7, 1))))
    assert ndvi(gardens[:, july]).std() > 3 * ndvi(woods[:, july]).std()


def test_a_village_is_a_patchwork() -> None:
    style = replace(draw_style(np.random.default_rng(1)), plot_metres=20.0)
    plan = Plan(80, 80, style, np.random.default_rng(10))
    add_village(plan, (200.0, 200.0), 120.0)
    kinds, counts = np.unique(plan.material[plan.material >= 0], return_counts=True)
    materials = set(kinds // VARIANTS)
    assert {Material.GARDEN, Material.RED_ROOF, Material.GREY_ROOF, Material.ASPHALT} <= materials
    assert counts.max() < 0.25 * counts.sum()
    assert (plan.field[plan.material >= 0] == -1).all()


@needs_parcels
def test_two_fields_of_one_parcel_differ() -> None:
    """Shifted and scattered copies: a network cannot learn the few parcels by heart."""
    series = draw_field_series(np.full(60, 5), "training", np.random.default_rng(11)).series
    may = int(np.argmin(np.abs(GRID_DAYS - day_of(5, 20))))
    near_infrared = np.log(series[:, may, 6])
    assert len(np.unique(np.round(near_infrared, 2))) > 25
