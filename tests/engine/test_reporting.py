"""Staff read of every call of a service with a report, however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from tests.engine.fake_asterisk import until
from tests.engine.office import Office, play
from voicebot.dialogue.actions import Do
from voicebot.engine.reporting import NotingDesk, file_report
from voicebot.errors import TelephonyError
from voicebot.outcome import CallOutcome
from voicebot.services.reporting import Report
from voicebot.testing.fakes import FakeCaseDesk


def _write(slots: Mapping[str, str], outcome: CallOutcome, works: Sequence[Do]) -> Report:
    return Report(level="note", lines=(f"[참고] {outcome.result}", slots["caller_id"]))


def test_a_call_that_is_hung_up_has_its_report() -> None:
    async def script(office: Office) -> None:
        office.write_report = _write
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.ring_off("c1")
        await office.over("c1")

    office = play(script)
    (report,) = [work for work in office.book.done if work.name == "report"]
    assert report.arguments["text"].startswith("[참고] hung_up")
    assert (report.arguments["level"], report.arguments["service"]) == ("note", "night")
    (record,) = office.timeline().of("report")
    assert record.details["succeeded"] is True


def test_a_call_whose_line_breaks_has_one_too() -> None:
    async def script(office: Office) -> None:
        office.write_report = lambda slots, outcome, works: Report(level="today", lines=(outcome.result,))
        office.asterisk.refuses["media"] = TelephonyError("refused")
        office.asterisk.enter("c1")
        await until(lambda: bool(office.book.done))

    assert play(script).book.done[0].arguments["text"] == "failed"


class _Broken:
    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        raise ZeroDivisionError


def test_a_desk_that_fails_costs_no_call(caplog: pytest.LogCaptureFixture) -> None:
    assert asyncio.run(file_report(_Broken(), "c1", {})) is False
    assert caplog.records[0].message == "a report was not taken"


def test_what_was_asked_of_the_desk_is_noted_even_if_it_fails() -> None:
    desk = NotingDesk(_Broken())
    with pytest.raises(ZeroDivisionError):
        asyncio.run(desk.perform("c1", "alert", {"kind": "fall"}))
    assert desk.asked == [Do(name="alert", arguments={"kind": "fall"})]


def test_the_fake_desk_is_a_desk() -> None:
    desk = NotingDesk(FakeCaseDesk({"open_case": {"case_number": "1"}}))
    assert asyncio.run(desk.perform("c1", "open_case", {})) == {"case_number": "1"}
