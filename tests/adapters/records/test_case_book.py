from __future__ import annotations

import asyncio
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicebot import services
from voicebot.adapters.records.case_book import STATUSES, CaseBook
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
        "status": "접수",
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
    assert {note["work"] for note in book.notes()} == asked - {"open_case", "alert", "look_up_case"}
    assert book.notes()[0]["noted_at"] == "2026-11-22T12:00:00+00:00"
    assert {note["callback"] for note in book.notes()} == {"01012345678"}
    book.close()


async def _looked_up(book: CaseBook, **arguments: str) -> str:
    return (await book.perform("call-2", "look_up_case", arguments))["status"]


async def test_a_case_is_told_to_the_telephone_that_made_it_and_to_no_other(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    told = {"about": "가로등", "caller_id": "01012345678", "callback": "0311234567"}
    await book.perform("call-1", "open_case", told)
    await book.perform("call-1", "open_case", told)
    book.set_status(1001, "처리중")
    assert await book.perform("call-2", "look_up_case", {"number": "1001", "caller_id": "01012345678"}) == {
        "status": "처리중",
        "case_about": "가로등",
    }
    assert await _looked_up(book, number="1001", caller_id="0311234567") == "처리중"
    assert await _looked_up(book, caller_id="01012345678") == "접수", "the latest one"
    assert await _looked_up(book, number="1001", caller_id="01099999999") == "없음"
    assert await _looked_up(book, number="1003", caller_id="01012345678") == "없음"
    assert await _looked_up(book, number="1001") == "없음", "a withheld number is nobody's"
    book.close()


async def test_a_status_is_one_of_five(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    await book.perform("call-1", "open_case", {})
    for status in STATUSES:
        book.set_status(1001, status)
        assert book.cases()[0]["status"] == status
    with pytest.raises(VoicebotError, match="no status '끝'; use one of 접수, 담당자 지정"):
        book.set_status(1001, "끝")
    with pytest.raises(VoicebotError, match="no case 1002"):
        book.set_status(1002, "완료")
    book.close()


async def test_a_file_without_status_is_brought_up_to_date(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "cases.db") as old:
        old.execute(
            "CREATE TABLE cases (number INTEGER PRIMARY KEY, opened_at TEXT NOT NULL, call_id TEXT NOT NULL, "
            "slots TEXT NOT NULL) STRICT"
        )
        old.execute("INSERT INTO cases VALUES (1001, '2026-11-22T12:00:00+00:00', 'call-1', '{}')")
    old.close()
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    assert book.cases()[0]["status"] == "접수"
    book.close()


async def test_a_resident_number_is_never_written(tmp_path: Path) -> None:
    book = CaseBook(tmp_path / "cases.db", now=_noon)
    spoken = "제 번호는 구공공일공일 일이삼사오육칠이고 아홉공공하나공하나 하나둘셋넷다섯여섯일곱"
    for work in ("open_case", "alert", "note"):
        await book.perform("call-1", work, {"what": spoken, "summary": "900101-1234567"})
    book.close()
    with sqlite3.connect(tmp_path / "cases.db") as file:
        kept = "".join(
            slots
            for table in ("cases", "alerts", "notes")
            for (slots,) in file.execute(f"SELECT slots FROM {table}")
        )
    file.close()
    assert "일이삼사" not in kept and "하나둘" not in kept and "1234567" not in kept
    assert kept.count("######-#######") == 9


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
