"""The report of one call: how it went, what was said, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from voicebot.records.cases import names_in, told_in
from voicebot.records.status import NAMES_KO
from voicebot.reports.day import NOTICE
from voicebot.reports.document import Cell, Column, Document, Figure, Row, Section, Table, Urgency, pairs
from voicebot.reports.facts import CallFacts
from voicebot.reports.person import answers
from voicebot.reports.shown import Shown, clock, lasting, moment
from voicebot.reports.words import ANSWERED_BY, DIRECTIONS, RESULTS, URGENCIES, Words, urgency

_HANDOFF = {
    "searching": "담당자를 찾기 시작함",
    "taken": "담당자가 받음",
    "missed": "아무도 받지 못함",
}

_NOTED = {
    "opt_out": "다시 걸지 않기를 원하심",
    "call_again": "다시 걸기를 원하심",
    "remember": "기억할 것을 적음",
    "note": "메모를 남김",
    "notify": "담당 부서에 알림",
    "report_check": "검사 결과를 적음",
}
"""Works of a call that are written down, in words; others are no news."""


def call_report(facts: CallFacts, shown: Shown, words: Words, made_at: datetime) -> Document:
    """One call from its first word to what became of it.

    Args:
        facts: Of the call.
        shown: Masks.
        words: Of the services.
        made_at: Now, in Korea.
    """
    call = facts.call
    # Who speaks may be another than who is known by the number: a son, a neighbour.
    names = (
        facts.who.name,
        *names_in(call.slots),
        *(one for case in facts.cases for one in names_in(case.details)),
    )
    return Document(
        title="통화 보고",
        subject=f"{moment(call.began_at)} · {words.service(call.service)} · {shown.who(facts.who)}",
        made_at=made_at,
        figures=_figures(facts),
        sections=(
            *_told(facts, shown, names),
            pairs("call", "통화", _about(facts, shown, words)),
            _alerts_table(facts, shown, words, names),
            *_after(facts, shown, words, names),
            _turns_table(facts, shown, names),
            _slots_table(facts, shown, words, names),
        ),
        notice=NOTICE,
    )


def _figures(facts: CallFacts) -> tuple[Figure, ...]:
    call = facts.call
    worst = min(
        (urgency(alert.level) for alert in facts.alerts), key=lambda one: one.rank, default=Urgency.NONE
    )
    gaps = sorted(turn.gap_ms for turn in call.turns if turn.gap_ms is not None)
    return (
        Figure(
            key="result",
            name="결과",
            value="진행 중" if call.outcome is None else RESULTS[call.outcome.result],
        ),
        Figure(
            key="length",
            name="통화 시간",
            value="–" if call.ended_at is None else lasting(call.ended_at - call.began_at),
        ),
        Figure(key="turns", name="주고받은 말", value=len(call.turns)),
        Figure(key="anomalies", name="이상 징후", value=len(facts.alerts), urgency=worst),
        Figure(
            key="gap_ms",
            name="대답까지(중앙값)",
            value=f"{gaps[len(gaps) // 2]} ms" if gaps else "–",
        ),
    )


def _told(facts: CallFacts, shown: Shown, names: Sequence[str]) -> tuple[Table, ...]:
    """What the service itself tells of the call, line by line."""
    lines = [
        Row(cells=(shown.text(line, *names),), urgency=urgency(report.get("level", "note")))
        if place == 0 and report.get("level", "none") != "none"
        else Row(cells=(shown.text(line, *names),))
        for report in facts.reports
        for place, line in enumerate(report.get("text", "").splitlines())
    ]
    if not lines:
        return ()
    column = Column(key="line", heading="통화 요약", wide=True)
    return (Table(key="report", heading="요약", columns=(column,), rows=tuple(lines)),)


def _about(facts: CallFacts, shown: Shown, words: Words) -> list[tuple[str, Cell]]:
    call, who = facts.call, facts.who
    attempt = f"{facts.attempt}번째" if facts.attempt else ""
    return [
        ("통화 번호", call.call_id),
        ("이름", shown.who(who)),
        ("전화번호", shown.phone(who.phone or call.phone)),
        ("서비스", words.service(call.service)),
        ("방향", DIRECTIONS[call.direction]),
        ("캠페인", " ".join(filter(None, (facts.campaign, facts.slot, attempt)))),
        ("시작", moment(call.began_at)),
        ("끝", "" if call.ended_at is None else moment(call.ended_at)),
        ("끝난 까닭", "" if call.outcome is None else shown.text(call.outcome.reason, who.name)),
    ]


def _alerts_table(facts: CallFacts, shown: Shown, words: Words, names: Sequence[str]) -> Table:
    return Table(
        key="anomalies",
        heading="이상 징후",
        columns=(
            Column(key="how_soon", heading="시급"),
            Column(key="number", heading="알림", names=True),
            Column(key="kind", heading="무엇"),
            Column(key="said", heading="말씀", wide=True),
            Column(key="at", heading="시각"),
            Column(key="seen", heading="본 사람"),
        ),
        rows=tuple(
            Row(
                cells=(
                    URGENCIES[urgency(alert.level)],
                    alert.number,
                    words.anomaly(alert.kind, alert.details.get("line", "")),
                    shown.text(told_in(alert.details), *names),
                    clock(alert.raised_at),
                    alert.seen_by or "아직 없음",
                ),
                urgency=urgency(alert.level),
            )
            for alert in facts.alerts
        ),
        empty="이상 징후가 없습니다.",
    )


def _after(facts: CallFacts, shown: Shown, words: Words, names: Sequence[str]) -> tuple[Section, ...]:
    """Cases, the way to a person, and what else was written down; what there is none of is left out."""
    rows = []
    for case in facts.cases:
        details = case.details
        told = shown.text(details.get("about") or details.get("what", ""), *names)
        what = words.case(details.get("kind", ""), details.get("type", ""))
        status = " ".join(filter(None, (NAMES_KO[case.state.status], case.state.department)))
        rows.append(
            (moment(case.opened_at), f"민원 {case.number} ({status})", f"{what}: {told}".rstrip(": "))
        )
    rows += [
        (moment(step.at), _HANDOFF.get(step.step, step.step), shown.text(step.summary or step.reason, *names))
        for step in facts.handoff
    ]
    rows += [("", _NOTED[work], "") for work in facts.noted if work in _NOTED]
    if not rows:
        return ()
    return (
        Table(
            key="after",
            heading="이어진 일",
            columns=(
                Column(key="at", heading="언제"),
                Column(key="what", heading="무엇"),
                Column(key="details", heading="내용", wide=True),
            ),
            rows=tuple(Row(cells=cells) for cells in rows),
        ),
    )


def _turns_table(facts: CallFacts, shown: Shown, names: Sequence[str]) -> Table:
    return Table(
        key="turns",
        heading="대화",
        columns=(
            Column(key="number", heading="차례"),
            Column(key="at", heading="통화 시작부터"),
            Column(key="bot", heading="AI", wide=True),
            Column(key="heard", heading="시민", wide=True),
            Column(key="how", heading="대답"),
            Column(key="gap_ms", heading="간격(ms)"),
        ),
        rows=tuple(
            Row(
                cells=(
                    turn.number,
                    f"{turn.at_ms // 60_000}:{turn.at_ms // 1000 % 60:02d}",
                    shown.text(turn.prompt, *names),
                    shown.text(turn.heard, *names),
                    ANSWERED_BY.get(turn.status, turn.status),
                    "" if turn.gap_ms is None else turn.gap_ms,
                )
            )
            for turn in facts.call.turns
        ),
        empty="보관된 대화가 없습니다(보관 기간이 지났거나, 말이 오가지 않았습니다).",
    )


def _slots_table(facts: CallFacts, shown: Shown, words: Words, names: Sequence[str]) -> Table:
    slots = facts.call.slots
    told = answers(slots, words)
    rest = shown.details({key: value for key, value in slots.items() if key not in told and value}, *names)
    known = told | {key: words.slot(key, value) for key, value in rest.items()}
    order = {key: place for place, key in enumerate(words.slots)}
    rows = [
        (words.slots.get(key, key), known[key])
        for key in sorted(known, key=lambda key: (order.get(key, len(order)), key))
    ]
    return Table(
        key="slots",
        heading="알게 된 것",
        columns=(Column(key="name", heading="항목"), Column(key="value", heading="내용", wide=True)),
        rows=tuple(Row(cells=cells) for cells in rows),
        empty="보관된 것이 없습니다.",
    )
