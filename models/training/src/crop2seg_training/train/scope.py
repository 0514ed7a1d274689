"""What training on simulated scenes covers, as a card tells it (`training.scope`).

    python -m crop2seg_training.train.scope --scenes 128

prints the record for the settings of a run (`--run FOLDER/config.json`; else the defaults). A map
made outside of it says so: see `src/segment/scope.ts`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from crop2seg_training.data.season import SEASON_DAYS
from crop2seg_training.datasets.catalogue import CLEAR_SCL
from crop2seg_training.simulate.scene import TRAINING_CLASS_WEIGHTS, Scene, simulate_scene
from crop2seg_training.train.config import TrainConfig

QUANTILES = (0.01, 0.5, 0.99)
SCENES = 128
STREAM = 404
"""Apart from the seeds of training (101), of validation (202) and of tests (303)."""

REGIONS: tuple[dict[str, object], ...] = (
    {"name": "Maine and Normandy", "bbox": [-1.5, 46.5, 2.0, 50.0]},
    {"name": "Gascony", "bbox": [-1.5, 43.0, 1.5, 45.0]},
    {"name": "Flanders", "bbox": [2.0, 50.0, 6.0, 51.6]},
    {"name": "Czechia", "bbox": [12.0, 48.5, 19.0, 51.1]},
)
"""Where the painted parcels lie (France 2023, Belgium 2021) and whose class curves are used
(Czechia), [west, south, east, north] in degrees, with about a degree around."""
PLATFORMS = ("sentinel-2a", "sentinel-2b")
"""Those whose parcels were painted; the simulation knows no others."""


def series_median(scene: Scene) -> np.ndarray:
    """Median DN of each band over all clear pixels of all dates, float64 [bands]; NaN without any.

    As `src/series/band-medians.ts` counts a real series: clear by the scene classification.
    """
    clear = np.isin(scene.scl, CLEAR_SCL).repeat(2, axis=1).repeat(2, axis=2)
    if not clear.any():
        return np.full(scene.dn.shape[1], np.nan)
    return np.array([np.median(band[clear]) for band in np.moveaxis(scene.dn, 1, 0)])


def draw_medians(config: TrainConfig, scenes: int) -> np.ndarray:
    """`series_median` of scenes drawn as a run draws its own, float64 [scenes, bands]."""
    rows = []
    for number in range(scenes):
        rng = np.random.default_rng([STREAM, number])
        dates = int(rng.integers(config.dates[0], config.dates[1] + 1))
        mosaic = bool(rng.random() < config.mosaic_share)
        scene = simulate_scene(config.scene, dates, "training", rng, mosaic, TRAINING_CLASS_WEIGHTS)
        rows.append(series_median(scene))
    return np.array(rows)


def scope_of(config: TrainConfig, medians: np.ndarray) -> dict[str, Any]:
    """The card's record. `medians` [scenes, bands] are those of `draw_medians`.

    `quantiles` are of the scenes' medians: a run is judged by its own. Raises ValueError where no
    scene has a clear pixel.
    """
    seen = medians[~np.isnan(medians).any(axis=1)]
    if len(seen) == 0:
        raise ValueError("no scene has a clear pixel")
    levels = np.quantile(seen, QUANTILES, axis=0)
    return {
        "regions": [dict(region) for region in REGIONS],
        "days": [
            0 if config.first_day is None else config.first_day,
            SEASON_DAYS - 1 if config.last_day is None else config.last_day,
        ],
        "dates": list(config.dates),
        "platforms": list(PLATFORMS),
        "medians": {
            "quantiles": list(QUANTILES),
            "dn": [[round(float(level)) for level in band] for band in levels.T],
        },
    }


def main(argv: list[str] | None = None) -> None:
    """Prints the record as JSON."""
    parser = argparse.ArgumentParser(prog="python -m crop2seg_training.train.scope")
    parser.add_argument("--run", type=Path, help="config.json of a run (default: the defaults)")
    parser.add_argument("--scenes", type=int, default=SCENES, help="scenes drawn (default 128)")
    arguments = parser.parse_args(argv)
    config = TrainConfig() if arguments.run is None else TrainConfig.load(arguments.run)
    print(json.dumps(scope_of(config, draw_medians(config, arguments.scenes)), indent=2))


if __name__ == "__main__":
    main()
