"""All calls of this process: begins one for each citizen that Asterisk gives us, and tells it what
happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.events import ChannelDtmfReceived, StasisEnd, StasisStart
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.adapters.asterisk.ari.resync import KnownCall
from voicebot.adapters.asterisk.ari.resynchroniser import DialplanTarget, Resynchroniser
from voicebot.adapters.asterisk.ari.stream import StreamConnected, StreamEvent
from voicebot.engine.call import Call
from voicebot.engine.line import TRANSFER_TARGETS, AsteriskLine
from voicebot.errors import ChannelGone, TelephonyError, VoicebotError
from voicebot.outcome import CallOutcome, CallResult

logger = logging.getLogger(__name__)

DUTY_QUEUE = DialplanTarget(context=TRANSFER_TARGETS["duty"], extension="s")
"""Where a citizen goes who cannot stay with the bot."""

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
        dead_man: Is wound up for every citizen with us.
        line: Makes the line of a call.
        begin: Makes a call of an arrival.
    """

    def __init__(
        self,
        *,
        ari: AriClient,
        dead_man: DeadManSwitch,
        line: Callable[[Channel], AsteriskLine],
        begin: Callable[[Arrival], Call],
    ) -> None:
        self._ari = ari
        self._dead_man = dead_man
        self._line = line
        self._begin = begin
        self.connected = asyncio.Event()
        """Set once Asterisk has told us that our application is registered: calls can come."""
        self._calls: dict[str, Call] = {}  # by the citizen's channel
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
        """Let calls end by themselves for a while, then bring those who remain to a person."""
        try:
            await asyncio.wait_for(self._empty.wait(), grace_s)
        except TimeoutError:
            for call in tuple(self._calls.values()):
                call.transfer("duty", "the engine is stopping")
            await self._empty.wait()

    def receive(self, event: StreamEvent) -> None:
        """Take an event of Asterisk; never blocks and never raises."""
        match event:
            case StasisStart(channel=channel, arguments=arguments):
                if naming.call_of_media_channel(channel.id) is None:
                    self._spawn(self._hold(channel, arguments))
            case StasisEnd(channel=channel):
                self._dead_man.forget(channel.id)
                if call := self._calls.get(channel.id):
                    call.citizen_gone()
            case ChannelDtmfReceived(channel=channel, digit=digit):
                if call := self._calls.get(channel.id):
                    call.key_heard(digit)
            case StreamConnected():
                self.connected.set()
                self._spawn(self._resynchronise())
            case _:
                pass  # what else Asterisk tells concerns no call of ours

    def _spawn(self, work: object) -> None:
        assert self._tasks is not None and asyncio.iscoroutine(work)
        self._tasks.create_task(work)

    async def _hold(self, channel: Channel, arguments: tuple[str, ...]) -> None:
        service, direction, called = (*arguments, "", "", "")[:3]
        line = self._line(channel)
        arrival = Arrival(
            call_id=line.call_id,
            service=service,
            direction=direction,
            called=called,
            caller="".join(filter(str.isdigit, channel.caller_number)),
            line=line,
        )
        try:
            await self._dead_man.arm(channel.id)
            call = self._begin(arrival)
        except ChannelGone:
            return  # hung up before we could begin
        except VoicebotError as error:
            await self._give_up(arrival, error)
            return
        self._calls[channel.id] = call
        self._empty.clear()
        try:
            outcome = await call.run()
        except ChannelGone:
            outcome = CallOutcome(result=CallResult.HUNG_UP, reason="the citizen hung up")
        except Exception as error:  # noqa: BLE001 - the edge of a call: the others go on
            outcome = await self._give_up(arrival, error)
        finally:
            del self._calls[channel.id]
            self._dead_man.forget(channel.id)
            if not self._calls:
                self._empty.set()
        call.close(outcome)
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

    async def _give_up(self, arrival: Arrival, error: Exception) -> CallOutcome:
        logger.error(
            "a call failed and goes to the duty queue",
            extra={"action": "call_failed", "call_id": arrival.call_id, "reason": str(error)},
            exc_info=error,
        )
        try:
            await arrival.line.transfer("duty")
        except TelephonyError as refused:
            # The dead man's switch is not wound up any more: within seconds Asterisk does it by itself.
            logger.warning(
                "a failed call could not be transferred",
                extra={"action": "call_failed", "call_id": arrival.call_id, "reason": str(refused)},
            )
        return CallOutcome(result=CallResult.FAILED, reason=type(error).__name__)

    def _known_calls(self) -> list[KnownCall]:
        return [
            KnownCall(call_id=call.call_id, citizen_channel_id=channel_id)
            for channel_id, call in self._calls.items()
        ]

    async def _resynchronise(self) -> None:
        try:
            report = await self._resynchroniser.run()
        except TelephonyError as error:
            logger.warning("resynchronisation failed", extra={"action": "resync", "reason": str(error)})
            return
        for call_id in report.closed:
            for call in self._calls.values():
                if call.call_id == call_id:
                    call.citizen_gone()
        for adopted in report.adopted:
            if not (adopted.media_found and adopted.bridge_found):
                for call in self._calls.values():
                    if call.call_id == adopted.call_id:
                        call.transfer("duty", "the media leg was lost")
