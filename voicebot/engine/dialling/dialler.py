"""Places the calls of running campaigns, and sees each attempt to its one end.

Theory of operation
    What Asterisk and the calls tell (``answered``, ``destroyed``, ``conversation_ended``, ``connected``) is
    noted at once. Everything else happens in ``step``, one after the other: look for what a crash or a lost
    connection left, write the ends of calls, place new ones. The row of an attempt is written before its call
    is placed, under the id that becomes the channel's; an attempt whose channel is not there and that nobody
    has told of is *unknown* and not dialled again. A step that fails changes nothing that the next one does
    not do anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from voicebot.adapters.records.dialling import DiallingRecords
from voicebot.adapters.records.records import Records
from voicebot.campaigns.plan import CampaignPlan, from_settings
from voicebot.engine.dialling.ending import write_end
from voicebot.engine.dialling.health import TrunkHealth
from voicebot.engine.dialling.live_call import LiveCall
from voicebot.engine.dialling.placing import Placing
from voicebot.engine.dialling.trunk import Trunk
from voicebot.errors import ChannelGone, StatusNotAllowed, TelephonyError, VoicebotError
from voicebot.outcome import CallOutcome
from voicebot.records.campaigns import AttemptRecord, CampaignState, Disposition

logger = logging.getLogger(__name__)

_TICK_S = 0.5
"""Between steps when nothing is told: half of the second by which calls are paced."""
_IDLE_S = 2.0
"""Between steps while no campaign runs: the records are not asked more often than staff would notice."""
_TROUBLE_S = 5.0
"""After a step that failed: a database that is away is asked, and told of, no more often."""
_SWEEP_S = 30.0
"""Between looks for calls whose end was never told: a safety net under the events, so rare."""
_LEFT_BEHIND_S = 3 * 3600.0
"""No call lasts as long: what another engine has open for as long as this died with it. Counted from when it
was first seen, by a clock that nobody sets: the wall clock of one of two engines may be wrong by hours."""

BY = "dialler"
"""Who changes campaigns, for the audit."""


class Dialler:
    """Of one engine.

    Args:
        records: Open; several engines may share one PostgreSQL.
        trunk: Places calls.
        engine: This engine's name, the same after every restart and no other's: it finds its attempts by it.
        calls_now: Calls that the engine holds, those of citizens who called included.
        lines: Calls that the engine takes at once.
        wall_clock: Now, with a time zone.
        monotonic: Seconds.
        new_id: Makes the id of an attempt, never the same twice.
        serves: Whether this engine holds the conversations of a service; what it does not is left to others.
        untold: Whether something that a call has told is not in the records yet: what was understood, and
            when to call again, are read there, so its attempt does not end before.
    """

    def __init__(
        self,
        *,
        records: Records,
        trunk: Trunk,
        engine: str,
        calls_now: Callable[[], int],
        lines: int,
        wall_clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        new_id: Callable[[], str],
        serves: Callable[[str], bool] = lambda service: True,
        untold: Callable[[str], bool] = lambda call_id: False,
    ) -> None:
        self._records = records
        self._dialling = DiallingRecords(records.database)
        self._trunk = trunk
        self._engine = engine
        self._wall_clock = wall_clock
        self._monotonic = monotonic
        self._serves = serves
        self._untold = untold
        self._calls: dict[str, LiveCall] = {}
        self._health = TrunkHealth()
        self._plans: dict[int, CampaignPlan] = {}
        self._wake = asyncio.Event()
        self._look_at_s: float | None = None  # never looked yet
        self._of_others: dict[str, float] = {}  # open attempts of other engines → when first seen
        self._connections = 0
        self._linked = False
        self._busy = False
        self.placing = Placing(
            records=records,
            dialling=self._dialling,
            trunk=trunk,
            calls=self._calls,
            health=self._health,
            engine=engine,
            calls_now=calls_now,
            lines=lines,
            wall_clock=wall_clock,
            monotonic=monotonic,
            new_id=new_id,
            doubtful=self._look_soon,
            connections=lambda: self._connections,
        )

    @property
    def calls(self) -> tuple[str, ...]:
        """Attempts that have not ended."""
        return tuple(self._calls)

    @property
    def linked(self) -> bool:
        """Whether events of Asterisk come in."""
        return self._linked

    # --- what is told; never blocks and never raises --------------------------------------------------------

    def answered(self, attempt_id: str) -> None:
        """Somebody, or something, picked up."""
        if (call := self._calls.get(attempt_id)) and not call.up:
            call.up = True
            call.answered_at = self._wall_clock()
            self._wake.set()

    def destroyed(self, attempt_id: str, cause: int, sip_status: int | None) -> None:
        """A channel has ended."""
        if (call := self._calls.get(attempt_id)) and call.gone_at_s is None:
            call.gone_at_s = self._monotonic()
            call.cause, call.sip_status = cause, sip_status
            self._wake.set()

    def conversation_ended(self, call_id: str, outcome: CallOutcome) -> None:
        """A call of the engine is over."""
        if call := self._calls.get(call_id):
            call.up = True
            call.outcome = outcome
            self._wake.set()

    def connected(self) -> None:
        """Events of Asterisk come from here on; what happened before was not told."""
        self._connections += 1
        self._linked = True
        self._look_soon()

    def disconnected(self) -> None:
        """Nothing is told until ``connected``: whoever answered a call now would find nobody."""
        self._linked = False

    def _look_soon(self) -> None:
        self._look_at_s = None
        self._wake.set()

    # --- what is done ---------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Dial until ``stop`` is set, then take back what only rings; the calls that are held go on, and
        their ends are written as long as this is not cancelled."""
        while not (stop.is_set() and not self._calls):
            self._wake.clear()
            wait_s = _TICK_S if self._busy else _IDLE_S
            try:
                await self.step(place=not stop.is_set())
            except VoicebotError as error:
                wait_s = _TROUBLE_S
                logger.warning("the dialler waits", extra={"action": "dial", "reason": str(error)})
            except Exception:
                # The edge of the dialler: calls that are held must not end with it.
                wait_s = _TROUBLE_S
                logger.exception("a step of the dialler failed", extra={"action": "dial"})
            try:
                await asyncio.wait_for(self._wake.wait(), wait_s)
            except TimeoutError:
                pass

    async def step(self, *, place: bool = True) -> None:
        """Look, end, place: once.

        Args:
            place: Whether calls may be placed; if not, those that only ring are taken back.

        Raises:
            RecordsError: The records fail; everything is tried again by the next step.
            TelephonyError: A call could not be taken back; likewise.
        """
        if not self._linked:
            return  # what is held waits: its end, too, will be told or looked for then
        stopping = not place
        now_s = self._monotonic()
        if self._look_at_s is None or now_s >= self._look_at_s:
            try:
                await self._look()
                self._look_at_s = now_s + _SWEEP_S
            except TelephonyError as error:
                place = False  # before everything is found again, nobody is called
                logger.warning("Asterisk cannot be asked", extra={"action": "dial", "reason": str(error)})
        campaigns = await self._records.campaigns.all()
        for campaign in campaigns:
            if campaign.id not in self._plans:
                self._plans[campaign.id] = from_settings(campaign.settings)
        await self._end_calls()
        stopped = {campaign.id for campaign in campaigns if campaign.state is CampaignState.STOPPED}
        for call in tuple(self._calls.values()):
            if not call.up and (stopping or call.attempt.campaign_id in stopped):
                await self._take_back(call)
        if place:
            running = [
                campaign
                for campaign in campaigns
                if campaign.state is CampaignState.RUNNING and self._serves(campaign.service)
            ]
            self._busy = bool(running or self._calls)
            for campaign in sorted(running, key=lambda campaign: -self._plans[campaign.id].rank):
                await self.placing.place(campaign, self._plans[campaign.id])

    async def _look(self) -> None:
        """Compare what is open in the records with what is there."""
        now_s = self._monotonic()
        mine = await self._records.attempts.open_ones(self._engine)
        others = await self._dialling.open_of_others(self._engine)
        self._of_others = {attempt.id: self._of_others.get(attempt.id, now_s) for attempt in others}
        left = [one for one in others if now_s - self._of_others[one.id] > _LEFT_BEHIND_S]
        there = await self._trunk.live()
        plans = {campaign.id: campaign.settings for campaign in await self._records.campaigns.all()}
        for attempt in {attempt.id: attempt for attempt in (*mine, *left)}.values():
            if attempt.id not in self._calls:
                plan = self._plans.setdefault(attempt.campaign_id, from_settings(plans[attempt.campaign_id]))
                self._calls[attempt.id] = LiveCall(attempt=attempt, plan=plan)
                _log("an attempt was found again", attempt)
        for call in tuple(self._calls.values()):
            if call.attempt.id in there:
                call.up = call.up or there[call.attempt.id]
                await self._watch(call)
            elif call.gone_at_s is None:
                self._lose(call)

    async def _watch(self, call: LiveCall) -> None:
        """Make sure that the end of a call is told: after a crash, and after a lost connection."""
        if call.watched_since != self._connections:
            try:
                await self._trunk.watch(call.attempt.id)
                call.watched_since = self._connections
            except ChannelGone:
                self._lose(call)

    def _lose(self, call: LiveCall) -> None:
        call.lost = True
        call.gone_at_s = self._monotonic()

    async def _end_calls(self) -> None:
        for call in tuple(self._calls.values()):
            attempt = call.attempt
            try:
                if call.answered_at is not None and not call.answer_written:
                    await self._records.attempts.answered(attempt.id, at=call.answered_at)
                    call.answer_written = True
                if not call.is_over(self._monotonic()) or self._untold(attempt.id):
                    continue
                ended = await write_end(self._records, self._dialling, call, self._wall_clock())
            except VoicebotError as error:  # the others are not to wait for this one
                extra = {"action": "attempt", "attempt_id": attempt.id, "reason": str(error)}
                logger.warning("the end of an attempt could not be written yet", extra=extra)
                continue
            del self._calls[attempt.id]
            _log("an attempt has ended", attempt, disposition=ended.disposition.value)
            if self._health.ended(call, ended.disposition, self._monotonic()):
                await self._pause(call, ended.disposition)

    async def _pause(self, call: LiveCall, disposition: Disposition) -> None:
        logger.error(
            "the trunk refuses our calls: the campaign is paused; mend the trunk, then resume it",
            extra={"action": "campaign_paused", "campaign": call.plan.name, "reason": disposition.value},
        )
        try:
            await self._records.campaigns.set_state(
                call.attempt.campaign_id, CampaignState.PAUSED, by=BY, at=self._wall_clock()
            )
        except StatusNotAllowed:
            pass  # paused or stopped meanwhile

    async def _take_back(self, call: LiveCall) -> None:
        if not call.cancelled:
            call.cancelled = True
            try:
                await self._trunk.hang_up(call.attempt.id)
            except TelephonyError:
                call.cancelled = False
                raise


def _log(text: str, attempt: AttemptRecord, **details: str) -> None:
    extra = {"action": "attempt", "attempt_id": attempt.id, "campaign_id": attempt.campaign_id}
    logger.info(text, extra=extra | details)
