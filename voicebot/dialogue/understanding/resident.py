"""Resident registration numbers (주민등록번호: six and seven digits): recognised when spoken, and taken out.

The law forbids keeping them (Personal Information Protection Act, article 24-2), so that no value holds one.
"""

from __future__ import annotations

import re

_DIGITS = 13
MASK = "######-#######"

_DIGIT = (
    r"(?:\d|하나|둘|셋|넷|다섯|여섯|일곱|여덟|여덜|아홉"
    r"|[공영빵일삼사오육륙칠팔구]|이(?!에요|예요|요|고|라고|라서|거든|지요|죠))"
)
_SIGNS = r"[\s\-.,~·]{0,3}"
_BETWEEN = rf"{_SIGNS}(?:(?:다시|빼기|하이픈|대시|작대기|바|에|의|음|어|그리고){_SIGNS})?"
_RESIDENT = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{_DIGITS - 1},}}")
"""Thirteen digits and more: a telephone number has 11 at most; long bank accounts are masked as well."""


def without_resident_number(text: str) -> str:
    """The text with resident numbers blanked; the same object where there is none."""
    if len(text) < _DIGITS:
        return text
    return _RESIDENT.sub(MASK, text)
