"""What is said to "is that right?" beyond yes and no: the right answer, or the answer once more."""

from __future__ import annotations

import re
from datetime import date

from voicebot.dialogue.actions import AnswerKind
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.understanding import Gazetteer, Status, corrected_phone, interpret_answer
from voicebot.dialogue.weighing import CONFIRM_BELOW

_LEADING_NO = re.compile(r"^\s*(?:아니(?:요|오|야|에요|다)?|아뇨|아녀|틀렸어요|틀려요)[\s,.!]*")
_LEADING = re.compile(r"^\s*(?:네|예|응|아니(?:요|오|야|에요)?|아뇨|아녀)[\s,.!]+")
_TO_THE_READ_BACK = re.compile(r"^(?:네|예|응|맞|그래|그렇|그럼|틀|아니|아뇨|잘못)")
"""What then follows is still about what was read back, not about the question."""

_NEW_ANSWER = 0.8
"""Confidence from the words at which an answer given instead of yes or no replaces the one read back."""


def correction(
    ask: AskState, candidate: str, said: str, today: date | None, gazetteer: Gazetteer | None = None
) -> str:
    """The right answer, given instead of or after "no"; empty if there is none.

    Args:
        ask: The question.
        candidate: What was read back.
        said: What the citizen said to it.
        today: For dates.
        gazetteer: For places.
    """
    if ask.expectation.kind in (AnswerKind.YES_NO, AnswerKind.OPEN):
        return ""
    if ask.expectation.kind is AnswerKind.PHONE:
        return corrected_phone(candidate, said)
    meant = interpret_answer(_LEADING_NO.sub("", said), ask.expectation, today, gazetteer)
    good = meant.status is Status.FILLED and meant.confidence >= _NEW_ANSWER
    return meant.value if good and meant.value != candidate else ""


def answered_anew(ask: AskState, said: str) -> str:
    """Yes or no to the question itself, said to its read-back: "아니요, 안 받아요" to "아니요가 맞나요?".

    Empty where only the read-back is answered.
    """
    if ask.expectation.kind is not AnswerKind.YES_NO:
        return ""
    rest = _LEADING.sub("", said, count=1)
    if rest == said or not rest or _TO_THE_READ_BACK.match(rest):
        return ""
    meant = interpret_answer(rest, ask.expectation)
    sure = meant.status is Status.FILLED and meant.confidence >= CONFIRM_BELOW
    return meant.value if sure else ""
