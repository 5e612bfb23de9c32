"""The one time zone of all campaigns, and spans of a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

SEOUL = timezone(timedelta(hours=9), "KST")
"""Korea has kept UTC+9 without summer time since 1988, so no database of time zones is needed."""

_SPAN = re.compile(r"([0-2][0-9]):([0-5][0-9])\s*[-~]\s*([0-2][0-9]):([0-5][0-9])")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Part of a day in minutes after midnight: from ``starts`` to just before ``ends``."""

    starts: int
    ends: int


def read_span(text: str) -> Span:
    """Read ``10:00-12:00``.

    Raises:
        ValueError: It is something else, or ends before it starts.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'{text!r} is no span of hours; write it as "10:00-12:00"')
    first, first_minute, last, last_minute = map(int, found.groups())
    span = Span(starts=first * 60 + first_minute, ends=last * 60 + last_minute)
    if not span.starts < span.ends <= _DAY:
        raise ValueError(f"{text!r} does not end after it starts on the same day; mend its hours")
    return span


def local(moment: datetime) -> datetime:
    """A moment as the clock on a Korean wall shows it.

    Raises:
        ValueError: It has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SEOUL)


def at_minute(day: date, minute: int) -> datetime:
    """A minute of a day in Korea; 24 × 60 is midnight at its end."""
    return datetime.combine(day, time(), SEOUL) + timedelta(minutes=minute)
