"""The class of a status decides: again, later, or never."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from voicebot.events.answers import judged
from voicebot.events.verdict import Delivered, Failed, Postponed, Refused

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_taken(status: int) -> None:
    assert judged(status, "", NOON) == Delivered()


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_tried_again(status: int) -> None:
    assert judged(status, "", NOON) == Failed(reason=f"the receiver answered {status}")


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 410, 413, 422])
def test_never_taken(status: int) -> None:
    assert isinstance(judged(status, "30", NOON), Refused)


@pytest.mark.parametrize(
    ("status", "header", "after_s"),
    [
        (429, "", None),
        (429, "120", 120.0),
        (503, "7", 7.0),
        (503, "Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        (503, "Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        (429, "soon", None),
    ],
)
def test_asks_to_wait(status: int, header: str, after_s: float | None) -> None:
    assert judged(status, header, NOON) == Postponed(
        reason=f"the receiver answered {status}", after_s=after_s
    )
