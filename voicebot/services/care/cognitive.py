"""The short cognitive check: own items, scored; a recommendation to be tested, never a diagnosis.

Items: year, month, day, weekday and (where the district is known) place; a sentence of five units heard
twice, recalled freely, then each unit that was missed by a choice of three; four and five digits forward; a
word of three syllables backwards. The items follow what suits voice among the published telephone checks
(orientation, registration, recall with recognition, digit span, reversal); all stimuli are our own. It has no
norms: the share below which a test is recommended is set by whoever answers for the programme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from voicebot.dialogue.understanding.jamo import similarity
from voicebot.dialogue.understanding.numbers import read_number
from voicebot.dialogue.understanding.words import words_of

UNITS: Mapping[str, tuple[str, ...]] = {
    "who": ("이모", "이모가"),
    "when": ("화요일", "화요일에"),
    "how": ("버스", "버스를", "뻐스"),
    "where": ("바닷가", "바다", "바닷가에서"),
    "what": ("조개", "조개를"),
}
"""Units of "이모가 화요일에 버스를 타고 바닷가에서 조개를 주웠습니다" → words that recall them."""

FOUR_DIGITS, FIVE_DIGITS = "4927", "71836"
"""Read to the citizen digit by digit; no rising run, no digit twice."""

BACKWARDS = "니구바"
"""바구니 backwards."""

RECALLED, RECOGNISED = 2, 1
"""Points of a unit that came freely, and of one that was known again among three."""

_SOUNDS_ALIKE = 0.8
"""Least jamo similarity of a word of three syllables: one sound of about seven misheard."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = re.compile(r"(\d{1,2}|유|시|십?[일이삼사오육칠팔구]|십)월")
_OWN_NAMES = {"유": 6, "시": 10}
"""유월 and 시월 are not said like their numbers."""
_DIGIT = re.compile(r"\d|[공영일이삼사오육륙칠팔구]")
_SINO = {
    **{character: str(value) for value, character in enumerate("공일이삼사오육칠팔구")},
    "영": "0",
    "륙": "6",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points of one check."""

    points: int
    most: int

    @property
    def share(self) -> float:
        """0..1."""
        return self.points / self.most


def recalled(said: str) -> frozenset[str]:
    """The units of the sentence that were said again, in any order."""
    compact = "".join(words_of(said))
    return frozenset(unit for unit, words in UNITS.items() if any(word in compact for word in words))


def digits_said(said: str) -> str:
    """The digits of an answer, in order ("사, 구, 이, 칠이요" → 4927)."""
    compact = "".join(words_of(said))
    compact = re.sub(r"이(?:요|에요|예요|고요|지요|죠|네요)$|(?:이)?입니다$|요$", "", compact)
    return "".join(_SINO.get(found.group(), found.group()) for found in _DIGIT.finditer(compact))


def is_backwards(said: str) -> bool:
    """Whether the word was said backwards."""
    return any(similarity(word[: len(BACKWARDS)], BACKWARDS) >= _SOUNDS_ALIKE for word in _joined(said))


def _joined(said: str) -> list[str]:
    spoken = words_of(said)
    return [*spoken, "".join(spoken)]


def month_of(said: str) -> int | None:
    """The month that was named (시월이요, 10월, 유월), or ``None``."""
    found = _MONTH.search("".join(words_of(said)))
    return (_OWN_NAMES.get(found.group(1)) or read_number(found.group(1))) if found else None


def score(slots: Mapping[str, str]) -> Score:
    """Points of a check whose items were all put.

    Args:
        slots: ``today`` (ISO date), ``home`` (the citizen's district, may be empty) and the answers
            ``year month day weekday place recall known_who … known_what four five backwards``; an item that
            the citizen did not know is absent.

    Raises:
        ValueError: ``today`` is no date.
    """
    today = date.fromisoformat(slots.get("today", ""))
    right = [
        slots.get("year", "") in (str(today.year), str(today.year % 100)),
        month_of(slots.get("month", "")) == today.month,
        slots.get("day", "") == str(today.day),
        slots.get("weekday", "") == _WEEKDAYS[today.weekday()],
        digits_said(slots.get("four", "")) == FOUR_DIGITS,
        digits_said(slots.get("five", "")) == FIVE_DIGITS,
        is_backwards(slots.get("backwards", "")),
    ]
    home = slots.get("home", "")
    if home:
        right.append(home.removesuffix("동") in slots.get("place", ""))
    free = recalled(slots.get("recall", ""))
    known = [unit for unit in UNITS if unit not in free and slots.get(f"known_{unit}") == "right"]
    points = sum(right) + RECALLED * len(free) + RECOGNISED * len(known)
    return Score(points=points, most=len(right) + RECALLED * len(UNITS))
