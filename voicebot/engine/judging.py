"""Language understanding in the words of turn taking: the two do not know each other."""

from __future__ import annotations

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding.completeness import judge_completeness as _judge
from voicebot.speech.events import Completeness


def judge_completeness(text: str, expectation: Expectation) -> Completeness:
    """What the words heard so far say about the end of the turn."""
    return Completeness(_judge(text, expectation).value)
