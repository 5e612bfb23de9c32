"""The end of an attempt, written once: its disposition, and what becomes of the person."""

from __future__ import annotations

from datetime import datetime

from voicebot.adapters.records.dialling import DiallingRecords, PastAttempt, rung_since
from voicebot.adapters.records.records import Records
from voicebot.campaigns.causes import NOT_RUNG
from voicebot.campaigns.clock import at_minute, local
from voicebot.campaigns.retrying import Ended, History, after
from voicebot.engine.dialling.live_call import LiveCall
from voicebot.records.campaigns import Disposition

_MISSES = 3
"""Slots in a row in which nobody was reached: then somebody goes and looks."""

_REACHED = Disposition.ANSWERED


async def write_end(records: Records, dialling: DiallingRecords, call: LiveCall, now: datetime) -> Ended:
    """Write how an attempt ended.

    Args:
        records: Open.
        dialling: Over the same database.
        call: It is over.
        now: Wall clock.

    Returns:
        How it ended.

    Raises:
        RecordsError: It could not be written: try again.
    """
    attempt = call.attempt
    kept = await dialling.conversation(attempt.id)
    ended = call.ended(
        began=kept.began, outcome=kept.outcome, heard=kept.heard, call_again=kept.call_again, now=now
    )
    past = await dialling.past(attempt.target_id)
    found = after(call.plan, attempt.slot, ended, _history(call, ended, past, now), now)
    missed = _missed(attempt.slot, past) if found.given_up and call.plan.repeats else 0
    if missed and missed % _MISSES == 0:
        # Before the end, which is written once: the alert may come twice, but is never lost.
        await records.alerts.raise_alert(
            {"kind": "not_reached", "level": "P2", "misses": str(missed)},
            at=now,
            call_id=attempt.id,
            person_id=attempt.person_id,
        )
    await records.attempts.end(
        attempt.id,
        ended.disposition,
        at=now,
        retry_at=found.retry_at,
        priority=found.priority,
        exclude=found.exclude,
        cause=call.cause,
        tech_cause="" if call.sip_status is None else str(call.sip_status),
    )
    return ended


def _history(call: LiveCall, ended: Ended, past: list[PastAttempt], now: datetime) -> History:
    midnight = at_minute(local(now).date(), 0)
    same = [attempt.disposition for attempt in past if attempt.slot == call.attempt.slot]
    rung = ended.disposition not in NOT_RUNG and call.attempt.begun_at >= midnight
    return History(in_slot=(*reversed(same), ended.disposition), today=rung_since(past, midnight) + int(rung))


def _missed(slot: str, past: list[PastAttempt]) -> int:
    """Slots in a row, this one included, in which nobody was reached."""
    reached: dict[str, bool] = {slot: False}
    for attempt in past:  # the newest first
        reached[attempt.slot] = reached.get(attempt.slot, False) or attempt.disposition is _REACHED
    missed = 0
    for was_reached in reached.values():
        if was_reached:
            break
        missed += 1
    return missed
