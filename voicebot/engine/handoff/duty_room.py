"""Who is on duty, by AMI: the members of the queue and what their telephones do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.ami.fields import DeviceState
from voicebot.adapters.asterisk.ami.models import QueueMember
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.engine.handoff.policy import Member, Presence
from voicebot.errors import TelephonyError

logger = logging.getLogger(__name__)

_AWAY = (DeviceState.INVALID, DeviceState.UNAVAILABLE)
_FREE = (DeviceState.NOT_IN_USE, DeviceState.UNKNOWN)
"""UNKNOWN: a telephone that tells nothing of itself, e.g. a number outside; the queue rings it too."""


class AmiDutyRoom:
    """Implements ``search.DutyRoom``.

    Args:
        ami: Not connected yet.
        queue: Whose members are on duty.
        engaged: Interfaces that we are ringing ourselves.
        wall_clock: Seconds since 1970, as the queue counts.
    """

    def __init__(
        self,
        ami: AmiClient,
        queue: str,
        *,
        engaged: Callable[[], Collection[str]],
        wall_clock: Callable[[], float],
    ) -> None:
        self._ami = ami
        self._queue = queue
        self._engaged = engaged
        self._wall_clock = wall_clock
        self._took: dict[str, float] = {}

    async def keep_connected(self, backoff: Backoff) -> None:
        """Log in, as often as it takes; the connection then keeps itself up until ``close``.

        Calls do not wait for it: without AMI the dialplan finds somebody.
        """
        while True:
            try:
                await self._ami.connect()
                return
            except TelephonyError as error:
                logger.warning(
                    "nobody can be briefed while AMI is away; the dialplan's queue takes the calls",
                    extra={"action": "duty_room", "reason": str(error)},
                )
            await asyncio.sleep(backoff.next_delay_s())

    async def close(self) -> None:
        """Log out."""
        await self._ami.close()

    async def members(self) -> tuple[Member, ...]:
        """See ``DutyRoom``."""
        status = await self._ami.queue_status(self._queue)
        engaged = self._engaged()
        return tuple(self._member(member, engaged) for member in status.members)

    def took_call(self, interface: str) -> None:
        """See ``DutyRoom``: the queue itself does not count the calls that we bring."""
        self._took[interface] = self._wall_clock()

    def _member(self, member: QueueMember, engaged: Collection[str]) -> Member:
        if member.paused or member.state in _AWAY:
            presence = Presence.AWAY
        elif member.interface in engaged or member.state not in _FREE:
            presence = Presence.BUSY
        else:
            presence = Presence.FREE
        return Member(
            interface=member.interface,
            presence=presence,
            penalty=member.penalty,
            last_call_s=max(float(member.last_call_s), self._took.get(member.interface, 0.0)),
        )
