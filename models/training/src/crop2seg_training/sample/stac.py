"""STAC of the sample, in the layout of Earth Search v1 `sentinel-2-l2a`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from rasterio.warp import transform as reproject

from crop2seg_training.sample.place import EPSG, LEFT, TILE, TOP, satellite, scene_id

TITLE = "Simulated sample scene"
NOTE = (
    "Simulated, not observed: fields, weather and instrument are invented; the reflectance of the "
    "crops derives from real parcel series (contains modified Copernicus Sentinel data 2020-2024)."
)
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
EXTENSIONS = [
    f"https://stac-extensions.github.io/{name}/schema.json"
    for name in ("grid/v1.0.0", "raster/v1.1.0", "projection/v1.1.0", "mgrs/v1.0.0", "eo/v1.1.0")
]


@dataclass(frozen=True)
class BandAsset:
    """How one band appears in an item."""

    band: str
    key: str
    title: str
    metres: int
    common_name: str
    centre: float  # micrometres
    width: float


ASSETS = (
    BandAsset("B02", "blue", "Blue (band 2) - 10m", 10, "blue", 0.49, 0.098),
    BandAsset("B03", "green", "Green (band 3) - 10m", 10, "green", 0.56, 0.045),
    BandAsset("B04", "red", "Red (band 4) - 10m", 10, "red", 0.665, 0.038),
    BandAsset("B08", "nir", "NIR 1 (band 8) - 10m", 10, "nir", 0.842, 0.145),
    BandAsset("B05", "rededge1", "Red edge 1 (band 5) - 20m", 20, "rededge", 0.704, 0.019),
    BandAsset("B06", "rededge2", "Red edge 2 (band 6) - 20m", 20, "rededge", 0.74, 0.018),
    BandAsset("B07", "rededge3", "Red edge 3 (band 7) - 20m", 20, "rededge", 0.783, 0.028),
    BandAsset("B8A", "nir08", "NIR 2 (band 8A) - 20m", 20, "nir08", 0.865, 0.033),
    BandAsset("B11", "swir16", "SWIR 1 (band 11) - 20m", 20, "swir16", 1.61, 0.143),
    BandAsset("B12", "swir22", "SWIR 2 (band 12) - 20m", 20, "swir22", 2.19, 0.242),
)
# Names of the SCL shares in item properties, by code.
SCL_SHARES = {
    2: "s2:dark_features_percentage",
    3: "s2:cloud_shadow_percentage",
    4: "s2:vegetation_percentage",
    5: "s2:not_vegetated_percentage",
    6: "s2:water_percentage",
    7: "s2:unclassified_percentage",
    8: "s2:medium_proba_clouds_percentage",
    9: "s2:high_proba_clouds_percentage",
    10: "s2:thin_cirrus_percentage",
    11: "s2:snow_ice_percentage",
}
CLOUD_CODES = (8, 9, 10)


def _ring(size: int) -> list[list[float]]:
    """Outline in WGS84, counter-clockwise from the north-west corner."""
    right, bottom = LEFT + 10 * size, TOP - 10 * size
    x = [LEFT, LEFT, right, right, LEFT]
    y = [TOP, bottom, bottom, TOP, TOP]
    lon, lat = reproject(f"EPSG:{EPSG}", "EPSG:4326", x, y)[:2]
    return [[round(a, 7), round(b, 7)] for a, b in zip(lon, lat, strict=True)]


def bounds(size: int) -> list[float]:
    """West, south, east, north of a scene of size x size pixels of 10 m."""
    lon, lat = zip(*_ring(size), strict=True)
    return [min(lon), min(lat), max(lon), max(lat)]


def _projection(size: int, metres: int) -> dict[str, Any]:
    side = size * 10 // metres
    return {
        "proj:shape": [side, side],
        "proj:transform": [metres, 0, LEFT, 0, -metres, TOP],
    }


def _assets(size: int, folder: str) -> dict[str, Any]:
    assets: dict[str, Any] = {}
    for asset in ASSETS:
        assets[asset.key] = {
            "href": f"{folder}/{asset.band}.tif",
            "type": COG,
            "title": asset.title,
            "eo:bands": [
                {
                    "name": asset.key,
                    "common_name": asset.common_name,
                    "description": asset.title.split(" - ")[0],
                    "center_wavelength": asset.centre,
                    "full_width_half_max": asset.width,
                }
            ],
            "gsd": asset.metres,
            **_projection(size, asset.metres),
            "raster:bands": [
                {
                    "nodata": 0,
                    "data_type": "uint16",
                    "spatial_resolution": asset.metres,
                    "scale": 0.0001,
                    "offset": 0,
                }
            ],
            "roles": ["data", "reflectance"],
        }
    assets["scl"] = {
        "href": f"{folder}/SCL.tif",
        "type": COG,
        "title": "Scene classification map (SCL)",
        "gsd": 20,
        **_projection(size, 20),
        "raster:bands": [{"nodata": 0, "data_type": "uint8", "spatial_resolution": 20}],
        "roles": ["data"],
    }
    return assets


def make_item(day: date, scl: np.ndarray, size: int, root: str, folder: str) -> dict[str, Any]:
    """Item of one date.

    scl: uint8 [rows, columns] at 20 m; root: relative folder of the collection; folder: relative
    folder of the files.
    """
    name = scene_id(day)
    shares = {key: round(float((scl == code).mean() * 100), 3) for code, key in SCL_SHARES.items()}
    cloud = float(np.isin(scl, CLOUD_CODES).mean() * 100)
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": EXTENSIONS,
        "id": name,
        "collection": "sentinel-2-l2a",
        "geometry": {"type": "Polygon", "coordinates": [_ring(size)]},
        "bbox": bounds(size),
        "properties": {
            "title": f"{TITLE}, {day.isoformat()}",
            "crop2seg:simulated": True,
            "crop2seg:note": NOTE,
            "datetime": f"{day.isoformat()}T10:10:31Z",
            "platform": "sentinel-2a" if satellite(day) == "S2A" else "sentinel-2b",
            "constellation": "sentinel-2",
            "instruments": ["msi"],
            "eo:cloud_cover": round(cloud, 3),
            "proj:epsg": EPSG,
            "mgrs:utm_zone": int(TILE[:2]),
            "mgrs:latitude_band": TILE[2],
            "mgrs:grid_square": TILE[3:],
            "grid:code": f"MGRS-{TILE}",
            "s2:nodata_pixel_percentage": 0.0,
            **shares,
            "s2:product_type": "S2MSI2A",
            "s2:sequence": "0",
            "earthsearch:boa_offset_applied": True,
        },
        "links": [
            {"rel": rel, "href": f"{root}/collection.json", "type": "application/json"}
            for rel in ("root", "parent", "collection")
        ],
        "assets": _assets(size, folder),
    }


def make_collection(days: tuple[date, ...], size: int) -> dict[str, Any]:
    """The collection, with links to every item."""
    links: list[dict[str, str]] = [
        {"rel": "root", "href": "./collection.json", "type": "application/json"},
        {"rel": "items", "href": "./items.json", "type": "application/geo+json"},
    ]
    links += [
        {
            "rel": "item",
            "href": f"./{scene_id(day)}/{scene_id(day)}.json",
            "type": "application/geo+json",
            "title": day.isoformat(),
        }
        for day in days
    ]
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": "sentinel-2-l2a",
        "title": TITLE,
        "description": NOTE,
        "license": "MIT",
        "crop2seg:simulated": True,
        "keywords": ["simulated", "sentinel-2", "l2a", "crops"],
        "extent": {
            "spatial": {"bbox": [bounds(size)]},
            "temporal": {
                "interval": [[f"{day.isoformat()}T10:10:31Z" for day in (days[0], days[-1])]]
            },
        },
        "summaries": {
            "platform": ["sentinel-2a", "sentinel-2b"],
            "grid:code": [f"MGRS-{TILE}"],
            "proj:epsg": [EPSG],
            "gsd": [10, 20],
        },
        "links": links,
        "assets": {
            "labels": {
                "href": "./labels.tif",
                "type": COG,
                "title": "True classes of the simulation",
                "roles": ["labels"],
            }
        },
    }
