"""Spoken telephone numbers: 공일공에 일이삼사에 오육칠팔, 010 일이삼사, 하나둘셋넷, with corrections."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.numbers import NATIVE, SINO, read_sino
from voicebot.dialogue.understanding.result import (
    CERTAIN,
    CLEAR,
    INFERRED,
    Interpretation,
    Status,
    filled,
    unsure,
)

_DIGIT_WORDS = {
    word: str(value)
    for word, value in (SINO | NATIVE).items()
    if len(word) > 1 or word in SINO or word in "둘셋넷"
}
del _DIGIT_WORDS["유"]  # only in 유월
_DIGIT = re.compile(rf"\d|{'|'.join(sorted(_DIGIT_WORDS, key=len, reverse=True))}")
_DIGITS = re.compile(rf"(?:{_DIGIT.pattern})+")
_JOINER = re.compile(r"^(?:국에|국의|국|에|의|다시|대시|하이픈|번에)+")
_ENDING = re.compile(
    r"(?:번)?(?:이에요|이예요|예요|에요|이요|요|입니다|이고요|고요|이고|이라고요?|이지요?|이죠|이여|이유"
    r"|인데요?|거든요|이거든요|맞아요|로요?|으로요?|번)?$"
)
_CORRECTION = re.compile(r"^(?:아니(?:다|요|야|고|지)?|아뇨|아이다|아참|잘못|틀렸다)$")
_NOT_DIGITS = re.compile(r"^(?:이|일|사|오|구|제|우리|그|저)$")
_MIDDLE = re.compile(r"^(?:가운데|중간)")
_NUMBER_NOUN = re.compile(r"^(?:번호|전화|핸드폰|휴대폰|집|쪽)")

_VALID = re.compile(r"010\d{8}|01[16789]\d{7,8}|02\d{7,8}|0[3-6]\d{8,9}|070\d{8}|0505\d{7,8}|1[568]\d{6}")
"""Korean numbering plan: mobile, Seoul, areas, internet telephony, lifetime and nationwide numbers."""

_LOCAL = re.compile(r"[2-9]\d{6,7}")
"""A number of the caller's own area, told without its area code."""


def is_valid(digits: str) -> bool:
    """Whether the digits are a whole Korean telephone number that can be called back."""
    return _VALID.fullmatch(digits) is not None


def _digit_groups(text: str, ending_is_copula: bool) -> list[str]:
    """The groups of digits as they were spoken, corrections applied."""
    groups: list[str] = []
    corrected = middle = False
    spoken = _words.words_of(text)
    for place, word in enumerate(spoken):
        if _CORRECTION.match(word):
            corrected = bool(groups)
            continue
        middle = middle or _MIDDLE.match(word) is not None
        following = spoken[place + 1] if place + 1 < len(spoken) else ""
        if _NOT_DIGITS.match(word) and _NUMBER_NOUN.match(following):
            continue  # "이 번호": this number, not a two
        for digits in _runs(word, ending_is_copula):
            if corrected:
                if middle and len(groups) > 1 and len(digits) == len(groups[-2]):
                    groups[-2] = digits
                else:
                    _correct(groups, digits)
                corrected = False
            else:
                groups.append(digits)
    return groups


def _runs(word: str, ending_is_copula: bool) -> list[str]:
    """Digit groups within one word; a stray digit syllable of another word (일단, 사거리) is none."""
    runs: list[str] = []
    rest = word
    while rest:
        rest = _JOINER.sub("", rest) if runs else rest
        found = _DIGITS.match(rest)
        if found is None:
            amount = re.match(r"[일이삼사오육칠팔구천백십]+", rest)
            if amount and any(scale in amount.group() for scale in "천백십"):
                value = read_sino(amount.group())
                if value is not None:
                    runs.append(str(value).zfill(4))
                    rest = rest[amount.end() :]
                    continue
            break
        scale = rest[found.end() : found.end() + 1]
        if scale and scale in "천백십":
            amount = re.match(r"[일이삼사오육칠팔구천백십]+", rest)
            value = read_sino(amount.group()) if amount else None
            if amount is None or value is None:
                break
            runs.append(str(value).zfill(4))
            rest = rest[amount.end() :]
            continue
        runs.append("".join(_DIGIT_WORDS.get(digit, digit) for digit in _DIGIT.findall(found.group())))
        rest = rest[found.end() :]
    if not rest or _ENDING.fullmatch(rest) or _JOINER.fullmatch(rest):
        # "1001번이요": the 이 that was not read as a digit needs no taking back
        return _without_copula(word, runs) if ending_is_copula and "이" not in rest else runs
    inner = [found.group() for found in _DIGITS.finditer(word) if len(_DIGIT.findall(found.group())) >= 3]
    return ["".join(_DIGIT_WORDS.get(digit, digit) for digit in _DIGIT.findall(run)) for run in inner]


_COPULA = re.compile(r"이(?:요|에요|예요|고요|고|라고|지|죠|여|유|거든요)$")


def _without_copula(word: str, runs: list[str]) -> list[str]:
    """Take the 이 of 이요/이에요 off the last group where it was read as a two ("팔이요" is 8, not 82)."""
    if runs and _COPULA.search(word) and len(runs[-1]) > 1:
        runs[-1] = runs[-1][:-1]
    return runs


def _correct(groups: list[str], digits: str) -> None:
    """A correction takes the place of the last group, or of the whole number where it begins one."""
    if len(digits) >= 9 or digits in ("010", "02") or digits.startswith("01"):
        groups[:] = [digits]
    elif len(digits) <= len(groups[-1]):
        groups[-1] = groups[-1][: len(groups[-1]) - len(digits)] + digits
    else:
        groups[-1] = digits


def phone_digits(text: str) -> str:
    """All digits of a spoken telephone number, corrections applied; empty if there are none.

    The 이 of 이요 is a two only where the number lacks one ("이이이이요" after 공일공 일이삼사).
    """
    digits = "".join(_digit_groups(text, ending_is_copula=True))
    if is_valid(digits):
        return digits
    longer = "".join(_digit_groups(text, ending_is_copula=False))
    return longer if is_valid(longer) else digits


def interpret_phone(text: str, expectation: Expectation) -> Interpretation:
    """A telephone number as digits; ``NO_MATCH`` carries those that were understood.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
    """
    compact = "".join(_words.words_of(text))
    digits = phone_digits(text)
    if not digits and _words.is_unsure(compact):
        return unsure()
    if is_valid(digits):
        pure = not re.search(r"[가-힣]{9,}", _DIGITS.sub("", compact))
        return filled(digits, CERTAIN if pure else CLEAR)
    if _LOCAL.fullmatch(digits):
        return filled(digits, INFERRED)
    return Interpretation(status=Status.NO_MATCH, value=digits)


def corrected_phone(known: str, text: str) -> str:
    """The number after a correction of its end ("아니요, 뒷자리가 5679예요"), or empty if it is none."""
    digits = phone_digits(text)
    if is_valid(digits):
        return digits
    if 2 <= len(digits) <= 8 and len(digits) < len(known):
        candidate = known[: -len(digits)] + digits
        return candidate if is_valid(candidate) else ""
    return ""
