"""Reads one cell-date with GDAL's /vsicurl in six threads and prints what it took as JSON.

usage: gdal.py FILES, a JSON list of {"url", "rect": {"column", "row", "columns", "rows"}}
"""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from osgeo import gdal

# The same number of connections as a browser opens to a host.
THREADS = 6

gdal.UseExceptions()
# What GDAL's own page on cloud reading recommends: no look for files beside the image.
gdal.SetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR")
gdal.SetConfigOption("GDAL_INGESTED_BYTES_AT_OPEN", "16384")


def read(file: dict) -> int:
    rect = file["rect"]
    data = gdal.Open("/vsicurl/" + file["url"])
    window = (rect["column"], rect["row"], rect["columns"], rect["rows"])
    return len(data.GetRasterBand(1).ReadRaster(*window))


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    files = json.loads(sys.argv[1])
    start, before = time.perf_counter(), cpu()
    with ThreadPoolExecutor(THREADS) as pool:
        sum(pool.map(read, files))
    print(json.dumps({"wallMs": (time.perf_counter() - start) * 1000, "cpuMs": (cpu() - before) * 1000}))


main()
