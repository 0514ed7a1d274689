"""Reading a season from a static STAC catalogue with GDAL, to judge the browser's reader by."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.windows import Window, from_bounds

from crop2seg_training.data import BANDS
from crop2seg_training.data.season import season_start

MAX_CLOUD_PERCENT = 65
"""Limit of the predecessor for most months."""
ASSET_OF_BAND = {
    "B02": "blue",
    "B03": "green",
    "B04": "red",
    "B05": "rededge1",
    "B06": "rededge2",
    "B07": "rededge3",
    "B08": "nir",
    "B8A": "nir08",
    "B11": "swir16",
    "B12": "swir22",
}
"""Asset keys of Earth Search v1."""
CLEAR_SCL = (2, 4, 5, 6, 7)
"""Scene classification: dark, vegetation, bare, water, unclassified. Not 3 shadow, 8 to 10 cloud,
11 snow, nor 0 and 1, which are no measurement."""
_MONTHS = re.compile(r"(\d{1,2})(p?)-(\d{1,2})(p?)")
_GRID_TOLERANCE_PIXELS = 1e-6


class CatalogueError(ValueError):
    """A catalogue, grid or range of months that this reader cannot serve."""


@dataclass(frozen=True)
class Grid:
    """A 10 m target grid."""

    crs: rasterio.crs.CRS
    bounds: tuple[float, float, float, float]
    rows: int
    columns: int


@dataclass(frozen=True)
class Scene:
    """One chosen acquisition."""

    id: str
    day: int
    """Days since 1 September of the year before the season."""
    files: tuple[Path, ...]
    """One file per band, in the order of ``BANDS``."""
    classification: Path | None = None
    """Scene classification, where the catalogue has one."""


def grid_of(raster: Path) -> Grid:
    """CRS, extent and size of ``raster``."""
    with rasterio.open(raster) as source:
        return Grid(source.crs, tuple(source.bounds), source.height, source.width)


def months_window(text: str, season: int) -> tuple[date, date]:
    """First day and the day after the last of ``3-10``, or ``9p-10`` from the year before."""
    match = _MONTHS.fullmatch(text)
    if not match:
        raise CatalogueError(f"months {text!r} are not of the form 3-10 or 9p-10")
    first, last = (
        season * 12 + int(month) - 1 - (12 if before else 0)
        for month, before in (match.group(1, 2), match.group(3, 4))
    )
    if not first <= last or not all(1 <= int(match.group(group)) <= 12 for group in (1, 3)):
        raise CatalogueError(f"months {text!r} end before they begin, or are no months")
    start, end = (date(month // 12, month % 12 + 1, 1) for month in (first, last + 1))
    return start, end


def choose_scenes(catalogue: Path, season: int, months: str, at_most: int) -> list[Scene]:
    """Scenes of the months with little cloud, ``at_most`` of them, evenly spread, in time order."""
    start, end = months_window(months, season)
    items = json.loads((catalogue / "items.json").read_text(encoding="utf-8"))["features"]
    scenes = []
    for item in items:
        taken = date.fromisoformat(item["properties"]["datetime"][:10])
        cloud = item["properties"].get("eo:cloud_cover", 100.0)
        if start <= taken < end and cloud <= MAX_CLOUD_PERCENT:
            files = tuple(_file(catalogue, item, ASSET_OF_BAND[band]) for band in BANDS)
            scl = item["assets"].get("scl")
            classification = catalogue / scl["href"] if scl else None
            day = (taken - season_start(season)).days
            scenes.append(Scene(item["id"], day, files, classification))
    if not scenes:
        raise CatalogueError(f"no scene of {catalogue} lies in months {months} of {season}")
    scenes.sort(key=lambda scene: (scene.day, scene.id))
    if len(scenes) > at_most:
        scenes = [scenes[i] for i in np.linspace(0, len(scenes) - 1, at_most).round().astype(int)]
    return scenes


def read_scene(scene: Scene, grid: Grid) -> npt.NDArray[np.uint16]:
    """DN ``[bands, rows, columns]``; 20 m bands brought to 10 m by GDAL's cubic, zeros included."""
    return np.stack([_read_band(path, grid) for path in scene.files])


def clear_shares(scenes: Sequence[Scene]) -> npt.NDArray[np.float32] | None:
    """Share of pixels free of cloud, shadow and snow, by scene; None without classifications."""
    shares = []
    for scene in scenes:
        if scene.classification is None:
            return None
        with rasterio.open(scene.classification) as source:
            shares.append(np.isin(source.read(1), CLEAR_SCL).mean())
    return np.array(shares, np.float32)


def read_classifications(scenes: Sequence[Scene], grid: Grid) -> npt.NDArray[np.uint8] | None:
    """SCL ``[scenes, rows, columns]``, nearest neighbour on the grid; None where one has none."""
    codes = []
    for scene in scenes:
        if scene.classification is None:
            return None
        with rasterio.open(scene.classification) as source:
            window = from_bounds(*grid.bounds, source.transform)
            codes.append(
                source.read(
                    1,
                    window=window,
                    out_shape=(grid.rows, grid.columns),
                    resampling=Resampling.nearest,
                )
            )
    return np.stack(codes).astype(np.uint8)


def _read_band(path: Path, grid: Grid) -> npt.NDArray[np.uint16]:
    with rasterio.open(path) as source:
        if source.crs != grid.crs:
            raise CatalogueError(f"{path} is in {source.crs}, the grid in {grid.crs}")
        window = _aligned_window(path, from_bounds(*grid.bounds, source.transform))
        shape = (grid.rows, grid.columns)
        if (window.height, window.width) == shape:
            plain: npt.NDArray[np.uint16] = source.read(1, window=window)
            return plain
        profile = {**source.profile, "driver": "GTiff", "nodata": None, "compress": None}
        whole = source.read(1)
    # A copy without the nodata tag: GDAL would otherwise leave zeros out of the convolution, which
    # neither the SAFE driver of the predecessor nor the browser does.
    with MemoryFile() as memory:
        with memory.open(**profile) as copy:
            copy.write(whole, 1)
        with memory.open() as copy:
            enlarged: npt.NDArray[np.uint16] = copy.read(
                1, window=window, out_shape=shape, resampling=Resampling.cubic
            )
            return enlarged


def _aligned_window(path: Path, window: Window) -> Window:
    exact = window.round_offsets().round_lengths()
    pairs = zip(window.flatten(), exact.flatten())
    if any(abs(value - whole) > _GRID_TOLERANCE_PIXELS for value, whole in pairs):
        raise CatalogueError(f"the grid does not fall on whole pixels of {path}")
    return exact


def _file(catalogue: Path, item: dict[str, Any], key: str) -> Path:
    asset = item["assets"][key]
    applied = item["properties"].get("earthsearch:boa_offset_applied", False)
    if not applied and any(band.get("offset", 0) != 0 for band in asset.get("raster:bands", [])):
        raise CatalogueError(f"{item['id']} still carries a radiometric offset")
    path: Path = catalogue / asset["href"]
    return path
