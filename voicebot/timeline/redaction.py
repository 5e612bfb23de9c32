"""Numbers that a timeline must not keep: telephone and resident registration numbers, written or spoken.

Recognised text holds numbers as figures (``010-1234-5678``) or as the words that were spoken, Sino-Korean
(``공일공에 일이삼사``) or native (``하나 둘 셋 넷``), mixed as people mix them; all are found. What remains
of a telephone number is its first three digits, which name the network or the region; of a resident
registration number (주민등록번호, six and seven digits) nothing remains.
"""

from __future__ import annotations

import re

_SYLLABLES = "공영빵일이삼사오육륙칠팔구"
_NATIVE = "하나|둘|셋|넷|다섯|여섯|일곱|여덟|여덜|아홉"
_SPOKEN = f"(?:{_NATIVE}|[{_SYLLABLES}])"
_DIGIT = f"(?:{_NATIVE}|[0-9{_SYLLABLES}])"
_DASH = "다시|빼기|하이픈|대시|작대기"
"""How the dash of a number is read aloud."""
_FILLER = "음|어|그|저|그리고"
"""What is said while the next digits are looked for."""
_SIGNS = r"[\s\-.,·~)에의]"
_SEPARATOR = rf"(?:{_SIGNS}{{1,3}}(?:(?:{_DASH}|{_FILLER})[\s,]{{0,2}})?|(?:{_DASH})[\s,]{{0,2}})"
"""What stands between the digits of a number: signs, spaces, and the particles of numbers read aloud."""

# Figures and syllables do not touch: the 이 of "…4567이에요" is no digit.
_AFTER_SPOKEN = f"(?<=[{_SYLLABLES}나둘셋넷섯곱덟덜홉])"
_NEXT = f"(?:{_SEPARATOR}{_DIGIT}|(?<=[0-9])[0-9]|{_AFTER_SPOKEN}{_SPOKEN}|(?<=[0-9])(?:{_NATIVE}))"
_RUN = re.compile(f"{_DIGIT}{_NEXT}{{5,}}")
"""Six digits and more: an unfinished telephone number in a partial decode counts, a year does not."""
_TOKEN = re.compile(f"(?:{_DASH})|(?P<digit>{_DIGIT})")

_DATE = re.compile(r"(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}")
_RESIDENT_DIGITS = 13
_KEPT_DIGITS = 3
MASKED_KEY = "•"

_KEYS_SHOWN = 2
"""Telephone keys of one entry that are shown: a menu choice, never a number."""
_KEY_ENTRY_GAP_S = 5.0
"""Keys further apart belong to different entries."""


def redact(text: str) -> str:
    """Mask telephone numbers and blank resident registration numbers in a text; dates stay."""
    return _RUN.sub(_mask, text)


def _mask(match: re.Match[str]) -> str:
    run = match.group()
    if _DATE.fullmatch(run):
        return run
    digits = [found.span() for found in _TOKEN.finditer(run) if found.group("digit")]
    if len(digits) >= _RESIDENT_DIGITS:
        return "######-#######"
    masked, at = "", 0
    for begin, end in digits[_KEPT_DIGITS:]:
        masked += run[at:begin] + "*"
        at = end
    return masked + run[at:]


class KeyMask:
    """Hides the keys of a number that is entered on the telephone; state of one call."""

    def __init__(self) -> None:
        self._entered = 0
        self._last_at = float("-inf")

    def mask(self, key: str, at: float) -> str:
        """The key as it may be written.

        Args:
            key: One key, ``0``-``9``, ``*`` or ``#``.
            at: When it was pressed, seconds.
        """
        if at - self._last_at > _KEY_ENTRY_GAP_S or not key.isdigit():
            self._entered = 0
        self._last_at = at
        if not key.isdigit():
            return key
        self._entered += 1
        return key if self._entered <= _KEYS_SHOWN else MASKED_KEY
