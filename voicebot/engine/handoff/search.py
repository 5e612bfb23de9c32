"""The search for an officer for one citizen, carried out: rings, briefs, and tells what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol, assert_never

from voicebot.adapters.asterisk.ari import naming
from voicebot.dialogue.actions import Segment
from voicebot.engine.handoff.company import Company
from voicebot.engine.handoff.officer import OfficerLeg
from voicebot.engine.handoff.policy import (
    GiveUp,
    Limits,
    LookAgain,
    Member,
    Ring,
    RingResult,
    Search,
    staffed,
)
from voicebot.engine.handoff.telephones import Telephones
from voicebot.errors import ChannelGone, TelephonyError

logger = logging.getLogger(__name__)


class DutyRoom(Protocol):
    """Who is on duty."""

    async def members(self) -> tuple[Member, ...]:
        """The members of the queue, as they are now.

        Raises:
            TelephonyError: It cannot be known: the dialplan then finds somebody.
        """
        ...

    def took_call(self, interface: str) -> None:
        """An officer took a citizen: the others come first next time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What all calls share to find people."""

    room: DutyRoom
    telephones: Telephones
    limits: Limits
    told: Callable[[str, float], Awaitable[bool]]
    """Waits until the desk's broker knows of a subject, at most so many seconds; whether it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What an officer is told of a citizen."""

    caller: str
    """The citizen's number, shown on the telephone; may be empty."""
    briefing: tuple[Segment, ...]
    """With the keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An officer pressed 1 and holds the line."""

    officer: OfficerLeg


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyTook:
    """Officers are on duty, but none took the call."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstaffed:
    """Nobody is on duty, or nobody can tell: a matter for the dialplan."""


Found = Taken | NobodyTook | Unstaffed


class Searcher:
    """Searches for officers for one call, once or several times.

    Args:
        call_id: The call's.
        people: What all calls share.
        record: Writes to the timeline: track, event and details.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        call_id: str,
        people: People,
        record: Callable[..., None],
        clock: Callable[[], float],
    ) -> None:
        self._call_id = call_id
        self._people = people
        self._record = record
        self._clock = clock
        self._numbers = count(1)
        self._taken: OfficerLeg | None = None

    async def run(self, company: Company, card: Card, before: Callable[[], Awaitable[None]]) -> Found:
        """Search until somebody takes the call or nobody does; an officer's leg is left only to who took it.

        Args:
            company: Kept with the citizen meanwhile.
            card: What each officer sees and hears.
            before: Awaited when it is known that somebody is on duty, before the first telephone rings.

        Raises:
            ExceptionGroup: The briefing cannot be spoken, or something of ours broke.
        """
        members = await self._look()
        if not staffed(members):
            return Unstaffed()
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(company.run())
            try:
                await before()
                return await self._search(members, card)
            finally:
                keeping.cancel()

    async def close(self) -> None:
        """The call is over: take the leg down of who took it; joined with the citizen, the officer stays."""
        if self._taken is not None:
            await self._taken.close()

    async def _look(self) -> tuple[Member, ...]:
        try:
            return await self._people.room.members()
        except TelephonyError as error:
            logger.warning(
                "it is not known who is on duty",
                extra={"action": "handoff", "call_id": self._call_id, "reason": str(error)},
            )
            return ()

    async def _search(self, members: tuple[Member, ...], card: Card) -> Found:
        search = Search(self._people.limits, self._clock())
        while True:
            decision = search.decide(members, self._clock())
            match decision:
                case GiveUp(reason=reason):
                    return NobodyTook(reason=reason)
                case LookAgain(after_s=after_s):
                    await asyncio.sleep(after_s)
                case Ring(interface=interface, ring_s=ring_s):
                    officer, result = await self._ring(interface, ring_s, card)
                    if officer is not None:
                        self._taken = officer
                        self._people.room.took_call(interface)
                        return Taken(officer=officer)
                    search.ended(interface, result)
                case _:
                    assert_never(decision)
            members = await self._look()
            if not staffed(members):
                return Unstaffed()

    async def _ring(self, interface: str, ring_s: int, card: Card) -> tuple[OfficerLeg | None, RingResult]:
        """Ring one officer; the leg where the call was taken, else it is gone."""
        number = next(self._numbers)
        result = RingResult.GIVEN_UP
        leg: OfficerLeg | None = None
        try:
            leg = self._people.telephones.leg(naming.officer_leg_id(self._call_id, number), interface)
            self._record("engine", "officer_rung", number=number, ring_s=ring_s)
            result = await self._brief(leg, number, ring_s, card)
        except ChannelGone:
            result = RingResult.HUNG_UP
        except TelephonyError as error:
            result = RingResult.FAILED
            logger.warning(
                "an officer could not be rung",
                extra={"action": "handoff", "call_id": self._call_id, "reason": str(error)},
            )
        finally:
            self._record("engine", "officer_decided", number=number, result=result.value)
            if leg is not None and result is not RingResult.TAKEN:
                await leg.close()
        return (leg if result is RingResult.TAKEN else None), result

    async def _brief(self, leg: OfficerLeg, number: int, ring_s: int, card: Card) -> RingResult:
        if not await leg.ring(caller=card.caller, ring_s=ring_s):
            return RingResult.NO_ANSWER
        self._record("engine", "officer_answered", number=number)
        return await leg.brief(
            card.briefing,
            lambda hearing: self._record("engine", "officer_briefed", number=number, hearing=hearing),
        )
