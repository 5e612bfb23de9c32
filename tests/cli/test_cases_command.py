"""``voicebot cases``: staff find a case, look at it and move it on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from tests.cli.records_at_hand import AtHand, at_hand
from tests.databases import NOON
from voicebot.adapters.records.records import Records
from voicebot.cli.cases import app
from voicebot.errors import RecordsError, StatusNotAllowed
from voicebot.records.calls import Direction, NewCall
from voicebot.records.cases import NewCase

__all__ = ["at_hand"]

LAMP = {"about": "가로등", "level": "P3", "type": "T01", "callback": "01012345678", "name": "김영희"}
LEAK = {"about": "누수", "level": "P2", "department": "상하수도과", "caller_id": "0311234567"}


async def _two_cases(records: Records) -> None:
    call = NewCall(call_id="call-1", direction=Direction.INBOUND, service="duty", phone="01012345678")
    await records.calls.begin(call, at=NOON)
    await records.cases.open(NewCase(call_id="call-1", details=LAMP), at=NOON)
    await records.cases.open(NewCase(details=LEAK), at=NOON + timedelta(days=2))


def test_cases_are_listed_by_what_they_are(at_hand: AtHand) -> None:
    at_hand.do(_two_cases)

    def numbers(*options: str) -> list[int]:
        return [case["number"] for case in at_hand.json(app, "list", *options)]

    assert numbers() == [1002, 1001]
    assert numbers("--limit", "1") == [1002]
    assert numbers("--level", "P3") == [1001]
    assert numbers("--level", "P3", "--level", "P2") == [1002, 1001]
    assert numbers("--service", "duty") == [1001]
    assert numbers("--since", "2026-11-24") == [1002]
    assert numbers("--department", "상하수도과") == [1002]
    assert numbers("--status", "접수") == numbers("--status", "received") == [1002, 1001]
    assert numbers("--status", "completed") == []
    assert at_hand.run(app, "list", "--status", "완료").stdout == "no such case\n"


def test_numbers_are_masked_unless_asked_for_and_then_it_is_audited(at_hand: AtHand) -> None:
    at_hand.do(_two_cases)
    (_, lamp) = at_hand.json(app, "list")
    assert lamp["details"]["callback"] == "010-****-5678" and lamp["details"]["name"] == "김**"
    assert (lamp["service"], lamp["level"], lamp["status_ko"]) == ("duty", "P3", "접수")
    assert lamp["opened_at"] == "2026-11-22T21:00:00+09:00"
    table = at_hand.run(app, "list").stdout
    assert "가로등" in table and "1234" not in table
    assert at_hand.do(lambda records: records.audit.newest()) == []
    (_, lamp) = at_hand.json(app, "list", "--full", "--by", "kim")
    assert lamp["details"]["callback"] == "01012345678"
    (entry,) = at_hand.do(lambda records: records.audit.newest())
    assert (entry.actor, entry.action, entry.subject) == ("kim", "case.looked_at", "cases/2")


def test_a_case_goes_its_way_and_shows_its_history(at_hand: AtHand) -> None:
    at_hand.do(_two_cases)
    by = ("--by", "kim")
    at_hand.json(app, "set-status", "1001", "담당자 지정", "--assignee", "lee", *by)
    at_hand.json(app, "set-status", "1001", "처리중", *by)
    extended = at_hand.json(app, "set-status", "1001", "extended", "--until", "2026-12-01", *by)
    assert extended == {
        "number": 1001,
        "status": "extended",
        "status_ko": "연장",
        "department": "",
        "assignee": "lee",
        "due_on": "2026-12-01",
    }
    moved = at_hand.run(
        app, "set-status", "1001", "이송", "--department", "도로과", "--note", "도로과 일", *by
    )
    assert moved.stdout == "case 1001: 이송, 도로과, until 2026-12-01\n"
    shown = at_hand.json(app, "show", "1001", *by)
    assert [step["to"] for step in shown["history"]] == [
        *("received", "assigned", "in_progress", "extended", "transferred"),
    ]
    assert shown["history"][-1]["note"] == "도로과 일"
    page = at_hand.run(app, "show", "1001", *by).stdout
    assert "이송 by kim: 도로과, 도로과 일" in page and "010-****-5678" in page
    entries = at_hand.do(lambda records: records.audit.newest(subject="case/1001"))
    assert [entry.action for entry in entries] == ["case.looked_at"] * 2 + ["case.changed"] * 4


def test_what_cannot_be_is_refused(at_hand: AtHand) -> None:
    at_hand.do(_two_cases)
    refused = at_hand.run(app, "set-status", "1001", "completed", "--by", "kim")
    assert isinstance(refused.exception, StatusNotAllowed) and "allowed: assigned" in str(refused.exception)
    for command in (("show", "7"), ("set-status", "7", "transferred", "--department", "도로과")):
        result = at_hand.run(app, *command, "--by", "kim")
        assert isinstance(result.exception, RecordsError) and "no case 7" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--status", "gone"), "no status"),
        (("list", "--level", "P9"), "no level"),
        (("list", "--service", "opera"), "no service"),
        (("list", "--since", "yesterday"), "write it as"),
        (("set-status", "1001", "gone"), "no status"),
        (("set-status", "1001", "assigned"), "needs --assignee"),
        (("set-status", "1001", "transferred"), "needs --department"),
        (("set-status", "1001", "extended"), "needs --until"),
        (("set-status", "1001", "extended", "--until", "soon"), "write it as"),
        (("set-status", "1001", "completed", "--assignee", "lee"), "does not go with"),
    ],
)
def test_bad_use_is_told_before_anything_is_opened(arguments: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})
    assert result.exit_code == 2 and said in result.output
