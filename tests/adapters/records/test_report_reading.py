"""What the reports read, on both databases: a small week of calls (``tests/week.py``)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, event

from tests.databases import KEYS
from tests.week import DUTY_CALL, FALLEN, FALLEN_CALL, FORMULA, MONDAY, SUNDAY, WELFARE_CALL, fill
from voicebot.adapters.records.campaign_listing import CampaignListing
from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.reports import missing, people, standing
from voicebot.adapters.records.reports.reading import ReportReading
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.errors import RecordsError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall
from voicebot.records.campaigns import Disposition, NewAttempt, TargetState
from voicebot.records.status import CaseStatus, StatusChange
from voicebot.reports.facts import BenefitCount, CampaignFacts, Listed

DAY = SUNDAY.date()


@pytest.fixture
async def week(url: str) -> AsyncIterator[Records]:
    """The week, on each database."""
    async with open_records(url, KEYS, at=SUNDAY) as records:
        await fill(records)
        yield records


async def _campaign(records: Records, name: str) -> CampaignFacts:
    campaign = await records.campaigns.get(name)
    assert campaign is not None
    return await ReportReading(records).campaign(campaign)


def _names(listed: Listed) -> list[tuple[str, int]]:
    return sorted((one.who.name, one.in_a_row) for one in listed.misses)


async def test_a_day(week: Records) -> None:
    facts = await ReportReading(week).day(DAY)
    assert [(one.campaign, one.called, one.reached) for one in facts.people] == [
        ("care-alone", 4, 2),
        ("welfare-2026", 2, 2),
    ]
    assert (facts.in_all.called, facts.in_all.reached) == (4, 2)  # two of them by both
    care = {(one.disposition, one.result): one.count for one in facts.calls if one.service == "care"}
    assert care == {
        (Disposition.ANSWERED, CallResult.COMPLETED): 2,
        (Disposition.NO_ANSWER, None): 1,
        (Disposition.BUSY, None): 1,
    }
    assert [(one.service, one.count) for one in facts.others] == [("duty", 2)]
    assert [(one.kind, one.level, one.unseen) for one in facts.anomalies] == [
        ("fall", "urgent", 1),
        ("sleep", "note", 1),
    ]
    assert facts.benefits == (
        BenefitCount(kind="welfare_application", benefits=("mobile", "electricity"), count=1),
    )
    assert {(one.type, one.count, one.open) for one in facts.cases} == {
        ("", 1, 1),
        ("sinkhole", 1, 1),
        ("street_light", 1, 1),
    }
    (handoff,) = facts.handoffs
    assert (handoff.call_id, handoff.who.phone) == (FALLEN_CALL, FALLEN)
    assert [step.step for step in handoff.steps] == ["searching", "taken"]
    assert facts.opted_out == 1
    (fall,) = facts.listed.alerts  # a bad sleep may wait
    assert (fall.who.name, fall.campaign, fall.alert.details["also"]) == ("박순자", "care-alone", "pain")
    assert {one.case.details.get("type", "") for one in facts.listed.cases} == {"sinkhole", ""}
    assert [one.campaign for one in facts.listed.cases] == ["", "welfare-2026"]
    assert _names(facts.listed) == [("=HYPERLINK(1)", 1), ("이정수", 3)]
    assert facts.listed.left_out == 0


async def test_a_day_ends_at_midnight_in_korea(week: Records) -> None:
    reading = ReportReading(week)
    before = await reading.day(DAY - timedelta(days=1))
    assert [(one.campaign, one.called, one.reached) for one in before.people] == [("care-alone", 4, 3)]
    assert not before.anomalies and not before.listed.alerts and not before.others
    assert _names(before.listed) == [("이정수", 2)]  # what came later is not looked at
    after = await reading.day(DAY + timedelta(days=1))
    assert not after.people and not after.in_all.called and not after.cases
    assert len(after.listed.alerts) == 1 and not after.listed.misses  # still open on Monday


async def test_a_call_over_midnight_is_handed_over_once(week: Records) -> None:
    midnight = SUNDAY.replace(hour=0) + timedelta(days=1)
    began = midnight - timedelta(minutes=3)
    new = NewCall(call_id="duty-9", direction=Direction.INBOUND, service="duty", phone="+821022220009")
    await week.calls.begin(new, at=began)
    desk = RecordsDesk(week, now=lambda: began)
    for step, minutes in (("searching", -1), ("taken", 1)):
        await desk.perform("duty-9", "handoff", {"step": step}, at=midnight + timedelta(minutes=minutes))
    outcome = CallOutcome(result=CallResult.HANDED_OVER, reason="urgent")
    await week.calls.end("duty-9", outcome, at=midnight + timedelta(minutes=2))
    sunday = (await ReportReading(week).day(DAY)).handoffs
    assert [one.call_id for one in sunday] == [FALLEN_CALL, "duty-9"]
    assert [step.step for step in sunday[-1].steps] == ["searching", "taken"]
    assert not (await ReportReading(week).day(DAY + timedelta(days=1))).handoffs


async def test_what_was_seen_to_is_off_the_list(week: Records) -> None:
    (fall,) = (await ReportReading(week).day(DAY)).listed.alerts
    await week.alerts.see(fall.alert.number, by="kim", at=MONDAY)
    for case in (await ReportReading(week).day(DAY)).listed.cases:
        step = StatusChange(to=CaseStatus.ASSIGNED, by="kim", assignee="lee")
        await week.cases.change(case.case.number, step, at=MONDAY)
    facts = await ReportReading(week).day(DAY)
    assert not facts.listed.alerts and not facts.listed.cases
    assert sum(one.count for one in facts.cases) == 3  # they stay among what was opened
    assert {(one.kind, one.unseen) for one in facts.anomalies} == {("fall", 0), ("sleep", 1)}


async def test_a_campaign_that_looks_after_people(week: Records) -> None:
    facts = await _campaign(week, "care-alone")
    assert facts.states[TargetState.WAITING] == 4
    assert (facts.people.called, facts.people.reached) == (4, 3)
    assert [(one.day, one.attempts, one.people, one.reached) for one in facts.days] == [
        (date(2026, 11, 20), 4, 4, 3),
        (date(2026, 11, 21), 4, 4, 3),
        (date(2026, 11, 22), 4, 4, 2),
    ]
    (missed,) = facts.listed.misses  # once busy is no reason yet
    assert (missed.who.name, missed.in_a_row, missed.last) == ("이정수", 3, Disposition.NO_ANSWER)
    assert missed.since == SUNDAY - timedelta(days=2)
    assert [one.alert.kind for one in facts.listed.alerts] == ["fall"] and not facts.listed.cases


async def test_a_campaign_that_calls_once(week: Records) -> None:
    facts = await _campaign(week, "welfare-2026")
    assert sum(one.count for one in facts.benefits) == 1 and facts.opted_out == 1
    assert not facts.listed.misses and not facts.anomalies
    assert [one.case.call_id for one in facts.listed.cases] == [WELFARE_CALL]


async def test_a_person(week: Records) -> None:
    reading = ReportReading(week)
    person = await reading.find_person("K-2")
    assert person is not None and person.phone == FALLEN
    facts = await reading.person(person, {"meals", "fell"})
    assert [one.campaign for one in facts.contacts] == ["welfare-2026", *["care-alone"] * 3]
    assert facts.contacts[1].slots == {"meals": "yes", "fell": "yes"}  # nothing else was opened
    assert [alert.kind for alert in facts.contacts[1].alerts] == ["fall", "sleep"]
    assert [one.campaign for one in facts.opt_outs] == [""] and len(facts.consents) == 1
    assert [one.subject for one in facts.remembered] == ["무릎"]
    assert await reading.find_person("K-99") is None


async def test_of_a_long_life_only_the_newest(week: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicebot.adapters.records.reports.contacts.MOST_LISTED", 2)
    monkeypatch.setattr(people, "CHUNK", 1)
    reading = ReportReading(week)
    person = await reading.find_person("K-2")
    assert person is not None
    facts = await reading.person(person, ())
    assert ([one.call_id for one in facts.contacts], facts.left_out) == (
        ["welfare-2026-2", FALLEN_CALL],
        2,
    )


async def test_of_a_long_list_only_the_most_urgent(week: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_LISTED", 1)
    monkeypatch.setattr(missing, "MOST_LISTED", 1)
    listed = (await ReportReading(week).day(DAY)).listed
    assert [one.case.details.get("type") for one in listed.cases] == ["sinkhole"]
    assert (len(listed.alerts), len(listed.misses), listed.left_out) == (1, 1, 2)


async def _busy_again(week: Records, times: int) -> None:
    """Another call of one who was busy once."""
    campaign = await week.campaigns.get("care-alone")
    assert campaign is not None
    at = SUNDAY + timedelta(hours=times)
    targets = await week.campaigns.due(campaign.id, MONDAY + timedelta(days=1))
    (busy,) = [target for target in targets if target.phone == FORMULA]
    again = NewAttempt(id=f"again-{times}", target_id=busy.id, slot="2026-11-22 morning", engine="engine-1")
    await week.attempts.begin(again, at=at)
    await week.attempts.end(again.id, Disposition.BUSY, at=at, retry_at=MONDAY)


async def test_of_many_misses_the_longest_row(week: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    await _busy_again(week, 1)  # twice on Sunday, but only then
    assert _names((await ReportReading(week).day(DAY)).listed) == [("=HYPERLINK(1)", 2), ("이정수", 3)]
    monkeypatch.setattr(missing, "MOST_LISTED", 1)
    listed = (await ReportReading(week).day(DAY)).listed
    assert (_names(listed), listed.left_out) == ([("이정수", 3)], 1)


async def test_of_many_misses_of_a_campaign_the_longest_row(
    week: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    for times in (1, 2, 3):
        await _busy_again(week, times)
    listed = (await _campaign(week, "care-alone")).listed
    assert (_names(listed), listed.left_out) == ([("=HYPERLINK(1)", 4), ("이정수", 3)], 0)
    monkeypatch.setattr(missing, "MOST_LISTED", 1)
    listed = (await _campaign(week, "care-alone")).listed
    assert (_names(listed), listed.left_out) == ([("=HYPERLINK(1)", 4)], 1)


async def test_a_case_has_its_number_when_its_call_is_gone(week: Records) -> None:
    async with week.database.writing() as connection:
        await connection.execute(delete(CallRow).where(CallRow.service == "duty"))
    listed = (await ReportReading(week).day(DAY)).listed
    (hole,) = [one for one in listed.cases if one.case.details.get("type") == "sinkhole"]
    assert hole.who.phone == "+821022220009"


async def test_who_called_before_they_were_known(week: Records) -> None:
    person = await week.people.enrol("010-2222-0009", name="최민호", at=MONDAY)
    facts = await ReportReading(week).person(person, ())
    assert [one.call_id for one in facts.contacts] == ["duty-2"]
    assert [one.details["type"] for one in facts.cases] == ["sinkhole"]


async def test_the_list_of_a_campaign_tells_the_last_attempt(week: Records) -> None:
    campaign = await week.campaigns.get("care-alone")
    assert campaign is not None
    listed = [one async for one in CampaignListing(week.database).targets(campaign.id)]
    assert [(one.last_at, one.disposition, one.result) for one in listed] == [
        (SUNDAY, Disposition.ANSWERED, CallResult.COMPLETED),
        (SUNDAY, Disposition.ANSWERED, CallResult.COMPLETED),
        (SUNDAY, Disposition.NO_ANSWER, None),
        (SUNDAY, Disposition.BUSY, None),
    ]


async def test_a_number_beyond_64_bits_is_nobodys(week: Records) -> None:
    with pytest.raises(RecordsError):
        await week.cases.get(10**20)


async def test_a_call(week: Records) -> None:
    facts = await ReportReading(week).call(FALLEN_CALL)
    assert facts is not None
    assert (facts.who.name, facts.campaign, facts.attempt) == ("박순자", "care-alone", 1)
    assert facts.slot == "2026-11-22 morning" and len(facts.call.turns) == 3
    assert [alert.kind for alert in facts.alerts] == ["fall", "sleep"]
    assert [step.step for step in facts.handoff] == ["searching", "taken"]
    assert [report["level"] for report in facts.reports] == ["urgent"]
    assert facts.noted == ("handoff", "report")
    night = await ReportReading(week).call(DUTY_CALL)
    assert night is not None and night.attempt is None
    assert (night.who.phone, len(night.cases)) == ("+821022220008", 1)
    assert await ReportReading(week).call("call-99") is None


async def test_counting_opens_nothing(week: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = KEYS.open

    def noted(self: object, sealed: bytes, column: str) -> str:
        opened.append(column)
        return real(sealed, column)

    monkeypatch.setattr(type(KEYS), "open", noted)
    statements: list[str] = []
    engine = week.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    await ReportReading(week).day(DAY)
    assert not [column for column in opened if column.startswith(("turns.", "slots."))]
    assert not [text for text in statements if "turns" in text or "value_sealed" in text]
