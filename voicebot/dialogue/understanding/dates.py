"""Days: 오늘, 어제, 그저께, 사흘 전, 시월 삼일, 유월 육일, 3월 5일."""

from __future__ import annotations

import re
from datetime import date, timedelta

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

_RELATIVE = {"그끄저께": -3, "그저께": -2, "그제": -2, "엊그제": -2, "어저께": -1, "어제": -1, "오늘": 0}
_RELATIVE |= {"내일": 1, "모레": 2, "글피": 3}
_DAYS_AGO = {
    "하루": 1,
    "이틀": 2,
    "사흘": 3,
    "나흘": 4,
    "닷새": 5,
    "엿새": 6,
    "이레": 7,
    "일주일": 7,
    "열흘": 10,
    "보름": 15,
}
_MONTH_DAY = re.compile(
    r"(?:(?P<year>\d{4}|이천[일이삼사오육칠팔구십]+)년)?(?P<month>\d{1,2}|유|시"
    r"|[일이삼사오육칠팔구십]{1,2})월(?P<day>\d{1,2}|[일이삼사오육칠팔구십]{1,3}?)일"
)
_AGO = re.compile(rf"({'|'.join(_DAYS_AGO)}|\d{{1,2}}일|[일이삼사오육칠팔구십]{{1,3}}일)(?:쯤|정도)?전")


def interpret_date(text: str, expectation: Expectation, today: date | None) -> Interpretation:
    """A day as ISO date; without ``today`` only a full date can be told.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
        today: The day of the call.
    """
    compact = "".join(_words.words_of(text))
    if _words.is_unsure(compact):
        return unsure()
    found = _MONTH_DAY.search(compact)
    if found is not None:
        return _month_day(found, today)
    if today is None:
        return NO_MATCH
    ago = _AGO.search(compact)
    if ago is not None:
        word = ago.group(1)
        days = _DAYS_AGO.get(word) or read_number(word.removesuffix("일"))
        return filled((today - timedelta(days=days)).isoformat(), CLEAR) if days else NO_MATCH
    for (
        word,
        offset,
    ) in _RELATIVE.items():  # the longer words come first: 그저께 holds no other, 엊그제 holds 그제
        if word in compact:
            return filled((today + timedelta(days=offset)).isoformat(), CLEAR)
    return NO_MATCH


def _month_day(found: re.Match[str], today: date | None) -> Interpretation:
    year = read_number(found["year"]) if found["year"] else (today.year if today else None)
    month = {"유": 6, "시": 10}.get(found["month"]) or read_number(found["month"])
    day = read_number(found["day"])
    if year is None or month is None or day is None:
        return NO_MATCH
    try:
        return filled(date(year, month, day).isoformat(), CLEAR if found["year"] else INFERRED)
    except ValueError:  # the 31st of February: misheard
        return NO_MATCH
