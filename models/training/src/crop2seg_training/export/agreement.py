"""How often a rounded variant gives the label that float32 gives, and what that does to scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from crop2seg_training.data import DEFAULT_NORMALISATION, Normalisation
from crop2seg_training.data.validity import (
    NO_VALIDITY,
    Validity,
    fill_in_time,
    kept_dates,
    valid_pixels,
)
from crop2seg_training.export.staged import StageInputs, open_stages
from crop2seg_training.export.variants import BASE, variant_paths

SEED_STREAM = 303
"""First number of the seeds of these scenes: no training or validation scene has it."""
DEFAULT_SCENES = 4
"""65 536 pixels: enough to tell 99 % agreement from 98 %, in about a minute per precision."""
LEAST_AGREEMENT = 0.99
"""Share of labels that a rounded network has to give as in float32 to stand in for it."""
MOST_F1_LOSS = 0.005
"""Macro F1 that it may lose."""
SCENE_PIXELS = 128
SCENE_DATES = 20
"""Of a season with its usual clouds: near the middle of what the networks are trained with."""


@dataclass(frozen=True)
class LabelledScene:
    """``dn [T, bands, rows, columns]``, ``days [T]`` and ``labels [rows, columns]``."""

    dn: npt.NDArray[np.uint16]
    days: npt.NDArray[np.int32]
    labels: npt.NDArray[np.uint8]
    scl: npt.NDArray[np.uint8] | None = None
    """Scene classification ``[T, rows, columns]``, for networks that mask; None: all is valid."""


@dataclass(frozen=True)
class AgreementSet:
    """Scenes on which precisions are compared, and what they are, for the card."""

    dataset: str
    scenes: Sequence[LabelledScene]


def made_scenes(count: int) -> AgreementSet:
    """Simulated scenes of seeds and parcels that no network was trained on."""
    from crop2seg_training.simulate.scene import simulate_scene

    made = (
        simulate_scene(
            SCENE_PIXELS, SCENE_DATES, "validation", np.random.default_rng([SEED_STREAM, number])
        )
        for number in range(count)
    )
    where = (
        f"{count} simulated scenes of {SCENE_PIXELS} x {SCENE_PIXELS} pixels and "
        f"{SCENE_DATES} dates, seeds [{SEED_STREAM}, 0..{count - 1}]"
    )
    return AgreementSet(
        where,
        [
            LabelledScene(
                scene.dn, scene.days, scene.labels, scene.scl.repeat(2, axis=1).repeat(2, axis=2)
            )
            for scene in made
        ],
    )


def read_scenes(source: str, season: int, months: str) -> AgreementSet:
    """The series of a data set in the scheme of Crop2Seg; see `SOURCES` of the data sets.

    Raises DatasetError for a source that is unknown or of other classes.
    """
    from crop2seg_training.data.nomenclature import CROP2SEG
    from crop2seg_training.datasets import DatasetError
    from crop2seg_training.datasets.source import SeriesChoice, open_data

    data = open_data(source, SeriesChoice(season, months))
    if data.scheme != CROP2SEG:
        raise DatasetError(f"{source} has other classes than Crop2Seg's")
    return AgreementSet(
        f"{data.name} ({data.kind})",
        [LabelledScene(series.dn, series.days, series.labels, series.scl) for series in data],
    )


class VariantEntry(TypedDict):
    """What a card says of one precision on one set; shares, not per cent."""

    precision: str
    labelAgreement: float
    macroF1: float
    macroF1Loss: float
    pixels: int
    dataset: str


def measure_variants(
    files: Mapping[str, Mapping[str, Path]],
    precisions: Sequence[str],
    compared: AgreementSet,
    normalisation: Normalisation = DEFAULT_NORMALISATION,
    rules: Validity = NO_VALIDITY,
) -> list[VariantEntry]:
    """The card's ``variants``: agreement of labels with float32 and macro F1, per precision.

    Agreement is over all pixels, macro F1 over those whose label counts; ``macroF1Loss`` is how
    much lower it is than in float32, below 0 where it is higher.
    """
    # evaluate reads checkpoints through this room.
    from crop2seg_training.evaluate.metrics import evaluate_map

    truth = np.concatenate([scene.labels.ravel() for scene in compared.scenes])
    maps = {
        p: _maps(variant_paths(files, p), compared.scenes, normalisation, rules)
        for p in dict.fromkeys((BASE, *precisions))
    }
    scores = {p: evaluate_map(found, truth)["all"]["macroF1"] or 0.0 for p, found in maps.items()}
    return [
        {
            "precision": precision,
            "labelAgreement": round(float((maps[precision] == maps[BASE]).mean()), 5),
            "macroF1": round(scores[precision], 4),
            "macroF1Loss": round(scores[BASE] - scores[precision], 4) + 0.0,  # no -0
            "pixels": int(truth.size),
            "dataset": compared.dataset,
        }
        for precision in precisions
    ]


def falls_short(entry: VariantEntry) -> bool:
    """Whether a precision is too far from float32 to stand in for it."""
    return entry["labelAgreement"] < LEAST_AGREEMENT or entry["macroF1Loss"] > MOST_F1_LOSS


def _maps(
    paths: Mapping[str, Path],
    scenes: Sequence[LabelledScene],
    normalisation: Normalisation,
    rules: Validity,
) -> npt.NDArray[np.int64]:
    """Labels of the pixels of all scenes, one scene after the other."""
    runner = open_stages(paths)
    return np.concatenate(
        [runner.run(_inputs(scene, normalisation, rules)).argmax(0).ravel() for scene in scenes]
    )


def _inputs(scene: LabelledScene, normalisation: Normalisation, rules: Validity) -> StageInputs:
    """What the stages see of a scene under the rules."""
    x, days = normalisation.apply(scene.dn), scene.days.astype(np.float32)
    if scene.scl is None:
        return StageInputs(x, days)
    valid = valid_pixels(scene.scl, rules)
    kept = kept_dates(valid, rules)
    if rules.use == "fill":
        return StageInputs(fill_in_time(x[kept], scene.days[kept], valid[kept]), days[kept])
    return StageInputs(x[kept], days[kept], valid[kept].astype(np.uint8))
