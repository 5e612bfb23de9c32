"""The hour that a citizen asked to be called at."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from voicebot.campaigns.clock import at_minute, local

_PARTS = {"morning": 10 * 60, "afternoon": 14 * 60, "evening": 18 * 60}
"""Part of the day → the minute at which it is meant by most."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_AT_LEAST = timedelta(minutes=30)
"""Who says "later, in the afternoon" at two does not mean in five minutes."""
_UNNAMED = timedelta(hours=3)
"""Who says "later" and no more."""


def asked_for(when: str, now: datetime) -> datetime:
    """When to call somebody again who asked for it.

    Args:
        when: As flows tell it: ``morning``, ``afternoon``, ``evening``, ``HH:MM``, or something else.
        now: The end of the call.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    here = local(now)
    clock = _CLOCK.fullmatch(when.strip())
    minute = int(clock[1]) * 60 + int(clock[2]) if clock else _PARTS.get(when.strip())
    if minute is None:
        return here + _UNNAMED
    today = at_minute(here.date(), minute)
    if today - here >= _AT_LEAST:
        return today
    return at_minute(here.date() + timedelta(days=1), minute)
