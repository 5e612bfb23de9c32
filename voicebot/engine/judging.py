"""Language understanding in the words of turn taking: the two do not know each other."""

from __future__ import annotations

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding.completeness import judge_completeness as _judge
from voicebot.speech.events import AnswerShape, Completeness

_SHAPES = {
    AnswerKind.YES_NO: AnswerShape.CLOSED,
    AnswerKind.CHOICE: AnswerShape.CLOSED,
    AnswerKind.NUMBER: AnswerShape.NUMBER,
    AnswerKind.PHONE: AnswerShape.NUMBER,
    AnswerKind.TEMPERATURE: AnswerShape.NUMBER,
    AnswerKind.DATE: AnswerShape.NUMBER,
    AnswerKind.TIME: AnswerShape.NUMBER,
    AnswerKind.PLACE: AnswerShape.PHRASE,
    AnswerKind.OPEN: AnswerShape.OPEN,
}


def answer_shape(kind: AnswerKind) -> AnswerShape:
    """What turn taking must know of the answer to a question of this kind."""
    return _SHAPES[kind]


def judge_completeness(text: str, expectation: Expectation) -> Completeness:
    """What the words heard so far say about the end of the turn."""
    return Completeness(_judge(text, expectation).value)
