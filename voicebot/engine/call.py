"""One call, from the citizen's channel in our application to its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass

from voicebot.campaigns.answering import Answerer
from voicebot.dialogue import actions as do
from voicebot.dialogue import events as told
from voicebot.dialogue.machine import Machine
from voicebot.engine.conversation import Conversation
from voicebot.engine.decoding import CallDecoder, Judge
from voicebot.engine.departure import (
    CITIZEN_GONE,
    CITIZEN_TAKEN,
    PEOPLE,
    Departure,
    Leaving,
    leave,
    rescue,
)
from voicebot.engine.ear import Ear
from voicebot.engine.exchanges import ExchangeNotes
from voicebot.engine.handoff.handing_over import HandingOver
from voicebot.engine.handoff.search import People
from voicebot.engine.line import CallLine
from voicebot.engine.machine_watch import MACHINE_ANSWERED, MachineWatch
from voicebot.engine.media.leg import LegReport, MediaLeg
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.mouth import Mouth, Prompts
from voicebot.engine.reporting import NotingDesk, file_report
from voicebot.engine.works import Works
from voicebot.errors import ChannelGone
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import CallBook, CaseDesk, Recogniser, Samples, TimelineSink
from voicebot.records.calls import NewCall
from voicebot.services.reporting import WriteReport
from voicebot.speech import events as heard
from voicebot.speech.settings import TurnSettings
from voicebot.speech.turn_taker import TurnTaker

_FIRST_PACKET_WAIT_S = 0.5
"""Longest wait for the citizen's first packet before the greeting begins: words spoken into a path that is
not up yet are lost, but a telephone that sends nothing must be greeted too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParts:
    """What all calls share."""

    media: MediaLoop
    recogniser: Recogniser
    prompts: Prompts
    desk: CaseDesk
    calls: CallBook
    judge: Judge
    spoken_forms: Callable[[do.Expectation], dict[str, tuple[str, ...]]]
    turn_settings: TurnSettings
    clock: Callable[[], float]


class Call:
    """Runs one call. ``run`` returns when the call is over; everything else here tells it what happened.

    A mistake of ours within the call brings the citizen to a person; other calls do not notice. Work that was
    begun is finished, however the call ends.
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
        kept_as: NewCall,
        known: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
        write_report: WriteReport | None = None,
        people: People | None = None,
    ) -> None:
        """
        Args:
            call_id: Names the call everywhere.
            line: Its telephone line.
            machine: Its dialogue.
            variables: What the flow knows before the first word.
            parts: What all calls share.
            timeline: Of this call; ``close`` completes it.
            kept_as: Who calls whom, for the records and the report.
            known: Asked when the citizen is there: further variables, which win.
            write_report: What staff read of the call, however it ends; ``None``: nothing.
            people: Finds an officer and tells them what it is about; ``None``: the dialplan finds somebody.
        """
        self.call_id = call_id
        self.line = line
        self._machine = machine
        self._variables = variables
        self._parts = parts
        self._kept_as = kept_as
        self._known = known
        timeline = ExchangeNotes(timeline, lambda turn: parts.calls.add_turn(call_id, turn), parts.clock())
        if kept_as.attempt_id is not None:
            timeline = MachineWatch(timeline, self._machine_answered)
        self._timeline = timeline
        self._departure = Departure(self._end_conversation)
        self._first_packet: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ear = Ear(sample_rate_hz=parts.media.sample_rate_hz, timeline=timeline)
        self._conversation: Conversation | None = None
        self._leg: MediaLeg | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._spawned: set[asyncio.Task[None]] = set()
        self._desk = NotingDesk(parts.desk)
        self._write_report = write_report
        self._works = Works(call_id=call_id, failed=self._departure.fail)
        self._handing_over = self._hand_over_by(people) if people is not None else None

    @property
    def media_up(self) -> bool:
        """Whether the path of the audio has been laid."""
        return self._leg is not None

    # --- its life -------------------------------------------------------------------------------------------

    async def run(self) -> CallOutcome:
        """Hold the call from ringing to its end.

        Raises:
            ExceptionGroup: Something of ours broke; the citizen was brought to a person, if possible.
            TelephonyError: Asterisk refused to set the line up, or to transfer; likewise.
        """
        broken: Exception | None = None
        outcome = CITIZEN_GONE
        self._parts.calls.begin(self._kept_as)
        async with self._works:
            try:
                outcome = await self._hold()
            except ChannelGone:
                pass  # the citizen hung up, wherever we were
            except Exception as error:  # noqa: BLE001 - the edge of a call, whose citizen must not wait
                broken = error
                await rescue(self.line, self.call_id)
            finally:
                if self._leg is not None:
                    self._leg.detach()
                await self.line.close()
                if self._handing_over is not None:
                    await self._handing_over.close()
        if self._handing_over is not None:
            await self._handing_over.file()
        if self._write_report is not None:
            failed = CallOutcome(result=CallResult.FAILED, reason="broken off by an error")
            await self._report(self._write_report, outcome if broken is None else failed)
        if broken is not None:
            raise broken
        return outcome

    async def _hold(self) -> CallOutcome:
        known = await self._known() if self._known is not None else {}
        leg = await self._open()
        async with asyncio.TaskGroup() as self._tasks:
            if not self._departure.is_decided:
                self._conversation = self._converse(leg)
                self._conversation.post(told.CallStarted(variables={**self._variables, **known}))
            leaving = await self._departure.decision
            for task in self._spawned:
                task.cancel()
        outcome = await leave(self.line, leaving, self.call_id)
        if leaving.officer is not None and self._handing_over is not None:
            self._handing_over.joined()
        return outcome

    async def _open(self) -> MediaLeg:
        address = await self.line.open()
        self._leg = leg = self._parts.media.attach(self.call_id, (address.host, address.port), self)
        await self.line.answer()
        await asyncio.wait(
            (self._first_packet, self._departure.decision),
            timeout=_FIRST_PACKET_WAIT_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not self._first_packet.done():
            self._record("engine", "no_packet_yet")
        return leg

    def _converse(self, leg: MediaLeg) -> Conversation:
        parts = self._parts
        # Mouth and decoder report to the conversation, which is made of them: hence the late binding.
        mouth = Mouth(
            prompts=parts.prompts,
            loudspeaker=leg,
            spawn=self._spawn,
            started=lambda say: self._tell(lambda: conversation.prompt_started(say)),
            finished=lambda say, cut: self._tell(lambda: conversation.prompt_finished(say, cut)),
        )
        decoder = CallDecoder(
            recogniser=parts.recogniser,
            audio=self._ear.audio,
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
            desk=self._desk,
            line=self,
            spawn_work=self._works.begin,
            timeline=self._timeline,
            clock=parts.clock,
        )
        return conversation

    async def _report(self, write: WriteReport, outcome: CallOutcome) -> None:
        """Tell staff what the call came to, when everything else that it asked for is done."""
        report = write(self._machine.snapshot().slots, outcome, self._desk.asked)
        details = {
            "service": self._kept_as.service,
            "result": outcome.result.value,
            "reason": outcome.reason,
            "level": report.level,
            "text": report.text,
        }
        succeeded = await file_report(self._parts.desk, self.call_id, details)
        self._record("engine", "report", level=report.level, text=report.text, succeeded=succeeded)

    def _hand_over_by(self, people: People) -> HandingOver:
        return HandingOver(
            call_id=self.call_id,
            people=people,
            desk=self._parts.desk,
            asked=self._desk,
            works=self._works,
            prompts=self._parts.prompts,
            wire_format=self._parts.media.wire_format,
            slots=lambda: self._machine.snapshot().slots,
            record=self._record,
            clock=self._parts.clock,
        )

    def _spawn(self, work: Coroutine[object, object, None]) -> Callable[[], object]:
        assert self._tasks is not None
        task = self._tasks.create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)
        return task.cancel

    def close(self, outcome: CallOutcome) -> None:
        """Complete the timeline and the call's record."""
        self._ear.close()
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
        self._parts.calls.end(self.call_id, outcome, self._machine.snapshot().slots)

    # --- what the media loop tells (FrameListener) ----------------------------------------------------------

    def frame_heard(
        self, end_sample: int, samples: Samples, probability: float, level_dbfs: float, now: float
    ) -> None:
        """Hear 20 ms of the citizen."""
        leg, conversation = self._leg, self._conversation
        if leg is None or self._departure.is_decided:
            return
        try:
            behind = leg.frames_behind(end_sample)
            sent_levels = leg.sent_levels(behind)
            frame = self._ear.hear(end_sample, samples, probability, level_dbfs, sent_levels, behind == 0)
            if not self._first_packet.done() and leg.media_arrived:
                self._first_packet.set_result(None)
                self._timeline.record("citizen", "first_packet", now)
            if conversation is None:
                return
            conversation.post(frame)
            conversation.handle_timers(now)
            self._ear.mark(conversation.voiced, now)
        except Exception as error:  # noqa: BLE001 - the edge of a call: the media loop serves the others
            self._departure.fail(error)

    # --- what Asterisk tells --------------------------------------------------------------------------------

    def key_heard(self, key: str) -> None:
        """The citizen pressed a telephone key."""
        if conversation := self._conversation:
            self._tell(lambda: conversation.post(heard.KeyHeard(key=key)))

    def citizen_gone(self) -> None:
        """The citizen hung up."""
        self._gone(CITIZEN_GONE)

    def citizen_taken(self) -> None:
        """The dialplan took the citizen out of our hands, and goes on with them."""
        self._gone(CITIZEN_TAKEN)

    def _gone(self, outcome: CallOutcome) -> None:
        if self._departure.is_decided:
            return
        self._record("engine", "citizen_gone", reason=outcome.reason)
        if self._handing_over is not None and outcome is CITIZEN_GONE and self._handing_over.reason:
            # As in the queue of the dialplan: who hangs up while waiting for a person was handed over.
            outcome = CallOutcome(result=CallResult.HANDED_OVER, reason=self._handing_over.reason)
            self._handing_over.citizen_left()
        if conversation := self._conversation:
            self._tell(lambda: conversation.post(told.CitizenHungUp()))
            outcome = conversation.outcome or outcome
        self._departure.leave(Leaving(outcome=outcome, citizen_gone=True))

    def _machine_answered(self, who: Answerer) -> None:
        self._record("engine", "decision", action="machine", reason=who.value)
        self.hang_up(MACHINE_ANSWERED)

    def media_lost(self) -> None:
        """The path of the audio broke: the citizen hears nothing, and is not heard."""
        self.release("the media leg was lost")

    def release(self, reason: str) -> None:
        """Leave at once for whoever answers the queue."""
        if not self._departure.is_decided:
            self._record("engine", "transfer", target=PEOPLE, reason=reason)
            self._leave_for(PEOPLE, reason)

    # --- what the conversation asks for (Line) --------------------------------------------------------------

    def transfer(self, target: str, reason: str) -> None:
        """Leave for a person: for an officer who is told what it is about, where one can be found."""
        if self._departure.is_decided:
            return
        self._record("engine", "transfer", target=target, reason=reason)
        if self._handing_over is None or self._leg is None or target != PEOPLE:
            self._leave_for(target, reason)
        else:
            self._spawn(self._find_officer(self._handing_over, self._leg, reason))

    async def _find_officer(self, handing_over: HandingOver, leg: MediaLeg, reason: str) -> None:
        leaving = await handing_over.find(reason, leg, self.line)
        if leaving is not None:
            self._departure.leave(leaving)
        elif conversation := self._conversation:
            failed = told.TransferFailed(target=PEOPLE, reason="nobody took the call")
            self._tell(lambda: conversation.post(failed))

    def _leave_for(self, target: str, reason: str) -> None:
        outcome = CallOutcome(result=CallResult.HANDED_OVER, reason=reason)
        self._departure.leave(Leaving(outcome=outcome, transfer_to=target))

    def hang_up(self, outcome: CallOutcome) -> None:
        """End the call."""
        self._departure.leave(Leaving(outcome=outcome))

    def _tell(self, tell: Callable[[], None]) -> None:
        """Tell the conversation something that others must not suffer from."""
        if self._departure.is_decided:
            return
        try:
            tell()
        except Exception as error:  # noqa: BLE001 - the edge of a call, as above
            self._departure.fail(error)

    def _end_conversation(self) -> None:
        if self._conversation is not None:
            self._conversation.end()

    def _record(self, track: str, event: str, **details: object) -> None:
        self._timeline.record(track, event, self._parts.clock(), **details)


def _figures(report: LegReport) -> dict[str, object]:
    figures = asdict(report.reception) | asdict(report)
    del figures["reception"]
    return figures
