"""The report of a campaign, and the words for every code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.reports.sample import NOON, SUNDAY, WORDS, column, figure, table
from voicebot.campaigns.plan import as_settings, parse_plan
from voicebot.outcome import CallResult
from voicebot.records.calls import Direction
from voicebot.records.campaigns import CampaignRecord, CampaignState, Disposition, TargetState
from voicebot.records.cases import LEVELS
from voicebot.records.people import ConsentKind, Source
from voicebot.reports import words
from voicebot.reports.campaign import campaign_report
from voicebot.reports.document import Chart
from voicebot.reports.facts import (
    BenefitCount,
    CallCount,
    CampaignFacts,
    DayCount,
    Listed,
    PeopleCount,
)
from voicebot.reports.shown import Shown

PLAN = """\
name: care-alone
service: care
caller_id: "031-123-4000"
from: 2026-11-16
closed_on: [2026-12-25]
slots:
  morning: {days: [mon, fri], hours: "09:30-11:30"}
"""


def _facts() -> CampaignFacts:
    plan = parse_plan("plan.yaml", PLAN)
    campaign = CampaignRecord(
        id=1,
        name=plan.name,
        service=plan.service,
        state=CampaignState.RUNNING,
        settings=as_settings(plan),
    )
    return CampaignFacts(
        campaign=campaign,
        states={TargetState.WAITING: 8, TargetState.EXCLUDED: 2},
        people=PeopleCount(campaign=plan.name, service=plan.service, called=9, reached=6),
        calls=(
            CallCount(
                campaign=plan.name,
                service=plan.service,
                disposition=Disposition.ANSWERED,
                result=CallResult.COMPLETED,
                count=6,
            ),
            CallCount(campaign=plan.name, service=plan.service, disposition=None, result=None, count=1),
        ),
        days=tuple(
            DayCount(day=SUNDAY - timedelta(days=ago), attempts=10, people=4, reached=4 - ago)
            for ago in (1, 0)
        ),
        anomalies=(),
        benefits=(),
        opted_out=1,
        listed=Listed(),
    )


def test_a_campaign_so_far() -> None:
    document = campaign_report(_facts(), Shown(), WORDS, NOON)
    plan = dict(zip(*(column(table(document, "plan"), key) for key in ("name", "value")), strict=True))
    assert plan["거는 시간"] == "morning: 월금 09:30-11:30"
    assert (plan["기간"], plan["쉬는 날"]) == ("2026-11-16 ~ 끝까지", "2026-12-25")
    assert (plan["상태"], plan["서비스"]) == ("진행 중", "안부 전화")
    assert (figure(document, "people"), figure(document, "unanswered")) == (10, 3)
    assert column(table(document, "states"), "people") == [8, 0, 0, 2, 10]
    assert column(table(document, "dispositions"), "disposition") == ["받음", "거는 중", "모두"]
    (chart,) = [section for section in document.sections if isinstance(section, Chart)]
    assert [point.value for point in chart.points] == [75, 100]
    assert column(table(document, "days"), "share") == ["75 %", "100 %"]
    assert "benefits" not in {one.key for one in document.tables}


def test_a_campaign_that_has_called_nobody() -> None:
    facts = _facts()
    nobody = replace(facts.people, called=0, reached=0)
    document = campaign_report(
        replace(facts, people=nobody, calls=(), days=(), states={}), Shown(), WORDS, NOON
    )
    assert not table(document, "campaigns").rows and not table(document, "states").rows
    assert {one.note for one in document.figures if one.key == "reached"} == {"연결률 –"}


def test_applications_by_benefit() -> None:
    counts = (BenefitCount(kind="welfare_application", benefits=("gas",), count=2),)
    document = campaign_report(replace(_facts(), benefits=counts), Shown(), WORDS, NOON)
    assert column(table(document, "benefits"), "benefit") == ["도시가스", "건수"]


@pytest.mark.parametrize(
    ("codes", "named"),
    [
        (CallResult, words.RESULTS),
        (Disposition, words.DISPOSITIONS),
        (TargetState, words.TARGET_STATES),
        (CampaignState, words.CAMPAIGN_STATES),
        (Direction, words.DIRECTIONS),
        (ConsentKind, words.CONSENTS),
        (Source, words.SOURCES),
        (LEVELS, words._URGENCY),
    ],
)
def test_every_code_has_its_word(codes: Any, named: dict[Any, Any]) -> None:
    assert set(codes) == set(named)
