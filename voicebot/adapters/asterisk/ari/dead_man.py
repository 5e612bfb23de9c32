"""Keeps every call's dead man's switch wound up, so that a citizen whose engine dies is not left in silence.

``TIMEOUT(absolute)`` makes Asterisk itself take a channel out of our application a number of seconds after it
was last set, and go on at extension ``T`` of the channel's context, which sends it to the duty queue. As long
as this process lives it sets the timeout again and again; kill -9, a frozen loop and a lost network all end
that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.errors import ChannelGone, TelephonyError

logger = logging.getLogger(__name__)

VARIABLE = "TIMEOUT(absolute)"
# A citizen must be in the duty queue within 5 s of the engine's death; Asterisk 22.10 took a channel out of
# Stasis 4.01 s after this was set (measured).
TIMEOUT_S = 4.0
# Two more refreshes come before the switch falls, at 1.5 and 3.0 s, and the second is decided by 3.8 s.
PERIOD_S = 1.5
_REFRESH_DEADLINE_S = 0.8
# One slot in 20 ms: with 200 calls 2 or 3 refreshes at once, 0.2 ms of the loop's time each (measured), which
# is little beside the media's tick of 20 ms.
_SLOTS = 75


class RefreshWheel:
    """Which channels are due: a wheel of slots; a channel goes into the emptiest. No clock in it."""

    def __init__(self, slots: int = _SLOTS) -> None:
        self._slots: list[dict[str, None]] = [{} for _ in range(slots)]
        self._slot_of: dict[str, int] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._slot_of)

    def __contains__(self, channel_id: object) -> bool:
        return channel_id in self._slot_of

    def add(self, channel_id: str) -> None:
        """Take a channel in; one that is in already keeps its slot."""
        if channel_id in self._slot_of:
            return
        slot = min(range(len(self._slots)), key=lambda index: len(self._slots[index]))
        self._slots[slot][channel_id] = None
        self._slot_of[channel_id] = slot

    def remove(self, channel_id: str) -> None:
        """Let a channel go; one that is not in is no matter."""
        slot = self._slot_of.pop(channel_id, None)
        if slot is not None:
            del self._slots[slot][channel_id]

    def turn(self) -> tuple[str, ...]:
        """The channels of the next slot; after as many turns as there are slots, each was given once."""
        due = tuple(self._slots[self._next])
        self._next = (self._next + 1) % len(self._slots)
        return due


class DeadManSwitch:
    """Winds up ``TIMEOUT(absolute)`` of all calls from one task.

    Args:
        client: Sends the refreshes.
        sleep: Waits for a number of seconds (``asyncio.sleep`` in production).
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        client: AriClient,
        *,
        period_s: float = PERIOD_S,
        timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._period_s = period_s
        self._value = f"{timeout_s:g}"
        self._sleep = sleep
        self._clock = clock
        self._wheel = RefreshWheel()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self.failures = 0
        """Refreshes that did not reach Asterisk, since the start."""

    async def arm(self, channel_id: str) -> None:
        """Set the switch now and keep it wound up from here on.

        Raises:
            ChannelGone: The channel has left our application.
            AsteriskUnavailable: It could not be set; it is tried again at the channel's next turn.
        """
        self._wheel.add(channel_id)
        try:
            await self._client.set_variable(channel_id, VARIABLE, self._value)
        except ChannelGone:
            self._wheel.remove(channel_id)
            raise

    async def disarm(self, channel_id: str) -> None:
        """Take the switch off, before the call is handed on or two people are left to talk.

        A channel that is gone needs no switch: that is no error.

        Raises:
            AsteriskUnavailable: The switch could not be taken off and will fall.
        """
        await self.let_go(channel_id)
        try:
            await self._client.set_variable(channel_id, VARIABLE, "0")
        except ChannelGone:
            return

    async def let_go(self, channel_id: str) -> None:
        """Wind the switch up no more, before the call goes to a place whose first step takes it off.

        Until it gets there the switch still guards it: should we die, or the hand-over fail, it falls.
        """
        self._wheel.remove(channel_id)
        refresh = self._under_way.get(channel_id)
        if refresh is not None:
            # Or it would set the timeout again after it was taken off.
            await asyncio.wait({refresh})

    def forget(self, channel_id: str) -> None:
        """The channel has ended: nothing to do for it any more."""
        self._wheel.remove(channel_id)

    async def run(self) -> NoReturn:
        """Refresh until cancelled; a slow or silent Asterisk delays no other refresh."""
        slot_s = self._period_s / _SLOTS
        began, turned = self._clock(), 0
        async with asyncio.TaskGroup() as group:
            while True:
                # By the clock, not by the number of rests: on a busy machine each rest is longer than asked,
                # and 75 of them would outlast the timeout. What was slept through is made up for; a whole
                # round leaves nothing due.
                reached = int((self._clock() - began) / slot_s) + 1
                for _ in range(min(reached - turned, _SLOTS)):
                    for channel_id in self._wheel.turn():
                        if channel_id not in self._under_way:
                            task = group.create_task(self._refresh(channel_id))
                            self._under_way[channel_id] = task
                turned = reached
                await self._sleep(slot_s)
        raise AssertionError("the loop above ends by cancellation only")

    async def _refresh(self, channel_id: str) -> None:
        try:
            async with asyncio.timeout(_REFRESH_DEADLINE_S):
                await self._client.set_variable(channel_id, VARIABLE, self._value)
        except ChannelGone:
            self._wheel.remove(channel_id)
        except (TelephonyError, TimeoutError) as error:
            self.failures += 1
            logger.warning(
                "a dead man's switch could not be wound up",
                extra={"action": "dead_man", "channel_id": channel_id, "reason": str(error)},
            )
        finally:
            del self._under_way[channel_id]
