"""Resident registration numbers (주민등록번호) at the door of the records: they never come in.

Theory of operation
    The law forbids keeping them even when a citizen tells one unasked (Personal Information Protection Act,
    article 24-2). Thirteen digits in a row are found by the dialogue's own rule. Here is added what only a
    whole sentence shows: the two halves told apart ("앞자리는 900101이고 뒷자리는 …"), the
    last seven digits where they are named as such, full-width figures, and unusual signs between the halves.

    Text is *redacted*, since the rest of a story is needed. What should be a name or a number of ours is
    *refused*, since nothing of it would remain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from voicebot.dialogue.understanding.resident import MASK, without_resident_number
from voicebot.errors import RecordsError

_DIGIT = r"(?:[0-9]|[공영빵일이삼사오육륙칠팔구])"
_GAP = r"[\s\-.,]{0,2}"
"""Within a half; no colon and no stroke, so that a day with its hour (2026-11-22 12:00:30) is none."""
_SIGNS = r"[\s\-.,~·_/\\|:;()]{1,3}"
"""Between the halves: whatever somebody may write for the dash."""
_YEAR_TO_DAY = rf"{_DIGIT}(?:{_GAP}{_DIGIT}){{5}}"
_SEX_DIGIT = r"[1-8일이삼사오육륙칠팔]"
"""The seventh digit tells sex and century: 1 to 8 for everybody born since 1900."""
_LAST_SEVEN = rf"{_SEX_DIGIT}(?:{_GAP}{_DIGIT}){{6}}(?!{_GAP}[0-9])"

_LEADS_ON = r"[^0-9]{0,12}?(?:뒷|뒤|끝)[^0-9]{0,12}?"
"""Words between the halves: "이고 뒷자리는", "이고요 뒤에는"; at most a dozen signs on each side."""

_HALVES_APART = re.compile(rf"{_YEAR_TO_DAY}{_LEADS_ON}{_LAST_SEVEN}")
_SIGNS_BETWEEN = re.compile(rf"(?<![0-9]){_YEAR_TO_DAY}{_SIGNS}{_LAST_SEVEN}")
_NAMED = re.compile(
    rf"((?:뒷자리|뒷번호|뒤\s?자리|주민\s?등록\s?번호|주민\s?번호)[^0-9]{{0,8}}?){_LAST_SEVEN}"
)
"""Seven digits that are called the last part: a telephone number's last part (뒷자리 5678) has four."""

_LEAST = 7
"""Shorter texts hold neither form."""


def redacted(text: str) -> str:
    """The text with resident registration numbers blanked; the same object where there is none."""
    if len(text) < _LEAST:
        return text
    plain = unicodedata.normalize("NFKC", text)
    cleaned = _HALVES_APART.sub(MASK, without_resident_number(plain))
    cleaned = _NAMED.sub(r"\1#######", _SIGNS_BETWEEN.sub(MASK, cleaned))
    return text if cleaned == plain else cleaned


def redacted_values(values: Mapping[str, str]) -> dict[str, str]:
    """A copy of slots or arguments in which every value is redacted."""
    return {name: redacted(value) for name, value in values.items()}


def refused(text: str, what: str) -> str:
    """The text itself, where it holds no resident registration number.

    Args:
        text: A name, an identifier, an officer's account: nothing that could lose a part and still be used.
        what: Names the field in the error.

    Raises:
        RecordsError: It holds one. The message holds no digit of it.
    """
    if redacted(text) != text:
        raise RecordsError(
            f"{what} holds a resident registration number, which must not be kept; leave it out"
        )
    return text
