from __future__ import annotations

import asyncio
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicebot import services
from voicebot.adapters.records.case_book import CaseBook
from voicebot.errors import ConfigurationError, VoicebotError

SERVICES = Path(services.__file__).parent


def _noon() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


async def test_cases_are_numbered_and_kept(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "new" / "cases.db", now=_noon)
    first = await book.perform("call-1", "open_case", {"what": "가로등이 꺼졌어요"})
    second = await book.perform("call-2", "open_case", {})
    assert (first, second) == ({"case_number": "1001"}, {"case_number": "1002"})
    book.close()

    again = CaseBook(tmp_path / "new" / "cases.db", now=_noon)
    assert again.cases()[0] == {
        "number": "1001",
        "opened_at": "2026-11-22T12:00:00+00:00",
        "call_id": "call-1",
        "what": "가로등이 꺼졌어요",
    }
    again.close()


async def test_two_books_on_one_file_never_give_a_number_twice(tmp_path: Path) -> None:
    books = [CaseBook(tmp_path / "cases.db", now=_noon) for _ in range(2)]
    results = await asyncio.gather(*(books[n % 2].perform(f"call-{n}", "open_case", {}) for n in range(40)))
    assert len({result["case_number"] for result in results}) == 40
    for book in books:
        book.close()


async def test_an_alert_is_not_a_case(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    assert await book.perform("call-1", "alert", {"level": "P0"}) == {"alert_number": "1001"}
    assert book.cases() == []
    book.close()


async def test_every_work_that_a_service_asks_for_is_kept(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    asked = {
        action
        for flow in SERVICES.rglob("*.yaml")
        for action in re.findall(r"^ +do: (\w+)", flow.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"open_case", "alert", "opt_out"} <= asked
    for name in sorted(asked):
        assert await book.perform("call-1", name, {"callback": "01012345678"})
    assert {note["work"] for note in book.notes()} == asked - {"open_case", "alert"}
    assert book.notes()[0]["noted_at"] == "2026-11-22T12:00:00+00:00"
    assert {note["callback"] for note in book.notes()} == {"01012345678"}
    book.close()


async def test_unknown_work_is_named(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    with pytest.raises(VoicebotError, match="'dance' is not known here; known: open_case, alert"):
        await book.perform("call-1", "dance", {})
    book.close()


async def test_a_failing_disk_is_an_error_of_the_work(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    with sqlite3.connect(tmp_path / "cases.db") as other:
        other.execute("DROP TABLE cases")
    other.close()
    with pytest.raises(VoicebotError, match="'open_case' could not be written: no such table"):
        await book.perform("call-1", "open_case", {})
    book.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "cases.db").write_text("not a database" * 100)
    with pytest.raises(ConfigurationError, match=r"cases\.db: file is not a database"):
        CaseBook(tmp_path / "cases.db", now=_noon)
