"""Ten-band series of fields of given classes: real parcels moved in time, or curves with borrowed
spectra."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from crop2seg_training.data.parcels import GRID_DAYS, GRID_STEP, ParcelSeries, Split, load_parcels
from crop2seg_training.data.season import day_of
from crop2seg_training.simulate.covers import cover_after, cover_before
from crop2seg_training.simulate.phenology import CropCurve, draw_curve
from crop2seg_training.simulate.spectra import GROUP_OF_CLASS, SpectrumModel, ndvi, spectrum_model

REAL_SHARE = 0.55  # of the fields of a class that has real series
LEAST_REAL = 4  # parcels of a class, below which curves alone are used
MIXED_SHARE = 0.7  # of the real fields are a blend of two parcels of the class
# A few hundred parcels are soon known by heart. So each real field also wanders in time and in its
# spectrum, by a part of what real fields of one class differ.
REAL_SCATTER = 0.65  # of the scatter that modelled spectra have
WARP_DAYS = 5.0  # standard deviation of the wander in time
WARP_KNOTS = 8  # over the grid of days, about two months apart
NEW_COVER_SHARE = 0.6  # of the real annual fields get another cover before and after the crop
# France is two to four weeks ahead of Czechia; some of its parcels are used unmoved or earlier.
REAL_SHIFT = (9.0, 12.0)  # days, mean and standard deviation
REAL_SHIFT_LIMITS = (-20.0, 25.0)
CONTINENTAL_SHARE = 0.4  # of the scenes have Czech winters; the others up to those of the coast
DROUGHT = 0.10  # NDVI, standard deviation between years of the summer of meadows and leys
CURVE_SHIFT = (0.0, 7.0)  # days, year and region, one draw a scene
FIELD_SHIFT = 3.0  # days, between fields of a scene
COVER_EDGE = 2.5  # days over which sowing or harvest blends crop and cover
WINTER_ANNUALS = (4, 5)
SPRING_ANNUALS = (2, 3, 6, 8, 9, 13)
LEAST_HARVEST = float(day_of(6, 20))
LEAST_GROWTH = 40.0  # days from sowing to harvest
CLEARED_NDVI = 0.32
COVER_GROUPS = (0, 2)  # look-alikes of stubble, volunteers and catch crops: cereals and grass
# Flowering, as a factor on each band at full bloom.
BLOOM = {
    "yellow": np.array([1.05, 1.75, 2.1, 1.45, 1.1, 1.05, 1.06, 1.05, 1.05, 1.1], np.float32),
    "blue": np.array([1.6, 1.3, 1.2, 1.1, 1.03, 1.0, 1.0, 1.0, 1.0, 1.0], np.float32),
}
NIR_BANDS = [4, 5, 6, 7]
GAIN = 0.05  # log standard deviation of brightness between fields
BAND_GAIN = 0.025
# Darkest and brightest land that a field may show; above lie chalk, plastic sheets and clouds.
LEAST_DN = 15.0
MOST_DN = np.array([1700, 2200, 2700, 3200, 5600, 6800, 7200, 7200, 5000, 4200], np.float32)


@dataclass(frozen=True)
class FieldSeries:
    """DN float32 [fields, GRID_DAYS, 10] of one scene's fields, and their codes [fields]."""

    series: np.ndarray
    labels: np.ndarray


def resample_days(series: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Values [n, m, 10] of series [n, GRID_DAYS, 10] at days [m] or [n, m]; the ends hold."""
    place = np.clip((days - GRID_DAYS[0]) / GRID_STEP, 0, len(GRID_DAYS) - 1.001)
    low = place.astype(int)
    part = (place - low).astype(np.float32)[..., None]
    if low.ndim == 1:
        return series[:, low] * (1 - part) + series[:, low + 1] * part
    rows = np.arange(len(series))[:, None]
    return series[rows, low] * (1 - part) + series[rows, low + 1] * part


def _crop_limits(curve: np.ndarray, label: int) -> tuple[float | None, float | None]:
    """Days on which the crop of a real annual series begins and ends, read off its NDVI."""
    window = (
        (day_of(9, 5, before=True), day_of(11, 10, before=True))
        if label in WINTER_ANNUALS
        else (day_of(3, 1), day_of(6, 5))
    )
    days = GRID_DAYS
    inside = np.flatnonzero((days >= window[0]) & (days <= window[1]))
    start = inside[np.argmin(curve[inside])]
    late = np.flatnonzero(days >= LEAST_HARVEST)
    low = late[curve[late] < CLEARED_NDVI]
    low = low[days[low] > days[start] + LEAST_GROWTH]
    return float(days[start]), float(days[low[0]]) if len(low) else None


def _real_fields(
    labels: np.ndarray,
    parcels: ParcelSeries,
    model: SpectrumModel,
    shift: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Real series [fields, GRID_DAYS, 10]: blended, shifted, stretched and scattered."""
    out = np.empty((len(labels), len(GRID_DAYS), 10), np.float32)
    for row, label in enumerate(labels):
        pool = np.flatnonzero(parcels.labels == label)
        first, second = rng.choice(pool, 2)
        part = rng.uniform(0, 0.5) if rng.random() < MIXED_SHARE else 0.0
        out[row] = parcels.series[first] * (1 - part) + parcels.series[second] * part
    moved = shift + rng.normal(0, FIELD_SHIFT, len(labels))
    moved = np.clip(moved, *REAL_SHIFT_LIMITS)
    stretch = rng.uniform(0.95, 1.05, len(labels))
    centre = float(day_of(5, 15))
    days = (GRID_DAYS[None, :] - moved[:, None] - centre) / stretch[:, None] + centre
    days += _wander(len(labels), rng)
    scatter = model.residuals(len(labels), rng)
    return resample_days(out, days) * np.exp(REAL_SCATTER * scatter).astype(np.float32)


def _wander(count: int, rng: np.random.Generator) -> np.ndarray:
    """Days [count, GRID_DAYS] by which each field's development runs ahead or behind."""
    knots = rng.normal(0, WARP_DAYS, (count, WARP_KNOTS))
    place = np.linspace(0, WARP_KNOTS - 1, len(GRID_DAYS))
    low = np.minimum(place.astype(int), WARP_KNOTS - 2)
    return knots[:, low] + (place - low) * (knots[:, low + 1] - knots[:, low])


def _crop_weight(sown: float | None, cleared: float | None) -> np.ndarray:
    weight = np.ones(len(GRID_DAYS), np.float32)
    if sown is not None:
        weight *= expit((GRID_DAYS - sown) / COVER_EDGE)
    if cleared is not None:
        weight *= expit(-(GRID_DAYS - cleared) / COVER_EDGE)
    return weight


def _cover_curve(sown: float | None, cleared: float | None, rng: np.random.Generator) -> np.ndarray:
    before = cover_before(sown, rng) if sown is not None else np.full(len(GRID_DAYS), 0.3)
    after = cover_after(cleared, rng) if cleared is not None else before
    middle = ((sown or 0.0) + (cleared or GRID_DAYS[-1])) / 2
    early: np.ndarray = middle > GRID_DAYS
    return np.where(early, before, after)


def _flower(dn: np.ndarray, curve: CropCurve) -> np.ndarray:
    if curve.bloom_strength is None:
        return dn
    strength = curve.bloom_strength[:, None].astype(np.float32)
    return dn * (1 + strength * (BLOOM[curve.bloom] - 1))


def draw_field_series(
    labels: np.ndarray, split: Split, rng: np.random.Generator, mild: float | None = None
) -> FieldSeries:
    """Series of the fields of one scene; labels [fields] are codes 1..13.

    `split` chooses which real parcels (training or held out) are drawn from; `mild` is the climate
    of the modelled fields (see `draw_curve`), drawn where not given. Raises MissingDataError where
    the reference data is absent.
    """
    if mild is None:
        mild = 0.0 if rng.random() < CONTINENTAL_SHARE else float(rng.random())
    parcels, model = load_parcels(split), spectrum_model(split)
    real_shift = float(np.clip(rng.normal(*REAL_SHIFT), *REAL_SHIFT_LIMITS))
    curve_shift = float(rng.normal(*CURVE_SHIFT))
    drought = float(rng.normal(0, DROUGHT))
    counts = np.bincount(parcels.labels, minlength=14)
    is_real = (rng.random(len(labels)) < REAL_SHARE) & (counts[labels] >= LEAST_REAL)
    crop = np.empty((len(labels), len(GRID_DAYS), 10), np.float32)
    crop[is_real] = _real_fields(labels[is_real], parcels, model, real_shift, rng)

    drawn = [
        draw_curve(int(label), curve_shift + rng.normal(0, FIELD_SHIFT), rng, mild, drought)
        for label in labels[~is_real]
    ]
    if drawn:
        groups = GROUP_OF_CLASS[labels[~is_real]]
        modelled = model.spectra(np.stack([curve.ndvi for curve in drawn]), groups, rng)
        for row, curve in enumerate(drawn):
            modelled[row] = _flower(modelled[row], curve)
            modelled[row][:, NIR_BANDS] *= curve.nir_gain
        crop[~is_real] = modelled

    drawn_iterator = iter(drawn)
    weights = np.ones((len(labels), len(GRID_DAYS)), np.float32)
    covers = np.full((len(labels), len(GRID_DAYS)), 0.3, np.float32)
    real_ndvi = ndvi(crop)
    for row, label in enumerate(labels):
        if is_real[row]:
            annual = label in WINTER_ANNUALS or label in SPRING_ANNUALS
            if not annual or rng.random() > NEW_COVER_SHARE:
                continue
            sown, cleared = _crop_limits(real_ndvi[row], int(label))
        else:
            curve = next(drawn_iterator)
            sown, cleared = curve.sown, curve.cleared
        weights[row] = _crop_weight(sown, cleared)
        covers[row] = _cover_curve(sown, cleared, rng)
    cover = model.spectra(covers, rng.choice(COVER_GROUPS, len(labels)), rng)
    blended = crop * weights[..., None] + cover * (1 - weights[..., None])
    gain = np.exp(
        rng.normal(0, GAIN, (len(labels), 1, 1)) + rng.normal(0, BAND_GAIN, (len(labels), 1, 10))
    )
    return FieldSeries(
        series=np.clip(blended * gain, LEAST_DN, MOST_DN).astype(np.float32),
        labels=np.asarray(labels),
    )
