"""Campaigns dial people in Korea, and nothing that costs or alarms."""

from __future__ import annotations

import pytest

from voicebot.campaigns.numbers import check_dialable
from voicebot.errors import PhoneNumberError


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+821012345678", "01012345678"),
        ("+82311234567", "0311234567"),
        ("+8221234567", "021234567"),
        ("+827012345678", "07012345678"),
        ("+8250512345678", "050512345678"),
    ],
)
def test_allowed(number: str, dialled: str) -> None:
    assert check_dialable(number) == dialled


@pytest.mark.parametrize(
    "number", ["+12025550143", "+8260700001234", "+82119", "+8215881234", "+82801234567", "01012345678", ""]
)
def test_refused_without_telling_the_number(number: str) -> None:
    with pytest.raises(PhoneNumberError) as error:
        check_dialable(number)
    assert number[3:] not in str(error.value) or not number
