"""What calls tell, as entries of the journal, and what becomes of each in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.journal import Entry, EntryKind
from voicebot.adapters.records.records import Records
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn


def begin_content(call: NewCall, engine: str) -> dict[str, Any]:
    """Of a call that begins with an engine."""
    return asdict(call) | {"engine": engine}


def turn_content(turn: Turn) -> dict[str, Any]:
    """Of an exchange."""
    return asdict(turn)


def end_content(outcome: CallOutcome, slots: Mapping[str, str]) -> dict[str, Any]:
    """Of a call's end."""
    return {"result": outcome.result.value, "reason": outcome.reason, "slots": dict(slots)}


def work_content(name: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Of a piece of work."""
    return {"name": name, "arguments": dict(arguments)}


async def write_entry(entry: Entry, records: Records, desk: RecordsDesk) -> Mapping[str, str]:
    """Write an entry to the database; a second time changes nothing. Returns the result of work.

    Raises:
        RecordsUnavailable: Try again later.
        VoicebotError: The database, or the desk, refuses it.
    """
    calls, content = records.calls, entry.content
    match entry.kind:
        case EntryKind.BEGIN:
            call = NewCall(**(dict(content) | {"direction": Direction(content["direction"])}))
            await calls.begin(call, at=entry.at)
        case EntryKind.TURN:
            await calls.add_turn(entry.call_id, Turn(**content))
        case EntryKind.END:
            outcome = CallOutcome(result=CallResult(content["result"]), reason=content["reason"])
            await calls.end(entry.call_id, outcome, at=entry.at, slots=content["slots"])
        case EntryKind.LOST:
            await calls.end_lost(content["engine"], at=entry.at)
        case EntryKind.WORK:
            name, arguments = content["name"], content["arguments"]
            return await desk.perform(entry.call_id, name, arguments, at=entry.at, work_id=entry.id)
    return {}
