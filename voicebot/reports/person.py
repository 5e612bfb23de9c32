"""The report of a person: their calls over time, and all that is kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from voicebot.records.calls import Direction
from voicebot.records.campaigns import Disposition
from voicebot.records.cases import names_in, told_in
from voicebot.records.people import Consent
from voicebot.records.status import NAMES_KO, CaseStatus
from voicebot.reports.day import NOTICE
from voicebot.reports.document import Chart, Column, Document, Figure, Point, Row, Table, Urgency
from voicebot.reports.facts import Contact, PersonFacts, Who
from voicebot.reports.shown import Shown, lasting, moment
from voicebot.reports.words import (
    CONSENTS,
    DIRECTIONS,
    DISPOSITIONS,
    MISSES,
    RESULTS,
    SOURCES,
    URGENCIES,
    WRONG_NUMBERS,
    Words,
    urgency,
)

_LEAST_POINTS = 2
"""One call is no course of anything."""

_FEVER_UNKNOWN = ("", "normal")
"""Values of ``temperature`` that are no degrees."""


def person_report(facts: PersonFacts, shown: Shown, words: Words, made_at: datetime) -> Document:
    """Everything an officer needs before calling or visiting a person.

    Args:
        facts: Of the person.
        shown: Masks.
        words: Of the services.
        made_at: Now, in Korea.
    """
    person = facts.person
    who = Who(person_id=person.id, name=person.name, phone=person.phone, external_id=person.external_id)
    return Document(
        title="시민별 보고",
        subject=f"{shown.who(who)} · {shown.phone(person.phone)}",
        made_at=made_at,
        figures=_figures(facts),
        sections=(
            _cases_table(facts, shown, words),
            *_chart(facts),
            _contacts_table(facts, shown, words),
            _remembered_table(facts, shown),
            _consents_table(facts),
        ),
        notice=NOTICE,
    )


def _figures(facts: PersonFacts) -> tuple[Figure, ...]:
    calls = [contact for contact in facts.contacts if contact.outcome is not None]
    alerts = [alert for contact in facts.contacts for alert in contact.alerts]
    worst = min((urgency(alert.level) for alert in alerts), key=lambda one: one.rank, default=Urgency.NONE)
    open_cases = [case for case in facts.cases if case.state.status is not CaseStatus.COMPLETED]
    last = moment(calls[0].at) if calls else ""
    return (
        Figure(key="calls", name="통화", value=len(calls), note=f"마지막 {last}" if last else ""),
        Figure(key="misses", name="연속으로 못 받음", value=_missed_in_a_row(facts.contacts)),
        Figure(
            key="anomalies",
            name="이상 징후",
            value=len(alerts),
            note=f"가장 급한 것: {URGENCIES[worst]}" if alerts else "",
            urgency=worst,
        ),
        Figure(key="open_cases", name="처리 중인 민원", value=len(open_cases)),
        Figure(key="opted_out", name="수신 거부", value="예" if facts.opt_outs else "아니요"),
    )


def _missed_in_a_row(contacts: Sequence[Contact]) -> int:
    """Misses since somebody last spoke with us, the newest contact first.

    What never left the house, or is under way, is no miss, and no answer either (as in the list of a day).
    """
    count = 0
    for contact in contacts:
        spoke = contact.direction is Direction.INBOUND or contact.outcome is not None
        if contact.disposition is Disposition.ANSWERED or (contact.disposition is None and spoke):
            break
        count += contact.disposition in MISSES or contact.disposition in WRONG_NUMBERS
    return count


def _worst(contact: Contact) -> Urgency:
    levels = (urgency(alert.level) for alert in contact.alerts)
    return min(levels, key=lambda one: one.rank, default=Urgency.NONE)


def _chart(facts: PersonFacts) -> tuple[Chart, ...]:
    talked = [contact for contact in reversed(facts.contacts) if contact.outcome is not None]
    if len(talked) < _LEAST_POINTS:
        return ()
    highest = Urgency.NONE.rank
    points = tuple(
        Point(
            label=moment(contact.at)[5:10],
            value=highest - _worst(contact).rank,
            urgency=_worst(contact),
        )
        for contact in talked
    )
    ticks = tuple(
        (float(highest - level.rank), "이상 없음" if level is Urgency.NONE else URGENCIES[level])
        for level in reversed(Urgency)
    )
    return (
        Chart(
            key="anomalies_over_time",
            heading="통화마다 가장 급한 이상 징후",
            points=points,
            ticks=ticks,
            note="왼쪽이 오래된 통화입니다.",
        ),
    )


def answers(slots: dict[str, str], words: Words) -> dict[str, str]:
    """What was answered, slot by slot, in words; the temperature in degrees where it was told."""
    told = {
        slot: yes if slots[slot] == "yes" else no
        for slot, (yes, no) in words.answers.items()
        if slots.get(slot) in ("yes", "no")
    }
    if slots.get("temperature", "") not in _FEVER_UNKNOWN:
        told["fever"] = f"체온 {slots['temperature']}도"
    return told


def _contacts_table(facts: PersonFacts, shown: Shown, words: Words) -> Table:
    name = facts.person.name
    told = [answers(dict(contact.slots), words) for contact in facts.contacts]
    asked = [slot for slot in words.answers if any(slot in one for one in told)]
    rows = []
    for contact, one in zip(facts.contacts, told, strict=True):
        kinds = [words.anomaly(alert.kind, alert.details.get("line", "")) for alert in contact.alerts]
        said = [shown.text(told_in(alert.details), name) for alert in contact.alerts]
        notes = [" · ".join(dict.fromkeys(kinds)), *(f"“{text}”" for text in dict.fromkeys(said) if text)]
        length = "" if contact.ended_at is None else lasting(contact.ended_at - contact.at)
        rows.append(
            Row(
                cells=(
                    moment(contact.at),
                    contact.campaign or words.service(contact.service),
                    _came_to(contact),
                    length if contact.outcome is not None else "",
                    " · ".join(one[slot] for slot in asked if slot in one),
                    "\n".join(filter(None, notes)),
                    contact.call_id,
                ),
                urgency=_worst(contact),
            )
        )
    left_out = f"오래된 {facts.left_out}건은 싣지 않았습니다." if facts.left_out else ""
    return Table(
        key="contacts",
        heading="전화",
        columns=(
            Column(key="at", heading="언제"),
            Column(key="where", heading="캠페인·서비스"),
            Column(key="result", heading="결과"),
            Column(key="length", heading="통화 시간"),
            Column(key="answers", heading="대답", wide=True),
            Column(key="anomalies", heading="이상 징후", wide=True),
            Column(key="call_id", heading="통화"),
        ),
        rows=tuple(rows),
        empty="전화한 적이 없습니다.",
        note=" ".join(filter(None, ("새로운 것부터입니다.", left_out))),
    )


def _came_to(contact: Contact) -> str:
    if contact.outcome is not None:
        return RESULTS[contact.outcome.result]
    if contact.disposition is not None:
        return DISPOSITIONS[contact.disposition]
    return f"{DIRECTIONS[contact.direction]}, 진행 중"


def _remembered_table(facts: PersonFacts, shown: Shown) -> Table:
    name = facts.person.name
    return Table(
        key="remembered",
        heading="지난 통화에서 기억하는 것",
        columns=(
            Column(key="since", heading="처음 들은 날"),
            Column(key="subject", heading="무엇"),
            Column(key="text", heading="내용", wide=True),
        ),
        rows=tuple(
            Row(cells=(fact.since, shown.text(fact.subject, name), shown.text(fact.text, name)))
            for fact in facts.remembered
        ),
    )


def _consents_table(facts: PersonFacts) -> Table:
    opted_out = [
        Row(
            cells=(
                "수신 거부",
                f"캠페인 {one.campaign}" if one.campaign else "모든 전화",
                moment(one.at),
                SOURCES[one.source],
            )
        )
        for one in facts.opt_outs
    ]
    return Table(
        key="consents",
        heading="동의와 수신 거부",
        columns=(
            Column(key="kind", heading="무엇"),
            Column(key="answer", heading="내용", wide=True),
            Column(key="at", heading="언제"),
            Column(key="source", heading="어떻게"),
        ),
        rows=(*opted_out, *map(_consent_row, facts.consents)),
        empty="말씀하신 것이 없습니다.",
    )


def _consent_row(consent: Consent) -> Row:
    answer = "동의" if consent.granted else "동의하지 않음"
    return Row(cells=(CONSENTS[consent.kind], answer, moment(consent.at), SOURCES[consent.source]))


def _cases_table(facts: PersonFacts, shown: Shown, words: Words) -> Table:
    rows = []
    for case in facts.cases:
        details, state = case.details, case.state
        about = details.get("about") or details.get("what", "")
        what = words.case(details.get("kind", ""), details.get("type", ""))
        told = shown.text(about, facts.person.name, *names_in(details))
        done = state.status is CaseStatus.COMPLETED
        status = NAMES_KO[state.status] + (f" (~{state.due_on})" if state.due_on and not done else "")
        level = details.get("level", "")
        rows.append(
            Row(
                cells=(
                    case.number,
                    status,
                    level,
                    f"{what}: {told}" if told else what,
                    moment(case.opened_at),
                    " ".join(filter(None, (state.department, state.assignee))),
                ),
                urgency=urgency(level) if level and not done else Urgency.NONE,
            )
        )
    return Table(
        key="cases",
        heading="민원",
        columns=(
            Column(key="number", heading="번호", names=True),
            Column(key="status", heading="상태"),
            Column(key="level", heading="등급"),
            Column(key="about", heading="무엇", wide=True),
            Column(key="opened_at", heading="접수"),
            Column(key="owner", heading="부서·담당자"),
        ),
        rows=tuple(rows),
        empty="민원이 없습니다.",
    )
