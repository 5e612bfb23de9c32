"""The report of a campaign, from its beginning to now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from voicebot.campaigns.plan import DAYS, CallingHours, CampaignPlan, from_settings
from voicebot.outcome import CallResult
from voicebot.reports.counting import anomalies_table, benefits_table, campaigns_table, dispositions_table
from voicebot.reports.day import NOTICE
from voicebot.reports.document import (
    Cell,
    Chart,
    Column,
    Document,
    Figure,
    Point,
    Row,
    Section,
    Table,
    Urgency,
    pairs,
)
from voicebot.reports.facts import CampaignFacts, DayCount
from voicebot.reports.following_up import follow_up
from voicebot.reports.shown import Shown, share
from voicebot.reports.words import CAMPAIGN_STATES, TARGET_STATES, Words

_WEEKDAYS = dict(zip(DAYS, "월화수목금토일", strict=True))

_LEAST_DAYS = 2
"""One day is no course of anything."""


def campaign_report(facts: CampaignFacts, shown: Shown, words: Words, made_at: datetime) -> Document:
    """What a campaign has reached so far.

    Args:
        facts: Of the campaign.
        shown: Masks.
        words: Of the services.
        made_at: Now, in Korea.
    """
    plan = from_settings(facts.campaign.settings)
    todo = follow_up(facts.listed, shown, words)
    attempted = facts.people.called > 0
    applications = (benefits_table(facts.benefits, words),) if facts.benefits else ()
    return Document(
        title="캠페인 보고",
        subject=facts.campaign.name,
        made_at=made_at,
        figures=_figures(facts, todo),
        sections=(
            pairs("plan", "계획", _plan(facts, plan, words)),
            todo,
            *applications,
            anomalies_table(facts.anomalies, words),
            _states_table(facts),
            campaigns_table((facts.people,) if attempted else (), facts.people, facts.calls, words),
            dispositions_table(facts.calls),
            *_course(facts.days),
        ),
        notice=NOTICE,
    )


def _figures(facts: CampaignFacts, todo: Table) -> tuple[Figure, ...]:
    people, reached = sum(facts.states.values()), facts.people.reached
    worst = todo.rows[0].urgency if todo.rows else Urgency.NONE
    completed = sum(call.count for call in facts.calls if call.result is CallResult.COMPLETED)
    return (
        Figure(key="follow_up", name="전화해야 할 분", value=len(todo.rows), note="아래 목록", urgency=worst),
        Figure(key="people", name="대상자", value=people),
        Figure(
            key="called",
            name="전화 건 분",
            value=facts.people.called,
            note=f"건 횟수 {sum(call.count for call in facts.calls)}",
        ),
        Figure(
            key="reached",
            name="받은 분",
            value=reached,
            note=f"연결률 {share(reached, facts.people.called)}",
        ),
        Figure(key="unanswered", name="못 받은 분", value=facts.people.called - reached, note="건 분 가운데"),
        Figure(key="completed", name="끝까지 통화", value=completed),
        Figure(key="anomalies", name="이상 징후", value=sum(one.count for one in facts.anomalies)),
        Figure(key="opted_out", name="수신 거부", value=facts.opted_out),
    )


def _plan(facts: CampaignFacts, plan: CampaignPlan, words: Words) -> Sequence[tuple[str, Cell]]:
    until = "끝까지" if plan.until is None else plan.until.isoformat()
    slots = [f"{name}: {_hours(hours)}" for name, hours in plan.slots.items()]
    hours = slots or [_hours(hours) for hours in plan.calling_hours]
    closed = ", ".join(sorted(day.isoformat() for day in plan.closed_on))
    return (
        ("상태", CAMPAIGN_STATES[facts.campaign.state]),
        ("서비스", words.service(plan.service)),
        ("보이는 번호", plan.caller_id),
        ("기간", f"{plan.starts.isoformat()} ~ {until}"),
        ("거는 시간", "\n".join(hours)),
        ("방식", "정해진 때마다 다시 걸기" if plan.repeats else "한 분께 한 번"),
        ("공휴일", "겁니다" if plan.on_holidays else "걸지 않습니다"),
        ("쉬는 날", closed),
        ("다시 걸기", f"하루 {plan.retry.most_a_day}번, 모두 {plan.retry.most_in_all}번까지"),
    )


def _hours(hours: CallingHours) -> str:
    return f"{''.join(_WEEKDAYS[day] for day in hours.days)} {', '.join(hours.hours)}"


def _states_table(facts: CampaignFacts) -> Table:
    people = sum(facts.states.values())
    rows = [
        Row(cells=(name, facts.states.get(state, 0), share(facts.states.get(state, 0), people)))
        for state, name in TARGET_STATES.items()
    ]
    return Table(
        key="states",
        heading="대상자",
        columns=(
            Column(key="state", heading="상태", wide=True),
            Column(key="people", heading="분"),
            Column(key="share", heading="비율"),
        ),
        rows=(*rows, Row(cells=("모두", people, ""), total=True)) if people else (),
        empty="명단이 아직 없습니다.",
    )


def _course(days: Sequence[DayCount]) -> tuple[Section, ...]:
    if len(days) < _LEAST_DAYS:
        return ()
    shares = [(day, 100 * day.reached / day.people if day.people else 0.0) for day in days]
    chart = Chart(
        key="course",
        heading="날마다의 연결률",
        points=tuple(Point(label=f"{day.day:%m-%d}", value=value) for day, value in shares),
        ticks=((0, "0 %"), (50, "50 %"), (100, "100 %")),
    )
    table = Table(
        key="days",
        heading="날짜별",
        columns=(
            Column(key="day", heading="날짜", wide=True),
            Column(key="attempts", heading="건 횟수"),
            Column(key="called", heading="건 분"),
            Column(key="reached", heading="받은 분"),
            Column(key="share", heading="연결률"),
        ),
        rows=tuple(
            Row(
                cells=(
                    day.day.isoformat(),
                    day.attempts,
                    day.people,
                    day.reached,
                    share(day.reached, day.people),
                )
            )
            for day in days
        ),
    )
    return chart, table
