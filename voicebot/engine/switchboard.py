"""All calls of this process: begins one for each citizen that Asterisk gives us, and tells it what
happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.events import (
    ChannelDtmfReceived,
    ChannelHangupRequest,
    StasisEnd,
    StasisStart,
)
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.adapters.asterisk.ari.resync import CloseCall, KnownCall
from voicebot.adapters.asterisk.ari.resynchroniser import DialplanTarget, Resynchroniser
from voicebot.adapters.asterisk.ari.stream import StreamConnected, StreamEvent
from voicebot.engine.call import Call
from voicebot.engine.handoff.telephones import Telephones
from voicebot.engine.line import OFFICER_CONTEXT, TRANSFER_TARGETS, AsteriskLine
from voicebot.errors import TelephonyError
from voicebot.outcome import CallOutcome, CallResult

logger = logging.getLogger(__name__)

DUTY_QUEUE = DialplanTarget(context=TRANSFER_TARGETS["duty"], extension="s")
"""Where a citizen goes who cannot stay with the bot."""

OFFICER_GONE = DialplanTarget(context=OFFICER_CONTEXT, extension="gone")
"""Where an officer goes whose citizen is gone."""

_SWEEP_S = 30.0
"""Between looks for channels that nobody cares for: a safety net under the events, so rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A citizen whom Asterisk gave to us."""

    call_id: str
    service: str
    direction: str
    """``inbound`` or ``outbound``."""
    called: str
    """The number that was called, or the attempt of an outbound call."""
    caller: str
    """The caller's number, digits only; empty when withheld."""
    line: AsteriskLine


class Switchboard:
    """Keeps the calls.

    Args:
        ari: For what concerns channels without a call.
        dead_man: Guards every citizen with us.
        line: Makes the line of a call.
        begin: Makes a call of an arrival.
        most_calls: More arrivals at a time go to people: routing counts calls, not those on their way here.
        ended: Told of each call's outcome once everything that it asked for is done.
        telephones: Those of officers that calls ring; ``None``: none are rung.
    """

    def __init__(
        self,
        *,
        ari: AriClient,
        dead_man: DeadManSwitch,
        line: Callable[[Channel], AsteriskLine],
        begin: Callable[[Arrival], Call],
        most_calls: int,
        ended: Callable[[str, CallOutcome], None] = lambda call_id, outcome: None,
        telephones: Telephones | None = None,
    ) -> None:
        self._ari = ari
        self._dead_man = dead_man
        self._line = line
        self._begin = begin
        self._most_calls = most_calls
        self._ended = ended
        self._telephones = telephones
        self.connected = asyncio.Event()
        """Set once Asterisk has told us that our application is registered: calls can come."""
        self._calls: dict[str, Call] = {}  # by the citizen's channel
        self._hanging_up: set[str] = set()  # channels of citizens that are being hung up
        self._stopping = False
        self._tasks: asyncio.TaskGroup | None = None
        self._resynchroniser = Resynchroniser(ari, self._known_calls, DUTY_QUEUE)
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def calls_now(self) -> int:
        """Calls under way."""
        return len(self._calls)

    async def run(self) -> None:
        """Serve until cancelled; calls under way are then cut, so ``drain`` comes first."""
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._dead_man.run())
            while True:
                await asyncio.sleep(_SWEEP_S)
                await self._resynchronise()

    async def drain(self, grace_s: float) -> None:
        """Take no more calls; let those under way end by themselves for a while, then bring them to people.

        Args:
            grace_s: How long they may go on.
        """
        self._stopping = True
        try:
            await asyncio.wait_for(self._empty.wait(), grace_s)
        except TimeoutError:
            for call in tuple(self._calls.values()):
                call.release("the engine is stopping")
            await self._empty.wait()

    def receive(self, event: StreamEvent) -> None:
        """Take an event of Asterisk; never blocks and never raises."""
        if self._telephones is not None and self._telephones.receive(event):
            return
        match event:
            case StasisStart(channel=channel) if naming.call_of_desk_channel(channel.id) is not None:
                # An officer answers for a call that is over: the dialplan says so, and hangs up.
                self._spawn(self._send_on(channel, OFFICER_GONE))
            case StasisStart(channel=channel, arguments=arguments):
                if naming.call_of_media_channel(channel.id) is None:
                    self._spawn(self._hold(channel, arguments))
            case ChannelHangupRequest(channel=channel):
                if channel.id in self._calls:
                    self._hanging_up.add(channel.id)
            case StasisEnd(channel=channel):
                self._dead_man.forget(channel.id)
                if call := self._calls.get(channel.id):
                    # Asterisk tells of a hang-up before it tells that the channel has left us.
                    call.citizen_gone() if channel.id in self._hanging_up else call.citizen_taken()
                elif call := self._call(naming.call_of_media_channel(channel.id)):
                    call.media_lost()  # changes nothing where the call has ended, which ends the leg as well
            case ChannelDtmfReceived(channel=channel, digit=digit):
                if call := self._calls.get(channel.id):
                    call.key_heard(digit)
            case StreamConnected():
                self.connected.set()
                self._spawn(self._resynchronise())
            case _:
                pass  # what else Asterisk tells concerns no call of ours

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        assert self._tasks is not None
        self._tasks.create_task(work)

    # --- one call -------------------------------------------------------------------------------------------

    async def _hold(self, channel: Channel, arguments: tuple[str, ...]) -> None:
        if self._stopping or len(self._calls) >= self._most_calls:
            await self._release(channel, "no further call can be taken")
            return
        if channel.id in self._calls:
            await self._release(channel, "the channel has come back before its call was over")
            return
        try:
            arrival = self._arrival(channel, arguments)
            call = self._begin(arrival)
        except Exception as error:  # noqa: BLE001 - the edge of a call: the others go on
            await self._release(channel, "the call cannot begin", error)
            return
        self._calls[channel.id] = call
        self._empty.clear()
        try:
            outcome = await self._run(call)
            call.close(outcome)
            self._ended(arrival.call_id, outcome)
        finally:
            del self._calls[channel.id]
            self._hanging_up.discard(channel.id)
            if not self._calls:
                self._empty.set()
        logger.info(
            "call ended",
            extra={
                "action": "call_ended",
                "call_id": arrival.call_id,
                "service": arrival.service,
                "result": outcome.result.value,
                "reason": outcome.reason,
            },
        )

    def _arrival(self, channel: Channel, arguments: tuple[str, ...]) -> Arrival:
        service, direction, called = (*arguments, "", "", "")[:3]
        line = self._line(channel)
        return Arrival(
            call_id=line.call_id,
            service=service,
            direction=direction,
            called=called,
            caller="".join(filter(str.isdigit, channel.caller_number)),
            line=line,
        )

    async def _run(self, call: Call) -> CallOutcome:
        try:
            return await call.run()
        except Exception as error:
            # The edge of a call: the others go on.
            logger.error(
                "a call failed and went to the duty queue",
                extra={"action": "call_failed", "call_id": call.call_id, "reason": str(error)},
                exc_info=error,
            )
            return CallOutcome(result=CallResult.FAILED, reason=type(error).__name__)

    async def _release(self, channel: Channel, reason: str, error: Exception | None = None) -> None:
        """Bring a citizen without a call to people."""
        logger.warning(
            "a citizen goes to the duty queue at once",
            extra={"action": "release", "channel_id": channel.id, "reason": str(error or reason)},
            exc_info=error,
        )
        await self._send_on(channel, DUTY_QUEUE)

    async def _send_on(self, channel: Channel, target: DialplanTarget) -> None:
        try:
            await self._ari.continue_in_dialplan(
                channel.id, context=target.context, extension=target.extension
            )
        except TelephonyError as refused:
            # The dead man's switch, which the dialplan has set and nobody winds up, does it within seconds.
            logger.warning(
                "a channel could not be sent on",
                extra={"action": "release", "channel_id": channel.id, "reason": str(refused)},
            )

    # --- after a lost connection, and now and then ----------------------------------------------------------

    def _call(self, call_id: str | None) -> Call | None:
        return next((call for call in self._calls.values() if call.call_id == call_id), None)

    def _known_calls(self) -> list[KnownCall]:
        citizens = [
            KnownCall(call_id=call.call_id, citizen_channel_id=channel_id)
            for channel_id, call in self._calls.items()
        ]
        return citizens if self._telephones is None else citizens + self._telephones.known

    def _close(self, found: CloseCall) -> None:
        if call := self._call(found.call_id):
            call.citizen_taken() if found.taken else call.citizen_gone()

    async def _resynchronise(self) -> None:
        # Of a call whose line is being made while Asterisk is looked at, not everything can be found yet.
        made_before = {call.call_id for call in self._calls.values() if call.media_up}
        try:
            report = await self._resynchroniser.run(self._close)
        except TelephonyError as error:
            logger.warning("resynchronisation failed", extra={"action": "resync", "reason": str(error)})
            return
        for found in report.adopted:
            whole = found.media_found and found.bridge_found
            if not whole and found.call_id in made_before and (call := self._call(found.call_id)):
                call.media_lost()
