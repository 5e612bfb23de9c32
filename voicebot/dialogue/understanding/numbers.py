"""Spoken Korean numbers: Sino (일 이 삼, 삼십육), native (하나 둘, 스물셋) and digits."""

from __future__ import annotations

import re

SINO = {character: value for value, character in enumerate("공일이삼사오육칠팔구")}
SINO |= {"영": 0, "빵": 0, "륙": 6, "유": 6}
_SCALES = {"십": 10, "시": 10, "백": 100, "천": 1000}
_ONES = ("하나 한", "둘 두", "셋 세 석 서", "넷 네 넉 너", "다섯", "여섯", "일곱", "여덟 여덜", "아홉")
NATIVE = {word: value for value, words in enumerate(_ONES, start=1) for word in words.split()}
_TENS = dict(zip("열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split(), range(10, 100, 10), strict=True))
_TENS["스무"] = 20
_NATIVE = re.compile(rf"({'|'.join(_TENS)})?({'|'.join(sorted(NATIVE, key=len, reverse=True))})?")
_SINO = re.compile(r"(?:[일이삼사오육륙칠팔구]?[십백천만])*(?:[공영일이삼사오육륙칠팔구])?")
_FIGURES = re.compile(r"(?:(\d{1,4})만)?(?:(\d)천)?(?:(\d)백)?(\d{1,4})?")
_MOST_DIGITS = 9
"""Figures of one number; a longer run is a telephone number or worse, never an amount."""
UNIT = re.compile(
    r"(?:개|명|분|사람|마리|대|살|세|시간|시|번|동|층|호|장|끼|잔|병|그릇|달|개월|주|일|년|월|도|원|킬로"
    r"|미터)?(?:쯤|정도|전)?"
    r"(?:이요|요|이에요|예요|이예요|입니다|이고요|이지|이여|이유|이네요|야|여|정도요)?$"
)


def read_sino(word: str) -> int | None:
    """The value of a Sino-Korean number below 100,000,000 (삼십육 → 36), or ``None`` if it is none."""
    if not word or _SINO.fullmatch(word) is None:
        return None
    total = section = digit = 0
    for character in word:
        if character == "만":
            total += max(section + digit, 1) * 10_000
            section = digit = 0
        elif character in _SCALES:
            section += max(digit, 1) * _SCALES[character]
            digit = 0
        else:
            digit = SINO[character]
    return total + section + digit


def read_native(word: str) -> int | None:
    """The value of a native number below 100 (스물셋 → 23), or ``None`` if it is none."""
    found = _NATIVE.fullmatch(word) if word else None
    if found is None or not found.group():
        return None
    return _TENS.get(found.group(1) or "", 0) + NATIVE.get(found.group(2) or "", 0)


def read_number(word: str) -> int | None:
    """The value of a number in any of the three writings."""
    if word.isdecimal():
        return int(word) if len(word) <= _MOST_DIGITS else None
    for reader in (read_sino, read_native, _read_figures, _read_mixed):
        value = reader(word)
        if value is not None:
            return value
    return None


def _read_figures(word: str) -> int | None:
    """Figures with scales (2만 5천 → 25000)."""
    found = _FIGURES.fullmatch(word)
    if found is None or not any(found.groups()):
        return None
    return sum(
        int(part or 0) * scale for part, scale in zip(found.groups(), (10_000, 1_000, 100, 1), strict=True)
    )


def _read_mixed(word: str) -> int | None:
    """Sino tens and native ones, as the old say ages (구십하나 → 91)."""
    tens, mark, ones = word.partition("십")
    if not mark or ones not in NATIVE:
        return None
    value = read_sino(tens + mark)
    return None if value is None else value + NATIVE[ones]
