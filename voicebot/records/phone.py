"""Telephone numbers in one form (E.164), and masked for everything that people read."""

from __future__ import annotations

import re

import phonenumbers

from voicebot.errors import PhoneNumberError

REGION = "KR"
"""The city halls' own: a number without a country code is Korean."""

_PLAIN_MOBILE = re.compile(r"010[2-46-9][0-9]{7}")
"""What nearly every row of an import holds: known without asking the library, which is a hundred times slower
(``python -m benchmarks.records`` measures both). Every such number is valid by the library's own pattern."""

_SHOWN_DIGITS = 4
"""The last digits stay: enough for an officer to recognise a number that is known already."""


def normalised(written: str) -> str:
    """A telephone number as E.164 (``+821012345678``), however it was written.

    Args:
        written: With or without dashes, country code or leading zero (spreadsheets drop it), in any width.

    Raises:
        PhoneNumberError: It is no number that can be called: too short, a service number such as 119, or not
            in the numbering plan. The message holds no digit of it.
    """
    if _PLAIN_MOBILE.fullmatch(written):
        return f"+82{written[1:]}"
    try:
        number = phonenumbers.parse(written, REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneNumberError(
            "not a telephone number; write it with its area code, e.g. 02-123-4567"
        ) from error
    if number.extension:
        raise PhoneNumberError("a number with an extension cannot be called; give the direct number")
    if not phonenumbers.is_valid_number(number):
        raise PhoneNumberError(
            "no number of the Korean numbering plan; check its digits, e.g. 010-1234-5678"
            if number.country_code == phonenumbers.country_code_for_region(REGION)
            else f"not a valid number of country +{number.country_code}; check its digits"
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national(number: str) -> str:
    """An E.164 number as it is written here: ``010-1234-5678``; foreign ones internationally."""
    parsed = phonenumbers.parse(number, REGION)
    home = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, kind)


def masked(number: str) -> str:
    """An E.164 number for logs, lists and exports: ``010-****-5678``; only the last four digits are real.

    The first group stays where another group is hidden between, since it names the network or the area alone.
    """
    groups = re.split(r"([^0-9+]+)", national(number))  # digits and signs in turns
    numbers = groups[::2]
    shown = len(numbers[0]) if len(numbers) > 2 else 0
    digits = sum(sign.isdigit() for sign in "".join(groups))
    signs, seen = [], 0
    for place, sign in enumerate("".join(groups)):
        seen += sign.isdigit()
        hide = sign.isdigit() and place >= shown and seen <= digits - _SHOWN_DIGITS
        signs.append("*" if hide else sign)
    return "".join(signs)
