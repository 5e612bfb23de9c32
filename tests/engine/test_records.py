"""The records as the engine opens them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicebot.adapters.records.encryption import VARIABLE, new_key
from voicebot.adapters.records.journal import waiting
from voicebot.adapters.records.records import open_records
from voicebot.config import RECORDS_URL_VARIABLE, Settings
from voicebot.engine.records import open_kept_records, passing_records, reach_records
from voicebot.errors import ConfigurationError, RecordsKeyError
from voicebot.records.calls import Direction, NewCall

CALL = NewCall(call_id="call-1", direction=Direction.INBOUND, service="duty")


async def test_new_tables_are_made_and_what_was_told_is_there_at_the_end(tmp_path: Path) -> None:
    reach = passing_records(tmp_path)
    async with open_kept_records(reach) as kept:
        kept.keeper.begin(CALL)
    async with open_records(reach.url, reach.keys, at=datetime.now(UTC)) as records:
        assert await records.calls.get("call-1") is not None
    assert waiting(reach.journal) == {".journal": 0, ".refused": 0, ".damaged": 0}


async def test_another_key_is_told_at_the_start(tmp_path: Path) -> None:
    reach = passing_records(tmp_path)
    async with open_kept_records(reach):
        pass
    with pytest.raises(RecordsKeyError, match="add the missing one behind the newest"):
        async with open_kept_records(replace(reach, keys=passing_records(tmp_path).keys)):
            pass


async def test_a_journal_that_cannot_be_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reach = replace(passing_records(tmp_path), journal=tmp_path / "file" / "journal")
    with pytest.raises(ConfigurationError, match=r"\[records\] journal"):
        async with open_kept_records(reach):
            pass


def test_key_and_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv(RECORDS_URL_VARIABLE, raising=False)
    with pytest.raises(RecordsKeyError, match="voicebot records new-key"):
        reach_records(Settings())
    monkeypatch.setenv(VARIABLE, new_key())
    assert reach_records(Settings()).url == Settings().records.url
    monkeypatch.setenv(RECORDS_URL_VARIABLE, "postgresql://voicebot:secret@db/city")
    reach = reach_records(Settings())
    assert reach.url == "postgresql://voicebot:secret@db/city"
