"""Only who knows the secret can have sent a body, and only just now."""

from __future__ import annotations

import pytest

from voicebot.events.signing import TOLERANCE_S, signature, verified

SECRET, BODY, AT = b"a secret of sixteen bytes", '{"said":"가로등"}'.encode(), 1_763_812_800


def test_the_documented_example() -> None:
    assert signature(b"secret", 1_763_812_800, b"{}") == (
        "t=1763812800,v1=307cec87fe0e6a8e5008321f05837650856a6c331c88b2ab8e49a8fc493211b6"
    )


def test_what_was_signed_is_verified() -> None:
    header = signature(SECRET, AT, BODY)
    assert verified(header, BODY, [SECRET], AT + 10.0)
    assert verified(header, BODY, [b"the next secret", SECRET], AT - 10.0)


@pytest.mark.parametrize("now", [AT + TOLERANCE_S + 1, AT - TOLERANCE_S - 1])
def test_what_is_old_is_refused(now: float) -> None:
    assert not verified(signature(SECRET, AT, BODY), BODY, [SECRET], now)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1,v1=00",
        signature(b"another", AT, BODY),
        signature(SECRET, AT, BODY + b" "),
        signature(SECRET, AT, BODY).replace(f"t={AT}", f"t={AT + 1}"),
        signature(SECRET, AT, BODY) + " ",
        "t=٣,v1=" + "0" * 64,
    ],
)
def test_what_is_forged_is_refused(header: str) -> None:
    assert not verified(header, BODY, [SECRET], float(AT))
