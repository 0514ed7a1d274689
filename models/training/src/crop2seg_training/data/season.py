"""Day counts of a season: day 0 is 1 September of the year before the season."""

from __future__ import annotations

from datetime import date, timedelta

# A season runs from September of the year before to October, both whole (specification, 1.2).
SEASON_DAYS = 426


def season_start(season: int) -> date:
    """First day (day 0) of a season."""
    return date(season - 1, 9, 1)


def day_of(month: int, day: int, *, before: bool = False) -> int:
    """Day count of a calendar day in a common year; `before` puts it in the year before.

    September to December are ambiguous: they lie at both ends of a season.
    """
    year = 2018 if before else 2019
    return (date(year, month, day) - season_start(2019)).days


def date_of(season: int, day: int) -> date:
    """Calendar date of a day count."""
    return season_start(season) + timedelta(days=int(day))
