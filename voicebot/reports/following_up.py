"""Who must be called by a person: one row a person, the most urgent first.

Rules
-----
* What nobody has looked at (alerts) or begun with (cases) is on the list, however old it is.
* An alert or a case that may wait until tomorrow is not, unless the citizen asked to be called.
* Of what is equally urgent, what has happened goes before what was asked for, and what is older goes first.
* Whoever is looked after and missed three calls in a row is called the same day, and so is the number that
  does not exist (any more).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from voicebot.records.cases import names_in, told_in
from voicebot.reports.document import Column, Row, Table, Urgency
from voicebot.reports.facts import AlertFact, CaseFact, Listed, MissFact, Who
from voicebot.reports.shown import Shown, moment
from voicebot.reports.words import DISPOSITIONS, URGENCIES, WRONG_NUMBERS, Words, urgency

MISSES_TO_CALL = 3
"""Three missed care calls bring a call by a person on the same day (as in Gyeonggi province's service)."""

ASKS_FOR_CALL = frozenset({"call_back", "welfare_application", "welfare_officer_call", "opt_out"})
"""Kinds of cases whose citizen was promised that the city acts by itself."""

_COLUMNS = (
    Column(key="how_soon", heading="시급"),
    Column(key="name", heading="이름"),
    Column(key="phone", heading="전화번호"),
    Column(key="why", heading="이유", wide=True),
    Column(key="since", heading="언제부터"),
    Column(key="from", heading="어디서"),
    Column(key="records", heading="기록"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    who: Who
    urgency: Urgency
    since: datetime
    why: str
    where: str
    record: str
    wish: bool = False
    """The citizen's own wish, which no harm comes from: behind what has happened to others."""
    key: tuple[str, object]
    """Of the same key, it is one person."""


def follow_up(listed: Listed, shown: Shown, words: Words) -> Table:
    """The list of those whom a person must call.

    Args:
        listed: Of the day, or of the campaign.
        shown: Masks.
        words: Of the services.
    """
    by_person: dict[tuple[str, object], list[_Reason]] = {}
    for reason in _reasons(listed, shown, words):
        by_person.setdefault(reason.key, []).append(reason)
    rows = sorted(
        (sorted(reasons, key=_order) for reasons in by_person.values()),
        key=lambda reasons: (*_order(reasons[0])[:2], min(reason.since for reason in reasons)),
    )
    left_out = f"이 밖에 {listed.left_out}건이 더 있습니다." if listed.left_out else ""
    return Table(
        key="follow_up",
        heading="사람이 전화해야 할 분",
        columns=_COLUMNS,
        rows=tuple(_row(reasons, shown) for reasons in rows),
        empty="지금 전화해야 할 분이 없습니다.",
        ticked=True,
        note=" ".join(filter(None, ("급한 순서입니다. 한 분이 한 줄입니다.", left_out))),
    )


def is_missed(miss: MissFact) -> bool:
    """Whether a person must call this one, because the bot could not reach them."""
    return miss.in_a_row >= MISSES_TO_CALL or miss.last in WRONG_NUMBERS


def _reasons(listed: Listed, shown: Shown, words: Words) -> Iterator[_Reason]:
    for alert in listed.alerts:
        if urgency(alert.alert.level).rank <= Urgency.TODAY.rank:
            yield _of_alert(alert, shown, words)
    for case in listed.cases:
        details = case.case.details
        urgent = details.get("level", "") and urgency(details["level"]).rank <= Urgency.TODAY.rank
        if urgent or details.get("kind", "") in ASKS_FOR_CALL:
            yield _of_case(case, shown, words)
    yield from (_of_miss(miss, words) for miss in listed.misses if is_missed(miss))


def _of_alert(fact: AlertFact, shown: Shown, words: Words) -> _Reason:
    alert, details = fact.alert, fact.alert.details
    kinds = (
        words.anomaly(alert.kind, details.get("line", "")),
        *map(words.anomaly, details.get("also", "").split()),
    )
    said = shown.text(details.get("said", ""), fact.who.name)
    about = "" if said else shown.text(told_in(details), fact.who.name)
    return _Reason(
        who=fact.who,
        urgency=urgency(alert.level),
        since=alert.raised_at,
        why=" · ".join(dict.fromkeys(kinds)) + (f": “{said}”" if said else f": {about}" if about else ""),
        where=fact.campaign or words.service(fact.service),
        record=f"알림 {alert.number}",
        key=_key(fact.who, f"alert {alert.number}"),
    )


def _of_case(fact: CaseFact, shown: Shown, words: Words) -> _Reason:
    case, details = fact.case, fact.case.details
    about = details.get("about") or details.get("what", "")
    what = words.case(details.get("kind", ""), details.get("type", ""))
    benefits = " · ".join(words.benefits.get(one, one) for one in details.get("benefits", "").split())
    told = shown.text(benefits or about, fact.who.name, *names_in(details))
    return _Reason(
        who=fact.who,
        urgency=urgency(details["level"]) if details.get("level") else Urgency.TODAY,
        since=case.opened_at,
        why=f"{what}: {told}" if told else what,
        where=fact.campaign or words.service(case.service),
        record=f"민원 {case.number}",
        wish=details.get("kind", "") in ASKS_FOR_CALL,
        key=_key(fact.who, f"case {case.number}"),
    )


def _of_miss(fact: MissFact, words: Words) -> _Reason:
    wrong = fact.last in WRONG_NUMBERS
    last = DISPOSITIONS[fact.last]
    why = (
        f"{last}: 번호를 확인해 주세요" if wrong else f"연속 {fact.in_a_row}번 연결되지 않음(마지막: {last})"
    )
    return _Reason(
        who=fact.who,
        urgency=Urgency.TODAY,
        since=fact.since,
        why=why,
        where=fact.campaign or words.service(fact.service),
        record="",
        key=_key(fact.who, ""),
    )


def _key(who: Who, record: str) -> tuple[str, object]:
    if who.person_id is not None:
        return "person", who.person_id
    return ("phone", who.phone) if who.phone else ("record", record)


def _order(reason: _Reason) -> tuple[int, bool, datetime]:
    return reason.urgency.rank, reason.wish, reason.since


def _row(reasons: list[_Reason], shown: Shown) -> Row:
    first = reasons[0]
    phone = next((reason.who.phone for reason in reasons if reason.who.phone), "")
    who = next((reason.who for reason in reasons if reason.who.name), first.who)
    return Row(
        cells=(
            URGENCIES[first.urgency],
            shown.who(who),
            shown.phone(phone),
            "\n".join(dict.fromkeys(reason.why for reason in reasons)),
            moment(min(reason.since for reason in reasons)),
            "\n".join(dict.fromkeys(reason.where for reason in reasons)),
            "\n".join(filter(None, (reason.record for reason in reasons))),
        ),
        urgency=first.urgency,
    )
