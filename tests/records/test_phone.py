"""Telephone numbers: one form however they are written, masked wherever they are read."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.errors import PhoneNumberError
from voicebot.records.phone import masked, national, normalised

FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789-"}


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("010-1234-5678", "+821012345678"),
        ("01012345678", "+821012345678"),
        ("1012345678", "+821012345678"),  # a spreadsheet dropped the zero
        ("+82 10 1234 5678", "+821012345678"),
        ("82-10-1234-5678", "+821012345678"),
        ("010-1234-5678".translate(FULL_WIDTH), "+821012345678"),
        ("(032) 440-2114", "+82324402114"),
        ("02-312-3456", "+8223123456"),
        ("070-1234-5678", "+827012345678"),
        ("1588-1234", "+8215881234"),
        ("+1 202 555 0143", "+12025550143"),
    ],
)
def test_every_way_of_writing_gives_one_number(written: str, number: str) -> None:
    assert normalised(written) == number
    assert normalised(number) == number


@pytest.mark.parametrize(
    "written", ["", "119", "112", "1001", "02-120", "anonymous", "010-9876", "010 9876 5432 1"]
)
def test_what_cannot_be_called_is_refused_without_telling_it(written: str) -> None:
    with pytest.raises(PhoneNumberError) as error:
        normalised(written)
    assert not written or written not in str(error.value)


def test_an_extension_cannot_be_called() -> None:
    with pytest.raises(PhoneNumberError, match="extension"):
        normalised("02-312-3456 ext. 12")


@given(st.from_regex(r"010[2-46-9][0-9]{7}", fullmatch=True))
def test_the_short_way_agrees_with_the_library(written: str) -> None:
    number = phonenumbers.parse(written, "KR")
    assert phonenumbers.is_valid_number(number)
    assert normalised(written) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+821012345678", "010-****-5678"),
        ("+8223123456", "02-***-3456"),
        ("+82324402114", "032-***-2114"),
        ("+8215881234", "****-1234"),
        ("+12025550143", "+1 ***-***-0143"),
    ],
)
def test_only_the_last_four_digits_are_shown(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_people_read_national_numbers() -> None:
    assert national("+821012345678") == "010-1234-5678"
    assert national("+12025550143") == "+1 202-555-0143"
