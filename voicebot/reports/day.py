"""The report of a day: what an officer prints each morning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from voicebot.outcome import CallResult
from voicebot.reports.counting import anomalies_table, benefits_table, campaigns_table, dispositions_table
from voicebot.reports.document import Column, Document, Figure, Row, Table, Urgency
from voicebot.reports.facts import CaseCount, DayFacts, HandoffFact, MissFact, OtherCalls
from voicebot.reports.following_up import follow_up
from voicebot.reports.shown import Shown, clock, moment, share
from voicebot.reports.words import DIRECTIONS, DISPOSITIONS, RESULTS, URGENCIES, Words, urgency

_WEEKDAYS = "월화수목금토일"

NOTICE = "개인정보가 담긴 문서입니다. 볼 일이 끝나면 파기해 주세요."

SIGNED_BY = ("담당", "팀장", "과장")
"""Who has seen a day's report, in the order of a city hall's offices."""

_STEPS = {"taken": "담당자가 받음", "missed": "아무도 받지 못함"}


def day_name(day: date) -> str:
    """2026년 11월 22일 (일)."""
    return f"{day.year}년 {day.month}월 {day.day}일 ({_WEEKDAYS[day.weekday()]})"


def day_report(facts: DayFacts, shown: Shown, words: Words, made_at: datetime) -> Document:
    """What happened on a day, and whom somebody must call.

    Args:
        facts: Of the day.
        shown: Masks.
        words: Of the services.
        made_at: Now, in Korea.
    """
    todo = follow_up(facts.listed, shown, words)
    return Document(
        title="하루 통화 보고",
        subject=day_name(facts.day),
        made_at=made_at,
        figures=_figures(facts, todo),
        sections=(
            todo,
            campaigns_table(facts.people, facts.in_all, facts.calls, words),
            _others_table(facts.others, words),
            anomalies_table(facts.anomalies, words),
            missed_table(facts.listed.misses, shown, words),
            dispositions_table(facts.calls),
            _handoffs_table(facts.handoffs, shown, words),
            _cases_table(facts.cases, words),
            *((benefits_table(facts.benefits, words),) if facts.benefits else ()),
        ),
        notice=NOTICE,
        signed_by=SIGNED_BY,
    )


def _figures(facts: DayFacts, todo: Table) -> tuple[Figure, ...]:
    called, reached = facts.in_all.called, facts.in_all.reached
    levels = Counter[Urgency]()
    for anomaly in facts.anomalies:
        levels[urgency(anomaly.level)] += anomaly.count
    completed = sum(call.count for call in facts.calls if call.result is CallResult.COMPLETED)
    worst = todo.rows[0].urgency if todo.rows else Urgency.NONE
    told = [f"{URGENCIES[level]} {levels[level]}" for level in Urgency if levels[level]]
    taken = sum(_answered(handoff) == _STEPS["taken"] for handoff in facts.handoffs)
    return (
        Figure(key="follow_up", name="전화해야 할 분", value=len(todo.rows), note="아래 목록", urgency=worst),
        Figure(
            key="called",
            name="전화 건 분",
            value=called,
            note=f"건 횟수 {sum(call.count for call in facts.calls)}",
        ),
        Figure(key="reached", name="받은 분", value=reached, note=f"연결률 {share(reached, called)}"),
        Figure(key="completed", name="끝까지 통화", value=completed),
        Figure(key="incoming", name="그 밖의 전화", value=sum(one.count for one in facts.others)),
        Figure(key="anomalies", name="이상 징후", value=levels.total(), note=" · ".join(told)),
        Figure(key="handoffs", name="담당자 연결", value=len(facts.handoffs), note=f"받음 {taken}"),
        Figure(key="cases", name="새 민원", value=sum(case.count for case in facts.cases)),
        Figure(key="opted_out", name="수신 거부", value=facts.opted_out),
    )


def _others_table(others: Sequence[OtherCalls], words: Words) -> Table:
    results = [result for result in CallResult if any(one.result is result for one in others)]
    services = dict.fromkeys((one.direction, one.service) for one in others)
    rows = []
    for direction, service in services:
        mine = Counter[CallResult | None]()
        for one in others:
            if (one.direction, one.service) == (direction, service):
                mine[one.result] += one.count
        rows.append(
            Row(
                cells=(
                    words.service(service),
                    DIRECTIONS[direction],
                    mine.total(),
                    *(mine[result] for result in results),
                )
            )
        )
    return Table(
        key="other_calls",
        heading="캠페인이 아닌 전화",
        columns=(
            Column(key="service", heading="서비스", wide=True),
            Column(key="direction", heading="방향"),
            Column(key="calls", heading="통화"),
            *(Column(key=result.value, heading=RESULTS[result]) for result in results),
        ),
        rows=tuple(rows),
        empty="그 밖의 전화가 없습니다.",
    )


def missed_table(misses: Sequence[MissFact], shown: Shown, words: Words) -> Table:
    """Those who are looked after and were not reached, the longest row of misses first."""
    ordered = sorted(misses, key=lambda miss: (-miss.in_a_row, miss.since))
    return Table(
        key="missed",
        heading="연결되지 않은 돌봄 대상자",
        columns=(
            Column(key="name", heading="이름", wide=True),
            Column(key="phone", heading="전화번호"),
            Column(key="campaign", heading="캠페인"),
            Column(key="in_a_row", heading="연속"),
            Column(key="since", heading="언제부터"),
            Column(key="last", heading="마지막"),
        ),
        rows=tuple(
            Row(
                cells=(
                    shown.who(miss.who),
                    shown.phone(miss.who.phone),
                    miss.campaign or words.service(miss.service),
                    miss.in_a_row,
                    moment(miss.since),
                    DISPOSITIONS[miss.last],
                )
            )
            for miss in ordered
        ),
        empty="모두 연결되었거나, 건 전화가 없습니다.",
    )


def _answered(handoff: HandoffFact) -> str:
    known = [_STEPS[step.step] for step in handoff.steps if step.step in _STEPS]
    if known:
        return known[-1]
    return "당직 대기열로" if handoff.result is CallResult.HANDED_OVER else "찾는 중에 끊음"


def _reason(handoff: HandoffFact, shown: Shown) -> str:
    told = (step.summary or step.reason for step in handoff.steps)
    return shown.text(next(filter(None, told), ""), handoff.who.name)


def _handoffs_table(handoffs: Sequence[HandoffFact], shown: Shown, words: Words) -> Table:
    return Table(
        key="handoffs",
        heading="담당자에게 연결한 전화",
        columns=(
            Column(key="at", heading="시각"),
            Column(key="name", heading="이름"),
            Column(key="phone", heading="전화번호"),
            Column(key="service", heading="서비스"),
            Column(key="reason", heading="이유", wide=True),
            Column(key="answered", heading="어떻게 되었나"),
            Column(key="call_id", heading="통화"),
        ),
        rows=tuple(
            Row(
                cells=(
                    clock(handoff.began_at),
                    shown.who(handoff.who),
                    shown.phone(handoff.who.phone),
                    words.service(handoff.service),
                    _reason(handoff, shown),
                    _answered(handoff),
                    handoff.call_id,
                )
            )
            for handoff in handoffs
        ),
        empty="담당자에게 연결한 전화가 없습니다.",
    )


def _cases_table(cases: Sequence[CaseCount], words: Words) -> Table:
    ordered = sorted(cases, key=lambda case: (case.level or "~", -case.count))
    rows = [
        Row(
            cells=(words.case(case.kind, case.type), case.level or "–", case.count, case.open),
            urgency=urgency(case.level) if case.level in ("P0", "P1") else Urgency.NONE,
        )
        for case in ordered
    ]
    if len(rows) > 1:
        sums = sum(case.count for case in cases), sum(case.open for case in cases)
        rows.append(Row(cells=("모두", "", *sums), total=True))
    return Table(
        key="cases",
        heading="새로 접수된 민원",
        columns=(
            Column(key="type", heading="종류", wide=True),
            Column(key="level", heading="등급"),
            Column(key="opened", heading="접수"),
            Column(key="open", heading="아직 처리 중"),
        ),
        rows=tuple(rows),
        empty="새로 접수된 민원이 없습니다.",
    )
