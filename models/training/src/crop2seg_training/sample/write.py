"""Writing the sample as a folder that any static web server can serve."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasterio.transform import from_origin

from crop2seg_training.data.nomenclature import BANDS, BANDS_20M, CLASS_COLOURS
from crop2seg_training.sample.cog import write_cog
from crop2seg_training.sample.place import ACQUISITIONS, EPSG, LEFT, SIZE, TOP, scene_id
from crop2seg_training.sample.scene import sample_scene
from crop2seg_training.sample.stac import make_collection, make_item
from crop2seg_training.simulate.scene import Scene

UNLABELLED = 255

README = """# Simulated sample scene

**Nothing here was observed.** Fields, village, wood, stream, clouds and dates are invented; only
the reflectance of the crops derives from real series of other places. It lets the page make a crop
map without a network.

{count} dates of season {season} (September {before} to October {season}), {size} x {size} pixels of
10 m, at a place of the Czech grid east of Prague (UTM 33N, {left} / {top} is the north-west
corner). Layout: a static STAC catalogue in the manner of Earth Search v1 (`items.json`,
`collection.json`), one folder per date with Cloud Optimized GeoTIFFs, DN = reflectance x 10000
without offset. `labels.tif` holds the true classes (0 to 13).

Made by `crop2seg-train sample --out public/sample --seed {seed}`; the same seed gives the same
bytes with the same versions of NumPy and GDAL.

The series painted into the fields derive from ESA WorldCereal extractions (MIT; declarations:
Registre parcellaire graphique, IGN / ASP, Licence Ouverte 2.0, and Landbouwgebruikspercelen, open
data licence of Flanders). Contains modified Copernicus Sentinel data 2020-2024.
"""


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")


def _write_rasters(folder: Path, scene: Scene, date: int) -> None:
    fine, coarse = from_origin(LEFT, TOP, 10, 10), from_origin(LEFT, TOP, 20, 20)
    for index, band in enumerate(BANDS):
        path = folder / f"{band}.tif"
        if index in BANDS_20M:
            values = scene.coarse[date, BANDS_20M.index(index)]
            write_cog(path, values, coarse, EPSG, 0)
        else:
            write_cog(path, scene.dn[date, index], fine, EPSG, 0)
    write_cog(folder / "SCL.tif", scene.scl[date], coarse, EPSG, 0)


def write_sample(out: Path, seed: int, size: int = SIZE) -> None:
    """Writes the sample of a seed into `out`; files of an earlier one are replaced.

    Raises MissingDataError where the reference data is absent.
    """
    scene = sample_scene(seed, size)
    out.mkdir(parents=True, exist_ok=True)
    features = []
    for date, day in enumerate(ACQUISITIONS):
        folder = out / scene_id(day)
        folder.mkdir(exist_ok=True)
        _write_rasters(folder, scene, date)
        own = make_item(day, scene.scl[date], size, "..", ".")
        _write_json(folder / f"{scene_id(day)}.json", own)
        features.append(make_item(day, scene.scl[date], size, ".", f"./{scene_id(day)}"))
    colours = {
        code: (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16), 255)
        for code, text in enumerate(CLASS_COLOURS)
    }
    write_cog(
        out / "labels.tif", scene.labels, from_origin(LEFT, TOP, 10, 10), EPSG, UNLABELLED, colours
    )
    _write_json(
        out / "items.json",
        {
            "type": "FeatureCollection",
            "stac_version": "1.0.0",
            "numberMatched": len(features),
            "numberReturned": len(features),
            "features": features,
            "links": [
                {"rel": "collection", "href": "./collection.json", "type": "application/json"}
            ],
        },
    )
    _write_json(out / "collection.json", make_collection(ACQUISITIONS, size))
    (out / "README.md").write_text(
        README.format(
            count=len(ACQUISITIONS),
            season=ACQUISITIONS[-1].year,
            before=ACQUISITIONS[0].year,
            size=size,
            left=LEFT,
            top=TOP,
            seed=seed,
        )
    )
