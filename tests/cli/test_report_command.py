"""``voicebot report``: from the records to screen, paper and tables."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from tests.cli.records_at_hand import AtHand, at_hand
from tests.week import FALLEN, FALLEN_CALL, SUNDAY, fill
from voicebot.adapters.records.records import Records
from voicebot.cli import report
from voicebot.cli.report import app
from voicebot.errors import VoicebotError
from voicebot.records.people import NewPerson

__all__ = ["at_hand"]

BY = ("--by", "kim")
DAY = ("day", "2026-11-22")
SUBJECTS: dict[tuple[str, ...], str] = {
    DAY: "day/2026-11-22",
    ("person", "010-2222-0002"): "person/2",
    ("call", FALLEN_CALL): f"call/{FALLEN_CALL}",
    ("campaign", "care-alone"): "campaign/1",
}
"""Words of a command → what stands in the audit."""

WHOLE = ("박순자", "010-2222-0002", "01022220002", "김영희")


def _audit(at_hand: AtHand) -> list[Any]:
    return at_hand.do(lambda records: records.audit.newest(1))


def test_each_report_is_masked_and_stands_in_the_audit(at_hand: AtHand) -> None:
    at_hand.do(fill)
    for words, subject in SUBJECTS.items():
        for more in ((), ("--json",)):
            shown = at_hand.run(app, *words, *BY, *more)
            assert shown.exit_code == 0, shown.exception
            assert "박**" in shown.stdout and "0002" in shown.stdout
            assert not [text for text in WHOLE if text in shown.stdout]
        (line,) = _audit(at_hand)
        assert (line.action, line.actor, line.subject) == ("report.made", "kim", subject)
        assert line.details == {"numbers": "masked", "to": "json"}


def test_whole_numbers_are_noted(at_hand: AtHand, tmp_path: Path) -> None:
    at_hand.do(fill)
    file = tmp_path / "day.html"
    assert at_hand.json(app, *DAY, *BY, "--numbers", "--out", str(file))["file"] == str(file)
    page = file.read_text(encoding="utf-8")
    assert "010-2222-0002" in page and "박순자" in page and "=HYPERLINK(1)" in page
    (line,) = _audit(at_hand)
    assert line.details == {"numbers": "whole", "to": ".html"}


def test_every_format_tells_the_same(at_hand: AtHand, tmp_path: Path) -> None:
    at_hand.do(fill)
    told = at_hand.json(app, *DAY, *BY)
    (first, *_) = told["tables"]["follow_up"]
    assert (first["name"], first["urgency"]) == ("박** (K-2)", "urgent")
    for suffix in (".csv", ".xlsx", ".html"):
        assert at_hand.run(app, *DAY, *BY, "--out", str(tmp_path / f"day{suffix}")).exit_code == 0
    with (tmp_path / "day.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    start = rows.index(["사람이 전화해야 할 분"])
    assert rows[start + 2] == [value for key, value in first.items() if key != "urgency"]
    assert any(row and row[0].startswith("'=") for row in rows)
    sheet = load_workbook(tmp_path / "day.xlsx")["사람이 전화해야 할 분"]
    assert [cell.value for cell in sheet[2]] == rows[start + 2]
    assert "박** (K-2)" in (tmp_path / "day.html").read_text(encoding="utf-8")


def test_yesterday_is_the_day_that_is_printed_each_morning(
    at_hand: AtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_hand.do(fill)
    # It is Sunday still in UTC, and Monday in Korea.
    monkeypatch.setattr(report, "today", lambda: (SUNDAY + timedelta(hours=22)).date())
    assert at_hand.json(app, "day", *BY)["subject"] == "2026년 11월 22일 (일)"


def test_the_calendar_is_that_of_korea() -> None:
    assert abs((datetime.now(SUNDAY.tzinfo).date() - report.today()).days) <= 1


def test_a_person_by_number_key_or_record(at_hand: AtHand) -> None:
    at_hand.do(fill)
    for id in ("010-2222-0002", FALLEN, "K-2", "2", "#2"):
        assert at_hand.json(app, "person", id, *BY)["subject"].startswith("박** (K-2)"), id


async def _same_number(records: Records) -> None:
    await fill(records)
    await records.people.enrol_many([NewPerson(phone="+821099990000", external_id="2")], at=SUNDAY)


def test_a_key_that_is_also_a_record_is_asked_about(at_hand: AtHand) -> None:
    at_hand.do(_same_number)
    result = at_hand.run(app, "person", "2", *BY)
    assert isinstance(result.exception, VoicebotError) and "give the telephone number" in str(
        result.exception
    )
    assert at_hand.json(app, "person", "#2", *BY)["subject"].startswith("박** (K-2)")


async def _keys_like_numbers(records: Records) -> None:
    await fill(records)
    rows = [
        NewPerson(
            phone="+821099990000", name="최민호", external_id="21234567"
        ),  # 02-123-4567 without its zero
        NewPerson(phone="+821099990001", external_id="01022220002"),
    ]
    await records.people.enrol_many(rows, at=SUNDAY)


def test_a_key_that_reads_like_a_telephone_number(at_hand: AtHand) -> None:
    at_hand.do(_keys_like_numbers)
    assert at_hand.json(app, "person", "21234567", *BY)["subject"].startswith("최** (21234567)")
    result = at_hand.run(app, "person", "01022220002", *BY)
    assert isinstance(result.exception, VoicebotError)
    assert "give the record's number: #2 or #6" in str(result.exception)


REFUSED = {
    ("call", "call-99"): "there is no call 'call-99'",
    ("person", "010-9876-5432"): "nobody is known by this number or key",
    ("person", "K-99"): "nobody is known",
    ("person", "9" * 20): "nobody is known",
    ("campaign", "other"): "there is no campaign 'other'; there are: none yet",
    (*DAY, "--out", "day.pdf"): "day.pdf: give a name that ends in .csv, .xlsx, .html",
    (*DAY, "--out", "missing/day.csv"): "missing/day.csv: cannot be written",
}


def test_what_cannot_be_told(at_hand: AtHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words, problem in REFUSED.items():
        result = at_hand.run(app, *words, *BY)
        assert isinstance(result.exception, VoicebotError), words
        assert problem in str(result.exception)


@pytest.mark.parametrize(
    ("day", "problem"),
    [("2026-11-31", "is no day; write it as"), ("22.11.", "is no day"), ("2999-01-01", "has not begun")],
)
def test_days_that_are_none(day: str, problem: str) -> None:
    assert CliRunner().invoke(app, ["day", day]).exit_code == 2
    with pytest.raises(typer.BadParameter, match=problem):
        report.wanted_day(day, SUNDAY.date())
