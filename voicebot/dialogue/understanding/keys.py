"""Entries by telephone keys where digits are expected."""

from __future__ import annotations

from datetime import date

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding.phone import is_valid
from voicebot.dialogue.understanding.result import NO_MATCH, Interpretation, filled
from voicebot.dialogue.understanding.temperature import HIGHEST, LOWEST


def interpret_keys(keys: str, expectation: Expectation, today: date | None = None) -> Interpretation:
    """What a key entry answers: a mapped key, or the digits of what is expected.

    Args:
        keys: The entry, without ``#``.
        expectation: What was asked.
        today: The day of the call, for month and day.
    """
    if keys in expectation.keys:
        return filled(expectation.keys[keys], 1.0)
    if not keys.isdecimal():
        return NO_MATCH
    match expectation.kind:
        case AnswerKind.PHONE:
            return filled(keys, 1.0) if is_valid(keys) else NO_MATCH
        case AnswerKind.NUMBER:
            return filled(str(int(keys)), 1.0)
        case AnswerKind.TEMPERATURE:
            degrees = int(keys) / 10 if len(keys) == 3 else float(keys)
            return filled(f"{degrees:.1f}", 1.0) if LOWEST <= degrees <= HIGHEST else NO_MATCH
        case AnswerKind.DATE:
            return _month_day(keys, today)
        case AnswerKind.TIME:
            return _hour_minute(keys)
        case _:
            return NO_MATCH


def _month_day(keys: str, today: date | None) -> Interpretation:
    if today is None or len(keys) != 4:
        return NO_MATCH
    try:
        return filled(date(today.year, int(keys[:2]), int(keys[2:])).isoformat(), 1.0)
    except ValueError:
        return NO_MATCH


def _hour_minute(keys: str) -> Interpretation:
    """``1430`` is 14:30; three keys are one of the hour (``930``), one or two are the hour."""
    hour, minute = (keys[:-2], keys[-2:]) if len(keys) > 2 else (keys, "0")
    if len(keys) > 4 or int(hour) > 23 or int(minute) > 59:
        return NO_MATCH
    return filled(f"{int(hour):02d}:{int(minute):02d}", 1.0)
