"""The one question put to understanding: what did the citizen mean by this, having been asked that?"""

from __future__ import annotations

import re
from datetime import date
from typing import assert_never

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding.choice import interpret_choice
from voicebot.dialogue.understanding.counting import interpret_number
from voicebot.dialogue.understanding.dates import interpret_date
from voicebot.dialogue.understanding.gazetteer import Gazetteer
from voicebot.dialogue.understanding.intents import global_intent
from voicebot.dialogue.understanding.open_text import interpret_open
from voicebot.dialogue.understanding.phone import interpret_phone
from voicebot.dialogue.understanding.place import interpret_place
from voicebot.dialogue.understanding.resident import MASK, without_resident_number
from voicebot.dialogue.understanding.result import CERTAIN, CLEAR, NO_MATCH, Interpretation, Status
from voicebot.dialogue.understanding.temperature import interpret_temperature
from voicebot.dialogue.understanding.times import interpret_time
from voicebot.dialogue.understanding.words import LONGEST_ANSWER, words_of
from voicebot.dialogue.understanding.yes_no import interpret_yes_no, means_not_yet

_SPOKEN = re.compile(r"[0-9A-Za-z가-힣]")
"""Something that was said; lone letters (ㅋㅋ) are a recogniser's noise."""

_ASKING_BACK = ("네?", "예?", "응?", "어?", "에?")
"""With a question mark these ask to hear it again."""

_SCORED_YES = ("네", "예", "응", "네 맞아요", "맞습니다", "그래요")
_SCORED_NO = ("아니요", "아니", "아뇨", "아니에요", "없어요", "안 해요")
"""Forms a closed question is scored by: the frequent ones; each costs a pass of the recogniser's decoder."""


def interpret(
    text: str, expectation: Expectation, today: date | None = None, gazetteer: Gazetteer | None = None
) -> Interpretation:
    """Say what an utterance means as an answer to a question, or as a wish understood everywhere.

    Danger is not judged here: ``danger.detect_danger`` comes first on every turn.

    Args:
        text: What was recognised (NFC).
        expectation: What was asked.
        today: The day of the call, for dates.
        gazetteer: The city's names of places.
    """
    text = without_resident_number(text)
    if text.strip() in _ASKING_BACK:
        return Interpretation(status=Status.REPEAT, confidence=CERTAIN)
    compact = "".join(words_of(text))
    if not _SPOKEN.search(compact):
        return NO_MATCH
    if expectation.kind is AnswerKind.CHOICE:
        chosen = interpret_choice(text[-LONGEST_ANSWER:], expectation)
        if chosen.status is Status.FILLED and chosen.confidence >= CERTAIN:
            return chosen  # an answer that is spelled out is no wish, whatever its words
    intent = global_intent(compact)
    not_yet = (
        intent is Status.LATER
        and expectation.kind is AnswerKind.YES_NO
        and means_not_yet(compact, expectation)
    )
    if intent is not None and not not_yet:
        return Interpretation(status=intent, confidence=CLEAR)
    return interpret_answer(text, expectation, today, gazetteer)


def interpret_answer(
    text: str, expectation: Expectation, today: date | None = None, gazetteer: Gazetteer | None = None
) -> Interpretation:
    """As ``interpret``, but a wish is not heard as one (a question that turned it off)."""
    text = without_resident_number(text)
    if len(text) > LONGEST_ANSWER and expectation.kind is not AnswerKind.OPEN:
        # a yes is said first and explained after; of values the last one counts
        yes_no = expectation.kind is AnswerKind.YES_NO
        text = text[:LONGEST_ANSWER] if yes_no else text[-LONGEST_ANSWER:]
    if MASK in text and expectation.kind not in (AnswerKind.PLACE, AnswerKind.OPEN):
        return NO_MATCH
    match expectation.kind:
        case AnswerKind.YES_NO:
            return interpret_yes_no(text, expectation)
        case AnswerKind.CHOICE:
            return interpret_choice(text, expectation)
        case AnswerKind.NUMBER:
            return interpret_number(text, expectation)
        case AnswerKind.PHONE:
            return interpret_phone(text, expectation)
        case AnswerKind.TEMPERATURE:
            return interpret_temperature(text, expectation)
        case AnswerKind.DATE:
            return interpret_date(text, expectation, today)
        case AnswerKind.TIME:
            return interpret_time(text, expectation)
        case AnswerKind.PLACE:
            return interpret_place(text, expectation, gazetteer)
        case AnswerKind.OPEN:
            return interpret_open(text, expectation)
        case _:
            assert_never(expectation.kind)


def spoken_forms(expectation: Expectation) -> dict[str, tuple[str, ...]]:
    """The words by which a recogniser may score a closed question: value → forms; empty for other kinds."""
    match expectation.kind:
        case AnswerKind.YES_NO:
            return {"yes": _SCORED_YES, "no": _SCORED_NO}
        case AnswerKind.CHOICE:
            return dict(expectation.choices)
        case _:
            return {}
