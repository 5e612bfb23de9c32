"""Body temperature: 삼십육도 오부, 삼십칠 점 이, 삼십팔 도 반, 37.2, "열 없어요"."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.numbers import read_number
from voicebot.dialogue.understanding.result import (
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

LOWEST, HIGHEST = 34.0, 42.0
"""Degrees Celsius a living person's thermometer shows; anything else was misread or misheard."""

_DEGREES = re.compile(
    r"(?P<whole>\d{2}|[이삼사]?십[일이삼사오육륙칠팔구]?)(?:도|점|쩜)?(?:(?P<half>반)|(?:점"
    r"|쩜)?(?P<tenth>\d|[공영일이삼사오육륙칠팔구])(?:부|분)?)?"
)
_NO_FEVER = re.compile(r"열(?:은|이|도)?(?:전혀|하나도)?(?:없|안나|안났)|정상")
_POINT = re.compile(r"(\d{2})\s*[.,]\s*(\d)")


def interpret_temperature(text: str, expectation: Expectation) -> Interpretation:
    """Degrees with one decimal (``37.2``), or ``normal`` for "no fever"; outside 34–42 it is asked again.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
    """
    point = _POINT.search(text)
    if point is not None:
        return _checked(float(f"{point.group(1)}.{point.group(2)}"))
    compact = "".join(_words.words_of(text))
    if _words.is_unsure(compact):
        return unsure()
    for found in reversed(list(_DEGREES.finditer(compact))):
        whole = read_number(found["whole"])
        if whole is None or whole < 20:
            continue
        tenth = 5 if found["half"] else read_number(found["tenth"] or "공") or 0
        return _checked(whole + tenth / 10)
    return filled("normal", INFERRED) if _NO_FEVER.search(compact) else NO_MATCH


def _checked(degrees: float) -> Interpretation:
    return filled(f"{degrees:.1f}", CLEAR) if LOWEST <= degrees <= HIGHEST else NO_MATCH
