"""Language understanding: what a recognised utterance means as an answer to what was asked.

One file per kind of answer, each ``interpret_…(text, expectation)``; all pure functions of text.
"""

from __future__ import annotations

from voicebot.dialogue.understanding.completeness import Completeness, judge_completeness
from voicebot.dialogue.understanding.danger import Danger, DangerKind, detect_danger
from voicebot.dialogue.understanding.gazetteer import Gazetteer
from voicebot.dialogue.understanding.interpret import interpret, interpret_answer, spoken_forms
from voicebot.dialogue.understanding.keys import interpret_keys
from voicebot.dialogue.understanding.phone import corrected_phone
from voicebot.dialogue.understanding.result import Interpretation, Status

__all__ = [
    "Completeness",
    "Danger",
    "DangerKind",
    "Gazetteer",
    "Interpretation",
    "Status",
    "corrected_phone",
    "detect_danger",
    "interpret",
    "interpret_answer",
    "interpret_keys",
    "judge_completeness",
    "spoken_forms",
]
