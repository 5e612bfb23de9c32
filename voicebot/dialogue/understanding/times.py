"""Times of day: 오후 세 시, 새벽 두 시 반쯤, 저녁 일곱 시 십오 분, 정오, 14:30."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.numbers import NATIVE, read_number
from voicebot.dialogue.understanding.result import (
    CERTAIN,
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

_HOURS = "|".join(
    ["열한", "열두", "열하나", "열둘", "열", *sorted((word for word in NATIVE), key=len, reverse=True)]
)
_PARTS = {
    "새벽": (0, 6),
    "아침": (0, 11),
    "오전": (0, 11),
    "점심": (11, 15),
    "낮": (11, 18),
    "오후": (12, 23),
}
_PARTS |= {"저녁": (16, 23), "밤": (18, 29), "한밤": (22, 29), "정오": (12, 12), "자정": (24, 24)}
"""Part of the day → first and last hour it can mean; from 24 on, the hours after midnight (밤 한 시)."""

_TIME = re.compile(
    rf"(?P<hour>\d{{1,2}}|{_HOURS}|[일이삼사오육칠팔구십]{{1,3}})시(?!장|청|내|민|월)"
    r"(?:(?P<half>반)|(?P<minute>\d{1,2}|[일이삼사오육칠팔구십]{1,3})분)?(?P<before>전)?"
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*:\s*(\d{2})(?!\d)")
_PART = re.compile("|".join(sorted(_PARTS, key=len, reverse=True)))
_WORDS = {"정오": "12:00", "자정": "00:00"}


def interpret_time(text: str, expectation: Expectation) -> Interpretation:
    """A time of day as ``HH:MM``.

    Without a part of the day an hour from 1 to 6 is taken for the afternoon and one from 7 to 11 for the
    morning, less surely: so that it is read back.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
    """
    compact = "".join(_words.words_of(text))
    clock = _CLOCK.search(text)
    if clock is not None:
        return _told(int(clock.group(1)), int(clock.group(2)), _PART.search(compact))
    found = list(_TIME.finditer(compact))
    if not found:
        for word, value in _WORDS.items():
            if word in compact:
                return filled(value, CERTAIN)
        return unsure() if _words.is_unsure(compact) else NO_MATCH
    last = found[-1]
    hour = read_number(last["hour"])
    minute = 30 if last["half"] else read_number(last["minute"] or "0")
    if hour is None or minute is None:
        return NO_MATCH
    parts = list(_PART.finditer(compact, 0, last.start()))
    told = _told(hour, minute, parts[-1] if parts else None)
    if last["before"] and last["minute"] and told.value:  # "세 시 십 분 전": ten to three
        hours, _, _ = told.value.partition(":")
        total = (int(hours) * 60 - minute) % (24 * 60)
        return filled(f"{total // 60:02d}:{total % 60:02d}", told.confidence)
    return told


def _told(hour: int, minute: int, part: re.Match[str] | None) -> Interpretation:
    if hour > 24 or minute > 59:
        return NO_MATCH
    if part is not None:
        first, last = _PARTS[part.group()]
        for candidate in (hour, hour + 12, hour + 24):
            if first <= candidate <= last:
                return filled(f"{candidate % 24:02d}:{minute:02d}", CLEAR)
        if part.group() in ("새벽", "오전", "아침") and hour == 12:
            return filled(f"00:{minute:02d}", INFERRED)
        return filled(f"{hour % 24:02d}:{minute:02d}", INFERRED)
    if hour > 12 or hour == 0:
        return filled(f"{hour % 24:02d}:{minute:02d}", CLEAR)
    return filled(f"{hour + 12 if hour <= 6 else hour:02d}:{minute:02d}", INFERRED)
