"""Cases and alerts in one SQLite file, written before the citizen hears that they were."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from voicebot.dialogue.understanding.resident import without_resident_number
from voicebot.errors import ConfigurationError, VoicebotError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cases (
    number    INTEGER PRIMARY KEY,
    opened_at TEXT NOT NULL,
    call_id   TEXT NOT NULL,
    slots     TEXT NOT NULL,
    status    TEXT NOT NULL DEFAULT '접수'
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

LOOK_UP = "look_up_case"

_ADD_STATUS = "ALTER TABLE cases ADD COLUMN status TEXT NOT NULL DEFAULT '접수'"
"""For files of before cases had a status."""

_FIRST_NUMBER = 1001
"""Four digits from the first case on: read aloud digit by digit, a short number is easy to write down."""

_BUSY_MS = 5_000
"""How long a writer waits for another process (a command line beside the engine) to let go of the file."""


STATUSES = ("접수", "담당자 지정", "처리중", "이송", "완료")
"""How a case goes, in this order; 이송 is the end of it for the city."""

NOT_FOUND = {"status": "없음", "case_about": "없음"}
"""What is told of a case that is not there, and of one that another telephone made: the same."""


class CaseBook:
    """Implements ``ports.CaseDesk``: cases are opened and looked up, alerts raised, all else is written down.

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

        ``look_up_case`` returns ``status`` and ``case_about`` instead. A resident number that got so far goes
        no further: it is blanked in whatever is written.

        Raises:
            VoicebotError: Unknown work, or the file could not be written.
        """
        table, key = _WORKS.get(name, ("", ""))
        if not table and name != LOOK_UP:
            known = ", ".join((*_WORKS, LOOK_UP))
            raise VoicebotError(f"work {name!r} is not known here; known: {known}")
        arguments = {key: without_resident_number(value) for key, value in arguments.items()}
        async with self._turn:
            if name == LOOK_UP:
                return await asyncio.to_thread(self._look_up, arguments)
            try:
                details = {"work": name, **arguments} if table == "notes" else arguments
                number = await asyncio.to_thread(self._insert, table, call_id, details)
            except sqlite3.Error as error:
                raise VoicebotError(f"work {name!r} could not be written: {error}") from error
        return {key: str(number)}

    def cases(self) -> list[dict[str, str]]:
        """All cases, the oldest first: the slots, ``number``, ``opened_at``, ``call_id`` and ``status``."""
        rows = self._database.execute(
            "SELECT number, opened_at, call_id, status, slots FROM cases ORDER BY number"
        )
        return [
            {
                **json.loads(slots),
                "number": str(number),
                "opened_at": opened_at,
                "call_id": call_id,
                "status": status,
            }
            for number, opened_at, call_id, status, slots in rows
        ]

    def set_status(self, number: int, status: str) -> None:
        """Note how a case is coming along.

        Args:
            number: The case's.
            status: One of ``STATUSES``.

        Raises:
            VoicebotError: There is no such case or status, or the file cannot be written.
        """
        if status not in STATUSES:
            raise VoicebotError(f"no status {status!r}; use one of {', '.join(STATUSES)}")
        try:
            found = self._database.execute(
                "UPDATE cases SET status = ? WHERE number = ?", (status, number)
            ).rowcount
        except sqlite3.Error as error:
            raise VoicebotError(f"the status of case {number} could not be written: {error}") from error
        if not found:
            raise VoicebotError(f"no case {number}; look its number up with cases list")

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

    def _look_up(self, arguments: Mapping[str, str]) -> dict[str, str]:
        """Status of the case with ``number``, or of the latest one, among those made from ``caller_id``."""
        caller_id, number = arguments.get("caller_id", ""), arguments.get("number", "")
        if not caller_id:
            return dict(NOT_FOUND)
        try:
            row = self._database.execute(_LOOK_UP, {"caller_id": caller_id, "number": number}).fetchone()
        except sqlite3.Error as error:
            raise VoicebotError(f"the case could not be looked up: {error}") from error
        return {"status": row[0], "case_about": row[1]} if row is not None else dict(NOT_FOUND)

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


_LOOK_UP = """
SELECT status, coalesce(json_extract(slots, '$.about'), '민원') FROM cases
WHERE :caller_id IN (json_extract(slots, '$.caller_id'), json_extract(slots, '$.callback'))
AND (:number = '' OR number = CAST(:number AS INTEGER))
ORDER BY number DESC LIMIT 1
"""

NOTED = ("opt_out", "call_again", "remember", "report", "report_check", "note", "notify")
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
        if "status" not in {row[1] for row in database.execute("PRAGMA table_info(cases)")}:
            database.execute(_ADD_STATUS)
    except sqlite3.Error:
        database.close()
        raise
    return database
