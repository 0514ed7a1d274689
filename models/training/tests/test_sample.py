"""The room `sample`: a small version of what the page ships."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from crop2seg_training.sample import write_sample
from crop2seg_training.sample.place import ACQUISITIONS, LEFT, SIZE, TOP, scene_id
from simulation_data import needs_parcels

SMALL = 32
KEYS = {
    "blue", "green", "red", "nir", "rededge1", "rededge2", "rededge3", "nir08", "swir16",
    "swir22", "scl",
}  # fmt: skip

pytestmark = needs_parcels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    write_sample(out, seed=7, size=SMALL)
    return out


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_place_is_inside_one_cell_and_on_the_20_m_grid() -> None:
    column, row = 9, 4  # of tile 33UVR: cell 300 + 90 + 4
    west, south = 399_960 + 10_980 * column, 5_490_240 + 10_980 * row
    assert west <= LEFT
    assert west + 10_980 >= LEFT + 10 * SIZE
    assert south <= TOP - 10 * SIZE
    assert south + 10_980 >= TOP
    assert (LEFT - 399_960) % 20 == 0
    assert (5_600_040 - TOP) % 20 == 0


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, seed=7, size=SMALL)
    assert _digests(tmp_path) == _digests(folder)


def test_catalogue_is_whole(folder: Path) -> None:
    items = json.loads((folder / "items.json").read_text())
    collection = json.loads((folder / "collection.json").read_text())
    assert items["type"] == "FeatureCollection"
    assert [item["id"] for item in items["features"]] == [scene_id(d) for d in ACQUISITIONS]
    assert collection["crop2seg:simulated"] is True
    assert collection["title"] == "Simulated sample scene"
    for link in collection["links"]:
        assert (folder / link["href"]).is_file()
    for item in items["features"]:
        assert item["collection"] == collection["id"]
        assert item["properties"]["crop2seg:simulated"] is True
        assert item["properties"]["earthsearch:boa_offset_applied"] is True
        assert item["properties"]["grid:code"] == "MGRS-33UVR"
        assert set(item["assets"]) == KEYS
        for asset in item["assets"].values():
            assert (folder / asset["href"]).is_file()
        single = json.loads((folder / item["id"] / f"{item['id']}.json").read_text())
        assert single["properties"] == item["properties"]
        assert (folder / item["id"] / single["assets"]["blue"]["href"]).is_file()


def test_rasters_agree_with_their_items(folder: Path) -> None:
    items = json.loads((folder / "items.json").read_text())["features"]
    for asset in items[3]["assets"].values():
        with rasterio.open(folder / asset["href"]) as file:
            assert list(file.shape) == asset["proj:shape"]
            assert list(file.transform)[:6] == asset["proj:transform"]
            assert file.crs.to_epsg() == items[3]["properties"]["proj:epsg"]
            assert file.nodata == 0
            assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert file.profile["compress"] == "deflate"
            assert file.read(1).min() > 0


def test_cloud_share_is_that_of_the_classification(folder: Path) -> None:
    covers = []
    for item in json.loads((folder / "items.json").read_text())["features"]:
        with rasterio.open(folder / item["id"] / "SCL.tif") as file:
            cloud = np.isin(file.read(1), (8, 9, 10)).mean() * 100
        assert item["properties"]["eo:cloud_cover"] == pytest.approx(cloud, abs=1e-3)
        covers.append(cloud)
    assert sum(cover < 5 for cover in covers) >= 12
    assert max(covers) > 50


def test_labels_have_colours_and_classes(folder: Path) -> None:
    with rasterio.open(folder / "labels.tif") as file:
        assert file.nodata == 255
        assert file.colormap(1)[4] == (0xF4, 0xEC, 0xB1, 255)
        assert set(np.unique(file.read(1))) <= set(range(14))


def test_readme_says_simulated(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert "Nothing here was observed" in text
    assert "--seed 7" in text
