"""Handing one call over: the desk is told, an officer is searched for, else somebody is to call back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from voicebot.engine.departure import PEOPLE, Leaving
from voicebot.engine.handoff.company import Company
from voicebot.engine.handoff.policy import MOBILE_WORD
from voicebot.engine.handoff.search import Card, Found, NobodyTook, People, Searcher, Taken, Unstaffed
from voicebot.engine.line import CallLine
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.wire_format import WireFormat
from voicebot.engine.mouth import Prompts
from voicebot.engine.reporting import NotingDesk
from voicebot.engine.works import Works
from voicebot.events.message import HANDOFF, subject
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import CaseDesk
from voicebot.services.briefing import brief, call_back_case, keys

logger = logging.getLogger(__name__)

_TOLD_LIMIT_S = 2.0
"""Longest wait, in all, until the desk knows, before the first telephone rings: mostly milliseconds. A disk
or a broker that hangs must not keep a citizen in danger from a person."""
_CASE_LIMIT_S = 10.0
"""For the call-back case, as for other work that is left when a call is over (``works``)."""

_CALLED_BACK = ("open_case", "call_again")
"""Works of a flow after which somebody calls back anyway."""


class HandingOver:
    """What a call needs to bring its citizen to an officer who knows what it is about.

    Args:
        call_id: The call's.
        people: What all calls share.
        desk: Told of the hand-over, and of a call-back; not by the flow's ``asked``, which is for its report.
        asked: What the flow asked of the desk.
        works: The flow's work under way.
        prompts: Speaks to the waiting citizen.
        wire_format: Of the citizen's media.
        slots: What is known now.
        record: Writes to the timeline: track, event and details.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        call_id: str,
        people: People,
        desk: CaseDesk,
        asked: NotingDesk,
        works: Works,
        prompts: Prompts,
        wire_format: WireFormat,
        slots: Callable[[], Mapping[str, str]],
        record: Callable[..., None],
        clock: Callable[[], float],
    ) -> None:
        self._call_id = call_id
        self._people = people
        self._desk = desk
        self._asked = asked
        self._works = works
        self._prompts = prompts
        self._wire_format = wire_format
        self._slots = slots
        self._record = record
        self._clock = clock
        self._searcher = Searcher(call_id=call_id, people=people, record=record, clock=clock)
        self._missed: str | None = None
        """Why the citizen wanted a person whom nobody was; ``None``: was not missed."""
        self._done_then = 0
        """Works of the flow that were done before."""
        self.reason = ""
        """Why a person is being searched for; empty while none is."""

    async def find(self, reason: str, leg: MediaLeg, line: CallLine) -> Leaving | None:
        """Search for an officer, and keep the citizen company.

        Args:
            reason: Why, as the flow says it.
            leg: The citizen's media, on which nothing else is being said.
            line: The citizen's.

        Returns:
            How the call is left; ``None``: nobody took it, and the flow has to go on.

        Raises:
            ExceptionGroup: The briefing cannot be spoken, or something of ours broke.
        """
        outcome = CallOutcome(result=CallResult.HANDED_OVER, reason=reason)
        match await self._found(reason, leg):
            case Taken(officer=officer):
                return Leaving(outcome=outcome, officer=officer)
            case Unstaffed():
                return Leaving(outcome=outcome, transfer_to=PEOPLE)
            case NobodyTook():
                if not await line.has_mobile():
                    return None
                await self._company(leg).say(MOBILE_WORD)
                return Leaving(outcome=outcome, to_mobile=True)

    async def _found(self, reason: str, leg: MediaLeg) -> Found:
        self.reason = reason
        self._record("engine", "handoff_began", reason=reason)
        slots = self._slots()
        card = Card(caller=slots.get("caller_id", ""), briefing=(*brief(slots, reason), *keys(again=True)))
        try:
            found = await self._searcher.run(self._company(leg), card, lambda: self._tell(reason))
        finally:
            self.reason = ""
        why = found.reason if isinstance(found, NobodyTook) else ""
        self._record("engine", "handoff_ended", result=_RESULTS[type(found)], why=why)
        if isinstance(found, Taken):  # until the two talk, the citizen may hang up
            self._works.begin(self._report("taken", reason))
            self._missed, self._done_then = reason, len(self._asked.done)
        elif isinstance(found, NobodyTook):
            self._miss(reason)
        return found

    def joined(self) -> None:
        """Citizen and officer talk, or the citizen is in the queue."""
        self._missed = None

    def citizen_left(self) -> None:
        """The citizen hung up while a person was being searched for."""
        if self.reason:
            self._record("engine", "handoff_ended", result="citizen_gone", why="")
            self._miss(self.reason)

    async def close(self) -> None:
        """The call is over: nothing of an officer's leg stays with us."""
        await self._searcher.close()

    async def file(self) -> None:
        """When the call is over: have somebody call back, unless the flow has seen to that."""
        done = self._asked.done[self._done_then :]
        if self._missed is None or any(name in _CALLED_BACK for name in done):
            return
        details = call_back_case(self._slots(), self._missed)
        result = await self._perform("open_case", details, _CASE_LIMIT_S)
        self._record(
            "engine",
            "call_back_case",
            succeeded=result is not None,
            case_number=(result or {}).get("case_number", ""),
        )

    def _company(self, leg: MediaLeg) -> Company:
        return Company(
            call_id=self._call_id,
            leg=leg,
            prompts=self._prompts,
            wire_format=self._wire_format,
            record=self._record,
            clock=self._clock,
        )

    def _miss(self, reason: str) -> None:
        self._missed, self._done_then = reason, len(self._asked.done)
        self._works.begin(self._report("missed", reason))

    async def _tell(self, reason: str) -> None:
        """The desk knows of the case before the first telephone rings."""
        searching = self._step("searching", reason)
        told = False
        try:
            async with asyncio.timeout(_TOLD_LIMIT_S):
                settled, _ = await asyncio.gather(
                    self._works.settle(_TOLD_LIMIT_S),
                    self._desk.perform(self._call_id, HANDOFF, searching),
                )
                step = subject(HANDOFF, {"call_id": self._call_id})
                told = await self._people.told(step, _TOLD_LIMIT_S) and settled
        except Exception:
            # A desk is a port, and may raise anything: it is told later, or the case is in the journal.
            logger.exception("the desk was not told", extra={"action": HANDOFF, "call_id": self._call_id})
        self._record("engine", "handoff_told", succeeded=told)

    async def _report(self, step: str, reason: str) -> None:
        await self._perform(HANDOFF, self._step(step, reason), _CASE_LIMIT_S)

    def _step(self, step: str, reason: str) -> dict[str, str]:
        case = call_back_case(self._slots(), reason)
        told = ("level", "reason", "summary", "callback")
        return {"step": step} | {name: case[name] for name in told if name in case}

    async def _perform(
        self, name: str, details: Mapping[str, str], limit_s: float
    ) -> Mapping[str, str] | None:
        """Ask the desk; ``None`` where it did not do it, which keeps nobody from a person."""
        try:
            async with asyncio.timeout(limit_s):
                return await self._desk.perform(self._call_id, name, details)
        except Exception:
            # A desk is a port, and may raise anything.
            logger.exception("the desk was not told", extra={"action": name, "call_id": self._call_id})
            return None


_RESULTS: dict[type[Found], str] = {Taken: "taken", NobodyTook: "nobody", Unstaffed: "unstaffed"}
