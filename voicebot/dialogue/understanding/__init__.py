"""Language understanding: what a recognised utterance means as an answer to what was asked.

One file per kind of answer, each ``interpret_…(text, expectation)``; all pure functions of text.
"""

from __future__ import annotations

from voicebot.dialogue.understanding.completeness import Completeness, judge_completeness
from voicebot.dialogue.understanding.danger import Danger, DangerKind, detect_danger
from voicebot.dialogue.understanding.interpret import interpret, spoken_forms
from voicebot.dialogue.understanding.result import Interpretation, Status

__all__ = [
    "Completeness",
    "Danger",
    "DangerKind",
    "Interpretation",
    "Status",
    "detect_danger",
    "interpret",
    "judge_completeness",
    "spoken_forms",
]
