"""Korea's public holidays, lunar and substitute ones and election days too, by a library that is kept up."""

from __future__ import annotations

from datetime import date
from functools import cache

from holidays import country_holidays


@cache
def _of_year(year: int) -> dict[date, str]:
    return dict(country_holidays("KR", years=year, language="ko"))


def holiday(day: date) -> str:
    """The public holiday of a day, empty on all others; substitute days (대체공휴일) are holidays too."""
    return _of_year(day.year).get(day, "")
