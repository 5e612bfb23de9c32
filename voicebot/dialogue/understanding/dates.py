"""Days: 오늘, 그저께, 사흘 전, 지난주 수요일, 초하루, 보름께, 시월 삼일, 작년 유월 십일, 이달 말일."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.numbers import read_number
from voicebot.dialogue.understanding.result import (
    CERTAIN,
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

_RELATIVE = {"그끄저께": -3, "그끄제": -3, "엊그저께": -2, "그저께": -2, "엊그제": -2, "아래께": -2}
_RELATIVE |= {"그제": -2, "엊저녁": -1, "어젯": -1, "어저께": -1, "어제": -1, "간밤": -1, "지난밤": -1}
_RELATIVE |= {"그글피": 4, "글피": 3, "내일모레": 2, "낼모레": 2, "모레": 2, "내일": 1, "낼": 1}
_RELATIVE |= dict.fromkeys(("오늘", "방금", "아까", "지금", "금방", "새벽", "당장", "아침부터"), 0)
"""Longer words stand before those they contain: 그저께 before 그제, 내일모레 before 내일."""

_DAYS = dict(
    zip("하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘".split(), range(1, 11), strict=True)
) | {"보름": 15}
_NAMED_DAYS = {f"초{word}": day for word, day in _DAYS.items() if day < 10}
_NAMED_DAYS |= {
    f"초{word}날": day
    for day, word in enumerate("하룻 이튿 사흗 나흗 닷샛 엿샛 이렛 여드렛 아흐렛".split(), start=1)
}
_NAMED_DAYS |= {"초열흘": 10, "보름": 15, "스무날": 20, "그믐": 31, "말일": 31, "말": 31}
"""Names of the days of a month; the last ones mean its last day. A moon calendar is not kept here."""

_COUNT = r"\d{1,3}|[일이삼사오육칠팔구십백]{1,4}|스무|열[한두]?|다섯|여섯|일곱|여덟|아홉|한|두|세|석|네|넉"
_NUMBER = r"\d{1,2}|[일이삼사오육칠팔구십]{1,3}?"
_NAMED = "|".join(sorted(_NAMED_DAYS, key=len, reverse=True))
_MONTH_DAY = re.compile(
    rf"(?:(?P<year>\d{{4}}|이천[일이삼사오육칠팔구십]+)년|(?P<spoken>재작년|작년|지난해|내년|올해))?"
    rf"(?:(?P<month>\d{{1,2}}|유|시|[일이삼사오육칠팔구십]{{1,2}})월"
    rf"|(?P<near>이번달|이달|지난달|저번달|다음달|담달))"
    rf"(?:(?P<day>{_NUMBER})일|(?P<named>{_NAMED}))"
)
_SPAN = re.compile(
    rf"(?:(?P<word>{'|'.join(_DAYS)})|(?P<count>{_COUNT})(?P<unit>주일|주|개월|달|년|일))"
    r"(?:쯤|정도|가량)?(?P<sense>전|됐|되|된|째|넘|뒤|후|있다|지나서)"
)
_WEEKDAY = re.compile(
    r"(?P<week>지지난|저저번|지난|저번|이번|금|다다음|다음|담|오는)?(?P<word>주)?(?P<day>[월화수목금토일])요일"
)
_WEEKS = {"지지난": -2, "저저번": -2, "지난": -1, "저번": -1, "이번": 0, "금": 0, "다음": 1, "담": 1}
_WEEKS |= {"오는": 0, "다다음": 2}
_DAY_ONLY = re.compile(
    r"(?<![월년가-힣])(?P<day>\d{1,2}|[일이삼사오육칠팔구십]{1,3}?)일(?![일주째전뒤후간곱])"
)
_NAMED_ONLY = re.compile(rf"(?P<named>{_NAMED})(?:날|께|부터|에|이?요|쯤|$)")
_CORRECTION = re.compile(r"아니(?:다|요|야|고|라)?(?=[가-힣0-9])|말고")
_LONG_AGO = re.compile(r"한참|오래|옛날|예전|꽤")
_FUTURE = re.compile(r"까요|시겠|좋으|편하|방문|예약|가능")
"""A question with these asks for a day to come; else a bare weekday or day of the month lies behind."""


def interpret_date(text: str, expectation: Expectation, today: date | None) -> Interpretation:
    """A day as ISO date; without ``today`` only a full date can be told.

    Args:
        text: What was recognised.
        expectation: The question: whether it asks for a day past or to come.
        today: The day of the call.
    """
    compact = "".join(_words.words_of(text))
    if "음력" in compact:  # a moon calendar is not kept here, and a wrong day is worse than none
        return NO_MATCH
    future = _FUTURE.search(expectation.question.replace(" ", "")) is not None
    for piece in reversed(_CORRECTION.split(compact)):  # after "아니" stands what counts
        told = _day(piece, today, future)
        if told is not None:
            return told
    if _words.is_unsure(compact) or _LONG_AGO.search(compact):
        return unsure()
    return NO_MATCH


def _day(compact: str, today: date | None, future: bool) -> Interpretation | None:
    found = _MONTH_DAY.search(compact)
    if found is not None:
        return _month_day(found, today, future)
    if today is None:
        return None
    for reader in (_span, _weekday):
        told = reader(compact, today, future)
        if told is not None:
            return told
    for word, offset in _RELATIVE.items():
        if word in compact:
            return filled((today + timedelta(days=offset)).isoformat(), CERTAIN)
    return _day_of_month(compact, today, future)


def _span(compact: str, today: date, future: bool) -> Interpretation | None:
    """So long ago, or so long from now."""
    found = _SPAN.search(compact)
    if found is None:
        return None
    sense = found["sense"]
    sign = 1 if sense in ("뒤", "후", "있다", "지나서") else -1
    count = _DAYS[found["word"]] if found["word"] else read_number(found["count"])
    if not count:
        return None
    unit = found["unit"] or "일"
    if unit in ("달", "개월", "년"):
        day = _shifted(today, sign * count * (12 if unit == "년" else 1))
        return filled(day.isoformat(), CLEAR) if day else None
    days = count * (7 if unit.startswith("주") else 1)
    if sense == "째":  # 사흘째: today is the third day
        days -= 1
    return filled((today + timedelta(days=sign * days)).isoformat(), CLEAR)


def _shifted(today: date, months: int) -> date | None:
    """The same day of another month, or its last one."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _weekday(compact: str, today: date, future: bool) -> Interpretation | None:
    found = _WEEKDAY.search(compact)
    if found is None:
        return None
    wanted = "월화수목금토일".index(found["day"])
    if found["word"] and found["week"]:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEKS[found["week"]])
        return filled((monday + timedelta(days=wanted)).isoformat(), CLEAR)
    ahead = (wanted - today.weekday()) % 7 or 7
    future = found["week"] in ("다음", "오는", "이번", "담") or (future and found["week"] is None)
    day = today + timedelta(days=ahead if future else ahead - 7 if ahead < 7 else -7)
    return filled(day.isoformat(), INFERRED)


def _day_of_month(compact: str, today: date, future: bool) -> Interpretation | None:
    """A day without its month: the nearest in the direction of the question."""
    named = _NAMED_ONLY.search(compact)
    found = None if named else _DAY_ONLY.search(compact)
    if named is None and found is None:
        return None
    wanted = _NAMED_DAYS[named["named"]] if named else read_number(found["day"]) if found else None
    if wanted is None or not 1 <= wanted <= 31:
        return None
    for months in range(3):
        month = _shifted(today.replace(day=1), months if future else -months)
        if month is None:
            return None
        last = monthrange(month.year, month.month)[1]
        if wanted > last and not named:
            continue
        day = month.replace(day=min(wanted, last))
        if (day >= today) if future else (day <= today):
            return filled(day.isoformat(), INFERRED)
    return None


def _month_day(found: re.Match[str], today: date | None, future: bool) -> Interpretation:
    offset = {"재작년": -2, "작년": -1, "지난해": -1, "내년": 1}.get(found["spoken"] or "", 0)
    year = read_number(found["year"]) if found["year"] else (today.year + offset if today else None)
    if year is None:
        return NO_MATCH
    near = found["near"]
    if near and today is not None:
        months = -1 if near in ("지난달", "저번달") else 1 if near in ("다음달", "담달") else 0
        first = _shifted(today.replace(day=1), months)
        if first is None:
            return NO_MATCH
        year, month = first.year, first.month
    else:
        month = {"유": 6, "시": 10}.get(found["month"] or "") or read_number(found["month"] or "") or 0
    try:
        last = monthrange(year, month)[1]
        wanted = min(_NAMED_DAYS[found["named"]], last) if found["named"] else read_number(found["day"])
        return filled(date(year, month, wanted or 0).isoformat(), CERTAIN if found["year"] else CLEAR)
    except (ValueError, IndexError):  # the 31st of February: misheard
        return NO_MATCH
