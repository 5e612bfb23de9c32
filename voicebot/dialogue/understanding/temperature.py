"""Body temperature: 삼십육도 오부, 삼십칠 점 이, 삼십팔 도 반, 삼육 점 오, 37.2, "열 없어요"."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.numbers import SINO, read_number
from voicebot.dialogue.understanding.result import (
    CERTAIN,
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

LOWEST, HIGHEST = 34.0, 42.0
"""Degrees Celsius a living person's thermometer shows; anything else was misread or misheard."""

_ONES = "일|이|삼|사|오|육|륙|칠|팔|구"
_NATIVE_ONES = "하나|한|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|아홉"
_WHOLE = (
    rf"\d{{2}}|[이삼사]?[십심](?:{_ONES})?|(?:서른|설흔|마흔)(?:{_NATIVE_ONES})?"
    rf"|삼(?:{_ONES})(?!십|심)|사[공영일이]"
)
_DEGREES = re.compile(
    rf"(?P<whole>{_WHOLE})(?P<mark>도씨|도|점|쩜)?"
    rf"(?:(?P<half>반)|(?:점|쩜)?(?P<tenth>\d|공|영|{_ONES})(?:부|분)?)?"
)
_TENTH_ALONE = re.compile(rf"^(?P<tenth>\d|공|영|{_ONES})(?:부|분)")
_NO_FEVER = re.compile(r"열(?:은|이|도)?(?:전혀|하나도|별로)?(?:없|안나|안났|안올)|정상|미열도없")
_NOT_TAKEN = re.compile(
    r"(?:안|못)(?:재|쟀)|(?:재|쟀)(?:어|지)?보?지?(?:도)?(?:못|않|안)|체온계(?:가|도)?(?:없|고장)"
)
_POINT = re.compile(r"(?<!\d)(\d{2})\s*[.,]\s*(\d)")
_CORRECTION = re.compile(r"아니(?:다|요|야|고)?(?=[가-힣0-9])|말고")


def interpret_temperature(text: str, expectation: Expectation) -> Interpretation:
    """Degrees with one decimal (``37.2``), or ``normal`` for "no fever"; outside 34–42 it is asked again.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
    """
    point = _POINT.search(text)
    if point is not None:
        return _checked(float(f"{point.group(1)}.{point.group(2)}"), CERTAIN)
    compact = "".join(_words.words_of(text))
    pieces = _CORRECTION.split(compact)
    tenth = _TENTH_ALONE.match(pieces[-1]) if len(pieces) > 1 else None
    for found in reversed(list(_DEGREES.finditer(compact))):
        whole = _read_whole(found["whole"])
        if whole is None or whole < 20:
            continue
        said = tenth["tenth"] if tenth else found["tenth"] or "공"
        tenths = 5 if found["half"] else read_number(said) or 0
        return _checked(whole + tenths / 10, CLEAR if found["mark"] else INFERRED)
    if _NO_FEVER.search(compact):
        return filled("normal", CLEAR)
    return unsure() if _NOT_TAKEN.search(compact) or _words.is_unsure(compact) else NO_MATCH


def _read_whole(word: str) -> int | None:
    """Whole degrees; 심 is a misheard 십, and 삼육 is read by its digits."""
    if word[0] in SINO and word[-1] in SINO and len(word) == 2:
        return SINO[word[0]] * 10 + SINO[word[1]]
    return read_number(word.replace("심", "십").replace("설흔", "서른"))


def _checked(degrees: float, confidence: float) -> Interpretation:
    return filled(f"{degrees:.1f}", confidence) if LOWEST <= degrees <= HIGHEST else NO_MATCH
