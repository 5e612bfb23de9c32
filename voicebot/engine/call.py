"""One call, from the citizen's channel in our application to its outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from voicebot.dialogue import actions as do
from voicebot.dialogue import events as told
from voicebot.dialogue.machine import Machine
from voicebot.engine.conversation import Conversation
from voicebot.engine.decoding import CallDecoder, Judge
from voicebot.engine.line import MediaAddress
from voicebot.engine.media.leg import LegReport, MediaLeg
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.mouth import Mouth, Prompts
from voicebot.engine.recording import CitizenAudio
from voicebot.engine.voice_marks import VoiceMarks
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import CaseDesk, Recogniser, Samples, TimelineSink
from voicebot.speech import events as heard
from voicebot.speech.echo import EchoJudge
from voicebot.speech.settings import TurnSettings
from voicebot.speech.turn_taker import TurnTaker

logger = logging.getLogger(__name__)

_KEEP_AUDIO_S = 30.0
"""The longest utterance that can still be recognised whole: Whisper's own window."""

_FIRST_PACKET_WAIT_S = 0.5
"""Longest wait for the citizen's first packet before the greeting begins: words spoken into a path that is
not up yet are lost, but a telephone that sends nothing must be greeted too."""

_TAIL_S = 0.2
"""Between the last packet of the goodbye and the hang-up: what Asterisk and the telephone still hold is
heard."""


class CallLine(Protocol):
    """The line of one call, to a telephone behind Asterisk or to a microphone here."""

    async def open(self) -> MediaAddress:
        """Lay the path of the audio, and tell where its far end is.

        Raises:
            VoicebotError: It cannot be laid.
        """
        ...

    async def answer(self) -> None:
        """Take the call: from here on both sides are heard."""
        ...

    async def transfer(self, target: str) -> None:
        """Bring the citizen to a person."""
        ...

    async def hang_up(self) -> None:
        """End the citizen's call."""
        ...

    async def close(self) -> None:
        """Take the path down; never raises for what is gone already."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParts:
    """What all calls share."""

    media: MediaLoop
    recogniser: Recogniser
    prompts: Prompts
    desk: CaseDesk
    judge: Judge
    spoken_forms: Callable[[do.Expectation], dict[str, tuple[str, ...]]]
    turn_settings: TurnSettings
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Leaving:
    """The call is to end: with a hang-up, or at the target of a transfer."""

    outcome: CallOutcome
    transfer_to: str = ""


class Call:
    """Runs one call. ``run`` returns when the call is over; everything else here tells it what happened.

    A mistake of ours within the call ends ``run`` with that error, after which the caller of ``run`` brings
    the citizen to a person; other calls do not notice.
    """

    def __init__(
        self,
        *,
        call_id: str,
        line: CallLine,
        machine: Machine,
        variables: Mapping[str, str],
        parts: SharedParts,
        timeline: TimelineSink,
    ) -> None:
        self.call_id = call_id
        self.line = line
        self._machine = machine
        self._variables = variables
        self._parts = parts
        self._timeline = timeline
        self._leaving: asyncio.Future[_Leaving] = asyncio.get_running_loop().create_future()
        self._first_packet = asyncio.Event()
        self._echo = EchoJudge()
        self._marks = VoiceMarks(timeline)
        self._audio = CitizenAudio(sample_rate_hz=parts.media.sample_rate_hz, keep_s=_KEEP_AUDIO_S)
        self._conversation: Conversation | None = None
        self._leg: MediaLeg | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._spawned: set[asyncio.Task[None]] = set()

    # --- its life -------------------------------------------------------------------------------------------

    async def run(self) -> CallOutcome:
        """Hold the call from ringing to its end.

        Raises:
            ExceptionGroup: Something of ours broke.
            TelephonyError: Asterisk refused to set the line up.
        """
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._open()
                leaving = await self._leaving
                for task in self._spawned:
                    task.cancel()
            return await self._leave(leaving)
        finally:
            if self._leg is not None:
                self._leg.detach()
            await self.line.close()

    async def _open(self) -> None:
        address = await self.line.open()
        self._leg = self._parts.media.attach(self.call_id, (address.host, address.port), self)
        await self.line.answer()
        try:
            await asyncio.wait_for(self._first_packet.wait(), _FIRST_PACKET_WAIT_S)
        except TimeoutError:
            self._record("engine", "no_packet_yet")
        self._conversation = self._converse(self._leg)
        self._conversation.post(told.CallStarted(variables=self._variables))

    def _converse(self, leg: MediaLeg) -> Conversation:
        parts = self._parts
        # Mouth and decoder report to the conversation, which is made of them: hence the late binding.
        mouth = Mouth(
            prompts=parts.prompts,
            loudspeaker=leg,
            spawn=self._spawn,
            started=lambda say: conversation.prompt_started(say),
            finished=lambda say, interrupted: conversation.prompt_finished(say, interrupted),
        )
        decoder = CallDecoder(
            recogniser=parts.recogniser,
            audio=self._audio,
            sample_rate_hz=parts.media.sample_rate_hz,
            judge=parts.judge,
            spoken_forms=parts.spoken_forms,
            spawn=self._spawn,
            heard=lambda event: conversation.post(event),
            timeline=self._timeline,
            clock=parts.clock,
        )
        conversation = Conversation(
            call_id=self.call_id,
            machine=self._machine,
            turn_taker=TurnTaker(parts.turn_settings, parts.media.sample_rate_hz),
            decoder=decoder,
            mouth=mouth,
            desk=parts.desk,
            line=self,
            spawn=self._spawn,
            timeline=self._timeline,
            clock=parts.clock,
        )
        return conversation

    async def _leave(self, leaving: _Leaving) -> CallOutcome:
        if leaving.transfer_to:
            await self.line.transfer(leaving.transfer_to)
        elif leaving.outcome.result is not CallResult.HUNG_UP:
            await asyncio.sleep(_TAIL_S)
            await self.line.hang_up()
        return leaving.outcome

    def _spawn(self, work: Coroutine[object, object, None]) -> Callable[[], object]:
        assert self._tasks is not None
        task = self._tasks.create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)
        return task.cancel

    def close(self, outcome: CallOutcome) -> None:
        """Complete the timeline."""
        self._marks.end()
        if self._leg is not None:
            report = self._leg.statistics
            self._record("engine", "statistics", **_figures(report))
        self._record(
            "engine",
            "call_ended",
            result=outcome.result.value,
            reason=outcome.reason,
            slots=dict(self._machine.snapshot().slots),
        )
        self._timeline.close()

    # --- what the media loop tells (FrameListener) ----------------------------------------------------------

    def frame_heard(
        self, end_sample: int, samples: Samples, probability: float, level_dbfs: float, now: float
    ) -> None:
        """Hear 20 ms of the citizen."""
        conversation, leg = self._conversation, self._leg
        if leg is None or self._leaving.done():
            return
        try:
            self._audio.append(end_sample, samples)
            if not self._first_packet.is_set() and leg.media_arrived:
                self._first_packet.set()
                self._timeline.record("citizen", "first_packet", now)
            if conversation is None:
                return
            conversation.post(
                heard.FrameHeard(
                    end_sample=end_sample,
                    duration_ms=len(samples) * 1000 / self._parts.media.sample_rate_hz,
                    probability=probability,
                    level_dbfs=level_dbfs,
                    echo=self._echo.judge(leg.sent_levels(), level_dbfs, probability),
                )
            )
            conversation.handle_timers(now)
            self._marks.push(conversation.voiced, now)
        except Exception as error:  # noqa: BLE001 - the edge of a call: the media loop serves the others
            self._break(error)

    # --- what Asterisk tells --------------------------------------------------------------------------------

    def key_heard(self, key: str) -> None:
        """The citizen pressed a telephone key."""
        if self._conversation is not None and not self._leaving.done():
            try:
                self._conversation.post(heard.KeyHeard(key=key))
            except Exception as error:  # noqa: BLE001 - the edge of a call, as above
                self._break(error)

    def citizen_gone(self) -> None:
        """The citizen's channel left our application without our doing: hung up, or taken back."""
        if not self._leaving.done():
            self._record("engine", "citizen_gone")
            if self._conversation is not None:
                self._conversation.post(told.CitizenHungUp())
            outcome = CallOutcome(result=CallResult.HUNG_UP, reason="the citizen hung up")
            self._leaving.set_result(_Leaving(outcome))

    # --- what the conversation asks for (Line) --------------------------------------------------------------

    def transfer(self, target: str, reason: str) -> None:
        """Leave for a person."""
        if not self._leaving.done():
            outcome = CallOutcome(result=CallResult.HANDED_OVER, reason=reason)
            self._leaving.set_result(_Leaving(outcome, transfer_to=target))

    def hang_up(self, outcome: CallOutcome) -> None:
        """End the call."""
        if not self._leaving.done():
            self._leaving.set_result(_Leaving(outcome))

    def _break(self, error: Exception) -> None:
        if not self._leaving.done():
            self._leaving.set_exception(error)

    def _record(self, track: str, event: str, **details: object) -> None:
        self._timeline.record(track, event, self._parts.clock(), **details)


def _figures(report: LegReport) -> dict[str, object]:
    figures = asdict(report.reception) | asdict(report)
    del figures["reception"]
    return figures
