"""The reference reader and the parity fixture."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from crop2seg_training.data import BANDS
from crop2seg_training.datasets import catalogue
from crop2seg_training.evaluate import parity
from crop2seg_training.export import CardText, made_tile, write_model_folder
from crop2seg_training.networks import build_network

CRS = "EPSG:32633"
SIZE = 16
CORNER = (500_000, 5_500_000)
# GDAL's cubic at factor 2: taps of even and odd target pixels, before renormalisation at edges.
TAPS = {0: ((-2, -3), (-1, 29), (0, 111), (1, -9)), 1: ((-1, -9), (0, 111), (1, 29), (2, -3))}


def write_raster(path: Path, array: np.ndarray, metres: int, nodata: int | None = 0) -> None:
    profile = {
        "driver": "GTiff", "height": array.shape[0], "width": array.shape[1], "count": 1,
        "dtype": array.dtype, "crs": CRS, "transform": from_origin(*CORNER, metres, metres),
        "nodata": nodata,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(array, 1)


def made_catalogue(folder: Path, dates: dict[str, float]) -> dict[str, np.ndarray]:
    """A static catalogue of one scene per date and its cloud cover; the arrays by file name."""
    rng = np.random.default_rng(5)
    arrays, features = {}, []
    for day, cloud in dates.items():
        assets = {}
        for band in BANDS:
            coarse = band not in ("B02", "B03", "B04", "B08")
            name = f"{day}-{band}.tif"
            shape = (SIZE // 2,) * 2 if coarse else (SIZE,) * 2
            arrays[name] = rng.integers(0, 4000, shape).astype(np.uint16)
            arrays[name][rng.random(shape) < 0.1] = 0
            write_raster(folder / name, arrays[name], 20 if coarse else 10)
            bands = [{"nodata": 0, "offset": 0}]
            assets[catalogue.ASSET_OF_BAND[band]] = {"href": f"./{name}", "raster:bands": bands}
        properties = {"datetime": f"{day}T10:00:00Z", "eo:cloud_cover": cloud}
        features.append({"id": f"scene-{day}", "properties": properties, "assets": assets})
    (folder / "items.json").write_text(json.dumps({"features": features}))
    write_raster(folder / "labels.tif", np.zeros((SIZE, SIZE), np.uint8), 10, nodata=None)
    return arrays


def doubled(source: np.ndarray, axis: int) -> np.ndarray:
    source = np.moveaxis(source.astype(np.float64), axis, 0)
    count = len(source)
    out = np.zeros((2 * count, *source.shape[1:]))
    for target in range(2 * count):
        inside = [(target // 2 + o, w) for o, w in TAPS[target % 2] if 0 <= target // 2 + o < count]
        out[target] = sum(w * source[i] for i, w in inside) / sum(w for _, w in inside)
    return np.moveaxis(out, 0, axis)


def test_bands_are_read_as_specified(tmp_path: Path) -> None:
    arrays = made_catalogue(tmp_path, {"2018-05-01": 0.0})
    [scene] = catalogue.choose_scenes(tmp_path, 2018, "3-10", 12)
    assert scene.day == 242
    dn = catalogue.read_scene(scene, catalogue.grid_of(tmp_path / "labels.tif"))
    assert dn.shape == (10, SIZE, SIZE)
    np.testing.assert_array_equal(dn[0], arrays["2018-05-01-B02.tif"])
    coarse = arrays["2018-05-01-B11.tif"]
    expected = np.clip(np.floor(doubled(doubled(coarse, 1), 0) + 0.5), 0, 65535)
    # Zeros take part in the convolution; GDAL's renormalised edges may round otherwise by 1 DN.
    assert np.abs(dn[8].astype(int) - expected).max() <= 1
    np.testing.assert_array_equal(dn[8][4:-4, 4:-4], expected[4:-4, 4:-4])


def test_scenes_are_clear_evenly_spread_and_in_order(tmp_path: Path) -> None:
    days = {f"2018-{month:02d}-{day:02d}": 10.0 for month in range(9, 2, -1) for day in (2, 31 - 3)}
    made_catalogue(tmp_path, {**days, "2018-06-15": 65.5, "2018-02-28": 0.0, "2018-11-01": 0.0})
    scenes = catalogue.choose_scenes(tmp_path, 2018, "3-10", 5)
    assert [scene.id[6:] for scene in scenes] == [
        "2018-03-02", "2018-04-28", "2018-06-02", "2018-08-02", "2018-09-28",
    ]  # fmt: skip
    with pytest.raises(catalogue.CatalogueError, match="no scene"):
        catalogue.choose_scenes(tmp_path, 2020, "3-10", 5)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("3-10", date(2018, 3, 1), date(2018, 11, 1)),
        ("9p-10", date(2017, 9, 1), date(2018, 11, 1)),
        ("12-12", date(2018, 12, 1), date(2019, 1, 1)),
    ],
)
def test_months(text: str, start: date, end: date) -> None:
    assert catalogue.months_window(text, 2018) == (start, end)


@pytest.mark.parametrize("text", ["10-3", "0-4", "3-13", "March", "3"])
def test_bad_months_are_named(text: str) -> None:
    with pytest.raises(catalogue.CatalogueError, match=text):
        catalogue.months_window(text, 2018)


def test_scene_with_an_offset_is_refused(tmp_path: Path) -> None:
    made_catalogue(tmp_path, {"2018-05-01": 0.0})
    items = json.loads((tmp_path / "items.json").read_text())
    items["features"][0]["assets"]["red"]["raster:bands"][0]["offset"] = -0.1
    (tmp_path / "items.json").write_text(json.dumps(items))
    with pytest.raises(catalogue.CatalogueError, match="radiometric offset"):
        catalogue.choose_scenes(tmp_path, 2018, "3-10", 12)


def test_fixture_is_whole(tmp_path: Path) -> None:
    made_catalogue(tmp_path, {"2018-04-01": 0.0, "2018-07-01": 0.0})
    model = tmp_path / "model"
    text = CardText(name="m", architecture="timeunet")
    write_model_folder(model, build_network("timeunet"), text, made_tile())
    request = parity.ParityRequest(model, tmp_path, tmp_path / "labels.tif", 2018, "3-10")
    fixture = parity.write_parity_fixture(request, tmp_path / "parity.json")
    assert json.loads((tmp_path / "parity.json").read_text()) == fixture
    content = (tmp_path / "parity.bin").read_bytes()
    assert hashlib.sha256(content).hexdigest() == fixture["probabilities"]["sha256"]
    probabilities = np.frombuffer(content, "<f4").reshape(15, SIZE, SIZE)
    np.testing.assert_allclose(probabilities.sum(0), 1.0, atol=1e-5)
    assert np.array(fixture["dnSums"]).shape == (2, 10)
