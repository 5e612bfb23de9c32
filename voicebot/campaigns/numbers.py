"""Which numbers a campaign may dial: an allow-list against toll fraud and against mistakes.

The engine rings citizens past the dialplan's own allow-list (``dialplans/outbound.conf``, context
``voicebot-dial``), so it keeps this one: mobiles, 050x, 070 and land lines. No service numbers, no premium
060, no 00x, nothing abroad, and never an emergency number.
"""

from __future__ import annotations

import re

from voicebot.errors import PhoneNumberError
from voicebot.records.phone import normalised

_DIALABLE = re.compile(
    r"\+82(?:1[016789][0-9]{7,8}|50[2-9][0-9]{7,8}|70[0-9]{8}|2[0-9]{7,8}|[3-6][1-5][0-9]{7,8})"
)

_ORDINARY = re.compile(r"0?(10[2-46-9][0-9]{7}|(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4])[2-9][0-9]{6,7})", re.ASCII)
"""Mobiles and land lines as lists hold them once signs are taken out: known without asking the library, which
takes fifty times longer. That it says the same of all of them is held by a property test."""


def dialable_number(written: str) -> str:
    """A number of a list as E.164, if a campaign may dial it.

    Args:
        written: With or without dashes, country code or leading zero (spreadsheets drop it), in any width.

    Raises:
        PhoneNumberError: It is no number that a campaign may dial; the message holds no digit of it.
    """
    ordinary = _ORDINARY.fullmatch(written.replace("-", "").replace(" ", "").replace(".", ""))
    if ordinary is not None:
        return "+82" + ordinary[1]
    number = normalised(written)
    check_dialable(number)
    return number


def check_dialable(number: str) -> str:
    """An E.164 number as it is dialled here (``01012345678``), if a campaign may dial it.

    Raises:
        PhoneNumberError: It may not; the message holds no digit of it.
    """
    if not _DIALABLE.fullmatch(number):
        raise PhoneNumberError(
            "campaigns call Korean mobiles, 050, 070 and land lines only; give such a number of the person"
        )
    return "0" + number.removeprefix("+82")
