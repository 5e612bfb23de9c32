"""Cases and alerts in one SQLite file, written before the citizen hears that they were."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from voicebot.errors import ConfigurationError, VoicebotError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cases (
    number    INTEGER PRIMARY KEY,
    opened_at TEXT NOT NULL,
    call_id   TEXT NOT NULL,
    slots     TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS alerts (
    number    INTEGER PRIMARY KEY,
    raised_at TEXT NOT NULL,
    call_id   TEXT NOT NULL,
    slots     TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS notes (
    number    INTEGER PRIMARY KEY,
    noted_at  TEXT NOT NULL,
    call_id   TEXT NOT NULL,
    slots     TEXT NOT NULL
) STRICT;
"""

_FIRST_NUMBER = 1001
"""Four digits from the first case on: read aloud digit by digit, a short number is easy to write down."""

_BUSY_MS = 5_000
"""How long a writer waits for another process (a command line beside the engine) to let go of the file."""


class CaseBook:
    """Implements ``ports.CaseDesk`` for ``open_case``, ``alert`` and the works that are only written down.

    Each work is one transaction in write-ahead mode with full synchronisation: a case whose number was told
    is on the disk. SQLite calls run in a thread, one at a time, off the event loop.
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime]) -> None:
        """Open or create the file.

        Args:
            path: The SQLite file; its folder is created.
            now: Wall clock with a time zone.

        Raises:
            ConfigurationError: The file cannot be opened or is not a case book.
        """
        self._now = now
        self._turn = asyncio.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"case book {path}: {error}; choose another [records] path") from error

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Do the named work and return its number: ``case_number``, ``alert_number``, else ``note_number``.

        Raises:
            VoicebotError: Unknown work, or the file could not be written.
        """
        table, key = _WORKS.get(name, ("", ""))
        if not table:
            raise VoicebotError(f"work {name!r} is not known here; known: {', '.join(_WORKS)}")
        async with self._turn:
            try:
                details = {"work": name, **arguments} if table == "notes" else arguments
                number = await asyncio.to_thread(self._insert, table, call_id, details)
            except sqlite3.Error as error:
                raise VoicebotError(f"work {name!r} could not be written: {error}") from error
        return {key: str(number)}

    def cases(self) -> list[dict[str, str]]:
        """All cases, the oldest first: ``number``, ``opened_at``, ``call_id`` and the slots."""
        rows = self._database.execute("SELECT number, opened_at, call_id, slots FROM cases ORDER BY number")
        return [
            {"number": str(number), "opened_at": opened_at, "call_id": call_id, **json.loads(slots)}
            for number, opened_at, call_id, slots in rows
        ]

    def notes(self) -> list[dict[str, str]]:
        """All works that were written down, the oldest first: ``number``, ``noted_at``, ``call_id``, ``work``
        and what it was asked with."""
        rows = self._database.execute("SELECT number, noted_at, call_id, slots FROM notes ORDER BY number")
        return [
            {"number": str(number), "noted_at": noted_at, "call_id": call_id, **json.loads(slots)}
            for number, noted_at, call_id, slots in rows
        ]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _insert(self, table: str, call_id: str, arguments: Mapping[str, str]) -> int:
        row = (
            _FIRST_NUMBER,
            self._now().isoformat(timespec="seconds"),
            call_id,
            json.dumps(dict(arguments), ensure_ascii=False),
        )
        time_column = _TIME_COLUMNS[table]
        statement = (
            f"INSERT INTO {table} (number, {time_column}, call_id, slots) "
            f"VALUES (coalesce((SELECT max(number) + 1 FROM {table}), ?), ?, ?, ?) RETURNING number"
        )
        (number,) = self._database.execute(statement, row).fetchone()
        return int(number)


NOTED = ("opt_out", "call_again", "remember", "report", "report_check")
"""What services ask to be kept and nobody acts upon by machine: staff read it, and nothing is lost."""

_WORKS = {
    "open_case": ("cases", "case_number"),
    "alert": ("alerts", "alert_number"),
    **dict.fromkeys(NOTED, ("notes", "note_number")),
}
"""Work → its table and the key of its result."""

_TIME_COLUMNS = {"cases": "opened_at", "alerts": "raised_at", "notes": "noted_at"}


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
