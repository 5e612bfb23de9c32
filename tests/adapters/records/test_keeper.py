"""Whatever calls tell reaches the database once, whatever happens to it meanwhile."""

from __future__ import annotations

import errno
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.adapters.records.conftest import KEYS, NOON
from tests.adapters.records.kept import Trouble, kept, until
from tests.adapters.records.test_calls import CALL, DONE, TURN
from voicebot.adapters.records.calls import LOST
from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.journal import Journal, waiting
from voicebot.adapters.records.records import Records, open_records
from voicebot.errors import PhoneNumberError, RecordsUnavailable, VoicebotError
from voicebot.ports import CallBook, CaseDesk

ID = CALL.call_id


async def test_a_call_from_its_begin_to_its_end(records: Records, tmp_path: Path) -> None:
    async with kept(records, tmp_path) as one:
        book: CallBook = one.keeper
        desk: CaseDesk = one.keeper
        book.begin(CALL)
        book.add_turn(ID, TURN)
        assert await desk.perform(ID, "open_case", {"about": "가로등"}) == {"case_number": "1001"}
        state = {"status": "접수", "case_about": "가로등"}
        assert await desk.perform(ID, "look_up_case", {"number": "1001"}) == state
        book.end(ID, DONE, {"level": "P3"})
        assert await one.keeper.drain(60)
        call = await records.calls.get(ID)
        assert call is not None
        assert (call.outcome, call.turns, call.slots) == (DONE, (TURN,), {"level": "P3"})
        (case,) = await records.cases.newest()
        assert case.call_id == ID
        await until(lambda: not _size(tmp_path))
    assert waiting(tmp_path) == {".journal": 0, ".refused": 0, ".damaged": 0}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


async def test_a_database_that_is_down_holds_no_call_up(records: Records, tmp_path: Path) -> None:
    trouble = Trouble(records.database)
    async with kept(records, tmp_path) as one:
        trouble.down = True
        one.keeper.begin(CALL)
        assert await one.keeper.perform(ID, "alert", {"level": "P0"}) == {}  # it will be raised
        with pytest.raises(RecordsUnavailable):  # its number cannot be told: the flow goes to a person
            await one.keeper.perform(ID, "open_case", {"about": "가로등"})
        with pytest.raises(RecordsUnavailable):
            await one.keeper.perform(ID, "look_up_case", {"number": "1001"})
        for _ in range(3):
            before = len(one.pauses.asked)
            one.pauses.over()
            await until(partial(_more_than, one.pauses.asked, before))
        assert one.pauses.asked == [0.5, 1.0, 2.0, 5.0]
        assert one.keeper.depth == 3
        assert one.keeper.holds(ID) and not one.keeper.holds("another call")
        trouble.down = False
        one.pauses.over()
        assert await one.keeper.drain(60)
        assert one.keeper.depth == 0 and not one.keeper.holds(ID)
        (alert,), (case,) = await records.alerts.unseen(), await records.cases.newest()
        assert (alert.level, case.details["about"]) == ("P0", "가로등")
        assert await records.calls.get(ID) is not None


async def test_it_tells_whose_entries_wait(records: Records, tmp_path: Path) -> None:
    trouble = Trouble(records.database)
    async with kept(records, tmp_path) as one:
        trouble.down = True
        one.keeper.begin(CALL)
        one.keeper.end(ID, DONE, {})
        await until(lambda: one.pauses.asked)
        assert one.keeper.holds(ID) and not one.keeper.holds("another")
        one.die()
        async with kept(records, tmp_path) as next_one:
            # Of a lost engine any call may be: until its journal is written all are untold.
            assert next_one.keeper.holds(ID) and next_one.keeper.holds("another")
            trouble.down = False
            next_one.pauses.over()
            assert await next_one.keeper.drain(60)
            assert not next_one.keeper.holds(ID) and not next_one.keeper.holds("another")


def _more_than(asked: list[float], before: int) -> bool:
    return len(asked) > before


async def test_a_database_that_is_slow_holds_no_call_up(records: Records, tmp_path: Path) -> None:
    trouble = Trouble(records.database)
    async with kept(records, tmp_path, answer_limit_s=0) as one:
        trouble.answers.clear()
        assert await one.keeper.perform(ID, "notify", {"summary": "넘어짐"}) == {}
        with pytest.raises(RecordsUnavailable):
            await one.keeper.perform(ID, "open_case", {})
        with pytest.raises(RecordsUnavailable, match="too long"):
            await one.keeper.perform(ID, "look_up_case", {"caller_id": "01012345678"})
        trouble.answers.set()
        assert await one.keeper.drain(60)
        assert len(await records.notes.newest()) == len(await records.cases.newest()) == 1


async def test_a_full_disk_of_the_database_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        open_records(sqlite_url, KEYS, at=NOON) as records,
        kept(records, tmp_path / "journal") as one,
    ):
        pages = await _pragma(records, "page_count")
        await _pragma(records, f"max_page_count = {pages + 4}")
        one.keeper.begin(CALL)
        for number in range(1, 31):
            one.keeper.add_turn(ID, replace(TURN, number=number, heard="네 " * 700))
        one.keeper.end(ID, DONE, {})
        await until(lambda: one.pauses.asked)
        assert 0 < one.keeper.depth <= 32
        await _pragma(records, f"max_page_count = {pages * 100}")
        one.pauses.over()
        assert await one.keeper.drain(60)
        call = await records.calls.get(ID)
        assert call is not None and len(call.turns) == 30 and call.outcome == DONE


async def _pragma(records: Records, pragma: str) -> int:
    # The pool gives its one connection again, so the limit holds for what is written next.
    async with records.database.reading() as connection:
        return int((await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one())


async def test_what_is_refused_is_told_or_put_aside(records: Records, tmp_path: Path) -> None:
    async with kept(records, tmp_path) as one:
        with pytest.raises(VoicebotError, match="'dance' is not known here"):
            await one.keeper.perform(ID, "dance", {})
        with pytest.raises(PhoneNumberError):
            await one.keeper.perform(ID, "opt_out", {"callback": "anonymous"})
        one.keeper.add_turn("nobody", TURN)  # there is no such call
        assert "note_number" in await one.keeper.perform(ID, "note", {"kind": "test"})
    assert waiting(tmp_path)[".refused"] == 1
    await records.calls.begin(replace(CALL, call_id="nobody"), at=NOON)
    async with kept(records, tmp_path) as next_one:
        assert await next_one.keeper.drain(60)
    call = await records.calls.get("nobody")
    assert call is not None and call.turns == (TURN,)
    assert waiting(tmp_path)[".refused"] == 0


async def test_an_engine_that_stops_leaves_the_rest_to_the_next(records: Records, tmp_path: Path) -> None:
    trouble = Trouble(records.database)
    async with kept(records, tmp_path) as one:
        trouble.down = True
        one.keeper.begin(CALL)
        one.keeper.end(ID, DONE, {})
        await until(lambda: one.pauses.asked)
        assert not await one.keeper.drain(0)
    trouble.down = False
    async with kept(records, tmp_path) as next_one:
        assert await next_one.keeper.drain(60)
    call = await records.calls.get(ID)
    assert call is not None and call.outcome == DONE


async def test_the_calls_of_an_engine_that_died_are_ended(records: Records, tmp_path: Path) -> None:
    async with kept(records, tmp_path) as other, kept(records, tmp_path) as one:
        one.keeper.begin(CALL)
        other.keeper.begin(replace(CALL, call_id="of-another"))
        assert await one.keeper.drain(60) and await other.keeper.drain(60)
        one.die()
        async with kept(records, tmp_path) as next_one:
            assert await next_one.keeper.drain(60)
        lost, living = await records.calls.get(ID), await records.calls.get("of-another")
        assert lost is not None and lost.outcome == LOST
        assert living is not None and living.outcome is None


async def test_neither_disk_nor_database(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(journal: Journal, entries: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    trouble = Trouble(records.database)
    async with kept(records, tmp_path) as one:
        trouble.down = True
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "append", full)
            with pytest.raises(RecordsUnavailable):  # nobody may be promised anything now
                await one.keeper.perform(ID, "alert", {"level": "P0"})
            await until(lambda: one.pauses.asked)
        one.pauses.over()
        await until(lambda: len(one.pauses.asked) > 1)
        assert _size(tmp_path) > 0, "what had no place on the disk has one now"
        trouble.down = False
        one.pauses.over()
        assert await one.keeper.drain(60)
        assert [alert.level for alert in await records.alerts.unseen()] == ["P0"]


async def test_work_that_is_tried_twice_is_done_once(records: Records) -> None:
    desk = RecordsDesk(records, now=lambda: NOON)
    for name in ("open_case", "alert", "notify"):
        results = [await desk.perform(ID, name, {"summary": "x"}, work_id=f"work-{name}") for _ in range(2)]
        assert results[0] == results[1]
    topics = [message.topic for message in await records.outbox.due("mqtt", NOON)]
    assert sorted(topics) == ["alert", "case", "notify"]
