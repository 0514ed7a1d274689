"""Where and when the sample lies."""

from __future__ import annotations

from datetime import date

# A square of 2560 m on the grids of 10 and 20 m of Sentinel-2 tile 33UVR, in farmland east of
# Prague, wholly inside cell 394 of the Czech grid (498780..509760 / 5534160..5545140).
TILE = "33UVR"
EPSG = 32633
LEFT, TOP = 505_000, 5_539_560  # metres
SIZE = 256  # pixels of 10 m
SEASON = 2019

# Days on which the two satellites pass the tile: every fifth day on each of two orbits. The orbits'
# phases are those of the acquisition dates in the published Czech profiles (specification, 8.1).
ACQUISITIONS: tuple[date, ...] = tuple(
    date.fromisoformat(text)
    for text in (
        "2018-09-16", "2018-10-06", "2018-10-13", "2018-11-15", "2018-12-30", "2019-02-15",
        "2019-03-22", "2019-04-01", "2019-04-21", "2019-05-06", "2019-05-19", "2019-05-31",
        "2019-06-10", "2019-06-18", "2019-06-30", "2019-07-05", "2019-07-25", "2019-08-04",
        "2019-08-19", "2019-08-29", "2019-09-21", "2019-10-13",
    )
)  # fmt: skip
# Sky of the acquisitions that are not clear, and the snow that lay.
SKIES: dict[date, str] = {
    date(2018, 10, 6): "broken",
    date(2018, 11, 15): "hazy",
    date(2019, 5, 6): "broken",
    date(2019, 5, 19): "overcast",
    date(2019, 7, 5): "broken",
    date(2019, 8, 19): "hazy",
}
SNOW: dict[date, float] = {date(2018, 12, 30): 0.75}


def satellite(day: date) -> str:
    """S2A or S2B: they take turns on an orbit every five days."""
    phase = (day - date(2019, 1, 19)).days % 10
    return "S2A" if phase in (0, 2) else "S2B"


def scene_id(day: date) -> str:
    """Identifier in the manner of Earth Search."""
    return f"{satellite(day)}_{TILE}_{day:%Y%m%d}_0_L2A"
