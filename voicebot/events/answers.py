"""What a web server's answer says about a message: its class of status decides whether it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from voicebot.events.verdict import Delivered, Failed, Postponed, Refused, Verdict

_TOO_MANY, _UNAVAILABLE = 429, 503
_AGAIN = (408, 425)
"""A time-out, and too early: the other 4xx say that the same request will never be taken (RFC 9110, 15.5)."""


def judged(status: int, retry_after: str, now: datetime) -> Verdict:
    """The verdict of an HTTP answer.

    Args:
        status: Its code.
        retry_after: Its header of this name, empty where there is none.
        now: For a header that names a moment.
    """
    reason = f"the receiver answered {status}"
    after_s = _asked_for_s(retry_after, now)
    if 200 <= status < 300:
        return Delivered()
    if status == _TOO_MANY or (status == _UNAVAILABLE and after_s is not None):
        return Postponed(reason=reason, after_s=after_s)
    if 300 <= status < 400:
        return Refused(
            reason=f"{reason}, which sends elsewhere; put the address it moved to into the settings"
        )
    if 400 <= status < 500 and status not in _AGAIN:
        return Refused(reason=reason)
    return Failed(reason=reason)


def _asked_for_s(header: str, now: datetime) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if header.strip().isdecimal():
        return float(header.strip()[:9])
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
