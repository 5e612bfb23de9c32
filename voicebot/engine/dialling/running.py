"""The dialler of an engine, put together."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import uuid4

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.records.records import Records
from voicebot.campaigns.clock import SEOUL
from voicebot.engine.dialling.asterisk_trunk import AsteriskTrunk
from voicebot.engine.dialling.dialler import Dialler


def seoul_now() -> datetime:
    """The time in Korea."""
    return datetime.now(SEOUL)


def make_dialler(
    records: Records,
    ari: AriClient,
    *,
    engine: str,
    services: Collection[str],
    calls_now: Callable[[], int],
    lines: int,
    untold: Callable[[str], bool],
    wall_clock: Callable[[], datetime] = seoul_now,
) -> Dialler:
    """The dialler of an engine; whoever makes it lets it ``run``, and tells it what happens.

    The events of Asterisk come by ``asterisk_trunk.tell``, the outcomes of calls by ``conversation_ended``.

    Args:
        records: Open.
        ari: Of the engine's application.
        engine: The engine's name: the same after every restart, and no other engine's.
        services: Whose conversations this engine holds.
        calls_now: Calls that the engine holds, those of citizens who called included.
        lines: Calls that it takes at once.
        untold: Whether something that a call has told is not in the records yet.
        wall_clock: By which it calls.
    """
    served = frozenset(services)
    return Dialler(
        records=records,
        trunk=AsteriskTrunk(ari),
        engine=engine,
        calls_now=calls_now,
        lines=lines,
        wall_clock=wall_clock,
        monotonic=time.monotonic,
        new_id=lambda: f"attempt-{uuid4().hex}",
        serves=served.__contains__,
        untold=untold,
    )
