"""Writing small Cloud Optimized GeoTIFFs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.io import MemoryFile
from rasterio.shutil import copy
from rasterio.transform import Affine

BLOCK = 128  # pixels; a 10 m band of the sample has four tiles, so that windows can be read


def write_cog(
    path: Path,
    values: np.ndarray,
    transform: Affine,
    epsg: int,
    nodata: int,
    colours: dict[int, tuple[int, int, int, int]] | None = None,
) -> None:
    """Writes one band [rows, columns] as COG: DEFLATE, predictor 2, no overviews."""
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype.name,
        "crs": rasterio.CRS.from_epsg(epsg),
        "transform": transform,
        "nodata": nodata,
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(values, 1)
            if colours:
                file.write_colormap(1, colours)
        with memory.open() as file:
            copy(
                file, path, driver="COG", COMPRESS="DEFLATE", LEVEL=9, PREDICTOR="STANDARD",
                BLOCKSIZE=BLOCK, OVERVIEWS="NONE",
            )  # fmt: skip
