"""Counts and amounts: 두 명, 여든둘, 이만 삼천 원, 2만 5천원, 두세 끼, 혼자; or digits one by one."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.numbers import UNIT, read_number
from voicebot.dialogue.understanding.phone import phone_digits
from voicebot.dialogue.understanding.result import (
    AMBIGUOUS,
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

_DIGITS_ASKED = re.compile(r"숫자|따라|불러|거꾸로|번호")
_SCALE = re.compile(r"[만천백십]")
_PAIRS = re.compile(r"한두|두어|두세|두서너|서너|너댓|네댓|대여섯|예닐곱|일고여덟|여덟아홉")
_LEAST = {
    "한두": 1,
    "두어": 2,
    "두세": 2,
    "두서너": 2,
    "서너": 3,
    "너댓": 4,
    "네댓": 4,
    "대여섯": 5,
    "예닐곱": 6,
}
_LEAST |= {"일고여덟": 7, "여덟아홉": 8}
_NONE = re.compile(r"없[어습다네지]|하나도안|안했|안먹|안해|안드|안묵|굶")
_ALONE = re.compile(r"혼자|독거|홀로|나뿐")
_COUPLE = re.compile(r"내외|부부|영감이?랑|할멈이?랑|할망구")
_CORRECTION = re.compile(r"^(?:아니)+(?:다|요|야|고)?$|^말고$")
_TAIL = re.compile(
    r"(?:식구|가구|해|분|장|군데|가지|차례|알|모금)?"
    r"(?:이|가|은|는|을|를|만|도|밖에|에|씩|으로|이나|쯤|정도)?"
    r"(?:살아요|살지|삽니다|이요|요|이에요|예요|입니다|이지|여|이여)?"
)
_PARTICLE = re.compile(r"(?:밖에|씩|이나|은|는|이|가|을|를|만|도|에|서)$")
_LONGEST_JOINED = 5
"""Words of one number: 십 이만 삼천 오백 원."""


def interpret_number(text: str, expectation: Expectation) -> Interpretation:
    """A count or an amount as decimal digits; the last number counts ("둘, 아니 셋").

    Args:
        text: What was recognised.
        expectation: The question: one for digits keeps them one by one, leading zeros too.
    """
    spoken = _words.without_fillers(_words.words_of(text))
    compact = "".join(spoken)
    if _DIGITS_ASKED.search(expectation.question):
        return _digits(spoken, compact)
    corrected = _after_correction(spoken)
    values = _numbers(corrected) or _numbers(spoken)
    if re.search(r"하나도(?:안|없|못)", compact):
        return filled("0", CLEAR)
    pair = _PAIRS.search(compact)
    if pair is not None:
        return filled(str(_LEAST[pair.group()]), AMBIGUOUS)
    if values:
        value, tail = values[-1]
        # a bare syllable (이, 네, 세) is a number only where nothing else was said, and then not surely
        bare = not tail and len(compact) == 1 and not compact.isdecimal()
        same = len({value for value, _ in values}) == 1
        return filled(str(value), CLEAR if same and not bare else INFERRED)
    for pattern, count in ((_ALONE, "1"), (_COUPLE, "2"), (_NONE, "0")):
        if pattern.search(compact):
            return filled(count, CLEAR if count == "1" else INFERRED)
    return unsure() if _words.is_unsure(compact) else NO_MATCH


def _digits(spoken: list[str], compact: str) -> Interpretation:
    """The digits one by one, or read as one number (천이백삼십사)."""
    if _SCALE.search(compact):
        values = _numbers(_after_correction(spoken))
        if values:
            return filled(str(values[-1][0]), CLEAR)
    digits = phone_digits(" ".join(_after_correction(spoken)) or compact) or phone_digits(compact)
    if digits:
        return filled(digits, CLEAR)
    return unsure() if _words.is_unsure(compact) else NO_MATCH


def _after_correction(spoken: list[str]) -> list[str]:
    for place in range(len(spoken) - 1, 0, -1):
        if _CORRECTION.match(spoken[place]) and place + 1 < len(spoken):
            return spoken[place + 1 :]
    return spoken


def _numbers(spoken: list[str]) -> list[tuple[int, str]]:
    """Numbers with what follows each; a number may be spread over words (이만 삼천 원)."""
    found: list[tuple[int, str]] = []
    place = 0
    while place < len(spoken):
        if spoken[place] == "한" and _begins_number(spoken[place + 1 :]):  # "한 십 년": about ten
            place += 1
            continue
        for end in range(min(len(spoken), place + _LONGEST_JOINED), place, -1):
            told = _number_in("".join(spoken[place:end]))
            if told is not None:
                found.append(told)
                place = end
                break
        else:
            place += 1
    return found


def _number_in(word: str) -> tuple[int, str] | None:
    """The longest number that begins the word, with what follows it, if that is a unit or an ending."""
    for end in range(min(len(word), 16), 0, -1):
        value = read_number(word[:end])
        if value is not None and _follows(word[end:]):
            return value, word[end:]
    return None


def _begins_number(following: list[str]) -> bool:
    return bool(following) and (_number_in(following[0]) is not None or read_number(following[0]) is not None)


def _follows(tail: str) -> bool:
    """Whether this may stand behind a number: a unit with a particle or an ending."""
    if UNIT.fullmatch(tail) or _TAIL.fullmatch(tail):
        return True
    particle = _PARTICLE.search(tail)
    return particle is not None and UNIT.fullmatch(tail[: particle.start()]) is not None
