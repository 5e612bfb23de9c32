"""The journal: what is accepted is on the disk, and found by whoever comes next."""

from __future__ import annotations

import errno
import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.journal import Entry, EntryKind, Journal, waiting
from voicebot.errors import ConfigurationError, RecordsKeyError


def _entry(number: int) -> Entry:
    content = {"name": "alert", "arguments": {"said": "넘어졌어요", "number": str(number)}}
    return Entry(kind=EntryKind.WORK, call_id="call-1", at=NOON + timedelta(seconds=number), content=content)


def _died(journal: Journal) -> None:
    """The process is gone, and with it its lock; its file stays."""
    os.close(journal._file)


def _adopted(folder: Path) -> list[Entry]:
    journal = Journal(folder, KEYS)
    try:
        return journal.adopt()
    finally:
        journal.clear()
        journal.close()


def test_what_a_process_left_is_taken_over_once(tmp_path: Path) -> None:
    first = Journal(tmp_path, KEYS)
    first.append([_entry(1), _entry(2)])
    first.append([_entry(3)])
    _died(first)
    *entries, lost = _adopted(tmp_path)
    assert entries == [_entry_like(entry, number) for entry, number in zip(entries, (1, 2, 3), strict=True)]
    assert (lost.kind, lost.content) == (EntryKind.LOST, {"engine": first.name})
    assert _adopted(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def _entry_like(entry: Entry, number: int) -> Entry:
    made = _entry(number)
    return Entry(kind=made.kind, call_id=made.call_id, at=made.at, content=made.content, id=entry.id)


def test_a_process_that_lives_keeps_its_own(tmp_path: Path) -> None:
    living = Journal(tmp_path, KEYS)
    living.append([_entry(1)])
    living.refuse(_entry(2))
    assert _adopted(tmp_path) == []
    living.close()
    assert [entry.kind for entry in _adopted(tmp_path)] == [EntryKind.WORK, EntryKind.LOST, EntryKind.WORK]


def test_nothing_in_it_can_be_read_without_the_key(tmp_path: Path) -> None:
    journal = Journal(tmp_path, KEYS)
    journal.append([_entry(1)])
    _died(journal)
    (path,) = tmp_path.iterdir()
    assert "넘어졌" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    other = Journal(tmp_path, Keyring([b"o" * 32]))
    with pytest.raises(RecordsKeyError, match=r"journal\.entry is sealed with the key"):
        other.adopt()
    other.close()
    assert len(_adopted(tmp_path)) == 2


def test_a_line_that_was_torn_by_a_kill_is_none(tmp_path: Path) -> None:
    journal = Journal(tmp_path, KEYS)
    journal.append([_entry(1), _entry(2)])
    _died(journal)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) - 40, len(whole) // 2 + 3):
        path.write_bytes(whole[:length])
        assert [entry.kind for entry in _adopted(tmp_path)] == [EntryKind.WORK, EntryKind.LOST]
        path.write_bytes(b"")


def test_a_full_disk_tears_a_line_and_loses_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path, KEYS)
    journal.append([_entry(1)])
    write = os.write

    def half(file: int, data: bytes) -> int:
        if len(data) > 60:
            return write(file, data[:60])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", lambda file, data: half(file, data[:61]))
    with pytest.raises(OSError, match="No space left"):
        journal.append([_entry(2)])
    monkeypatch.undo()
    journal.append([_entry(3)])
    _died(journal)
    with caplog.at_level(logging.ERROR):
        entries = _adopted(tmp_path)
    numbers = [entry.content["arguments"]["number"] for entry in entries if entry.kind is EntryKind.WORK]
    assert numbers == ["1", "3"]
    assert caplog.records[0].message == "lines of a journal do not open and were put aside"
    assert waiting(tmp_path) == {".journal": 0, ".refused": 0, ".damaged": 1}


def test_what_is_damaged_of_a_journal_and_of_what_was_refused_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path, KEYS)
    journal.append([_entry(1)])
    journal.refuse(_entry(2))
    _died(journal)
    for path in tmp_path.iterdir():
        path.write_bytes(b"damaged\n" + path.read_bytes())
    assert len(_adopted(tmp_path)) == 3  # both, and that the engine was lost
    assert waiting(tmp_path) == {".journal": 0, ".refused": 0, ".damaged": 2}


def test_an_empty_journal_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "journal", KEYS)
    journal.append([_entry(1)])
    journal.clear()
    journal.close()
    assert list((tmp_path / "new" / "journal").iterdir()) == []
    assert waiting(tmp_path / "absent") == {".journal": 0, ".refused": 0, ".damaged": 0}


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"\[records\] journal: .*choose a folder"):
        Journal(tmp_path / "file" / "journal", KEYS)
