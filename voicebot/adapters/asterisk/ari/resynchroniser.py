"""Carries out ``resync.plan_resync`` against a real Asterisk."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import assert_never

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.resync import (
    AdoptCall,
    CloseCall,
    DestroyBridge,
    HangUpLeg,
    KnownCall,
    ReleaseCitizen,
    ResyncAction,
    plan_resync,
)
from voicebot.errors import ChannelGone, TelephonyError

logger = logging.getLogger(__name__)

# The list of channels and the events come over different connections: a channel may be in the list before its
# StasisStart has been read. What looks orphaned is looked at again after this time; on loopback an event
# takes below 1 ms, and a citizen must be in the duty queue within 5 s.
SETTLE_S = 0.3
# Requests under way at once: below the connections of AriHttp, so that running calls are still served.
_AT_ONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DialplanTarget:
    """A place in the dialplan."""

    context: str
    extension: str
    priority: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ResyncReport:
    """What was found and done; the engine goes on with ``adopted`` and ends ``closed``."""

    adopted: tuple[AdoptCall, ...] = ()
    closed: tuple[str, ...] = ()
    """Ids of calls whose citizen is not with us any more."""
    released: int = 0
    hung_up: int = 0
    destroyed: int = 0
    failed: int = 0
    """Actions that Asterisk did not carry out; the next run finds them again."""


class Resynchroniser:
    """Brings Asterisk and this process to the same state.

    To be run at every ``StreamConnected``, and now and then as a sweep: it does nothing where all is well.

    Args:
        client: Its application is what is looked after.
        calls: Tells the calls of this process at the moment it is asked.
        release_to: Where citizens without a call go; its first step must be ``Set(TIMEOUT(absolute)=0)``.
        settle_s: See ``SETTLE_S``.
    """

    def __init__(
        self,
        client: AriClient,
        calls: Callable[[], Collection[KnownCall]],
        release_to: DialplanTarget,
        *,
        settle_s: float = SETTLE_S,
    ) -> None:
        self._client = client
        self._calls = calls
        self._release_to = release_to
        self._settle_s = settle_s

    async def run(self, close: Callable[[CloseCall], None] = lambda call: None) -> ResyncReport:
        """Look, look again at what seems orphaned, and act.

        Args:
            close: Told of each call whose citizen is not with us any more, before its legs are taken down.

        Raises:
            AsteriskUnavailable: The lists could not be read; nothing was done.
        """
        plan = await self._look()
        if any(not isinstance(action, AdoptCall) for action in plan):
            await asyncio.sleep(self._settle_s)
            again = await self._look()
            plan = tuple(action for action in again if isinstance(action, AdoptCall) or action in plan)
        for action in plan:
            if isinstance(action, CloseCall):
                close(action)
        done = await self._perform(plan)
        return ResyncReport(
            adopted=tuple(action for action in plan if isinstance(action, AdoptCall)),
            closed=tuple(action.call_id for action in plan if isinstance(action, CloseCall)),
            released=done[ReleaseCitizen],
            hung_up=done[HangUpLeg],
            destroyed=done[DestroyBridge],
            failed=done[TelephonyError],
        )

    async def _look(self) -> tuple[ResyncAction, ...]:
        channels = await self._client.channels()
        bridges = await self._client.bridges()
        return plan_resync(
            channels=channels,
            bridges=bridges,
            # Asked last: a call that began while we listed is known here, though not yet in the lists; it is
            # then reported as closed, and the second look takes that back.
            calls=self._calls(),
            application=self._client.application,
        )

    async def _perform(self, plan: tuple[ResyncAction, ...]) -> Counter[type]:
        done: Counter[type] = Counter()
        gate = asyncio.Semaphore(_AT_ONCE)

        async def carry_out(action: ResyncAction) -> None:
            async with gate:
                try:
                    if await self._act(action):
                        done[type(action)] += 1
                except ChannelGone:
                    # It ended by itself between our look and our action: what we wanted.
                    return
                except TelephonyError as error:
                    done[TelephonyError] += 1
                    logger.warning(
                        "resynchronisation could not act",
                        extra={"action": "ari_resync", "reason": str(error)},
                    )

        # Citizens and legs at once, bridges when those are out of them.
        for stage in (_LEGS, _BRIDGES):
            async with asyncio.TaskGroup() as group:
                for action in plan:
                    if isinstance(action, stage):
                        group.create_task(carry_out(action))
        return done

    async def _act(self, action: ResyncAction) -> bool:
        """Carry out one action; whether it changed something."""
        match action:
            case ReleaseCitizen(channel_id=channel_id):
                to = self._release_to
                await self._client.continue_in_dialplan(
                    channel_id, context=to.context, extension=to.extension, priority=to.priority
                )
                return True
            case HangUpLeg(channel_id=channel_id):
                return await self._client.hang_up(channel_id)
            case DestroyBridge(bridge_id=bridge_id):
                return await self._client.destroy_bridge(bridge_id)
            case AdoptCall() | CloseCall():
                return False
            case _:
                assert_never(action)


_LEGS = (ReleaseCitizen, HangUpLeg)
_BRIDGES = (DestroyBridge,)
