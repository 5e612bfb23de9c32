"""One conversation: joins turn taking (who has the floor) with dialogue (what is said and done).

Everything that happens in a call comes through ``post`` and is handled to completion, one event after the
other, on the event loop; nothing here waits. What takes time (decodes, synthesis, work) is spawned and
posts its answer.

A turn that was committed early may be taken back: the dialogue's state from before the turn is kept until
turn taking confirms it. What the answer says is spoken at once; what it does outside the conversation
(``Do``, ``Transfer``, ``HangUp``) waits for the confirmation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Protocol, assert_never

from voicebot.dialogue import actions as do
from voicebot.dialogue import events as told
from voicebot.dialogue.machine import Machine, MachineState
from voicebot.engine.decoding import CallDecoder
from voicebot.engine.keys import KeyEntry
from voicebot.engine.mouth import Mouth
from voicebot.errors import VoicebotError
from voicebot.outcome import CallOutcome
from voicebot.ports import CaseDesk, TimelineSink
from voicebot.speech import actions as turn
from voicebot.speech import events as heard
from voicebot.speech.turn_taker import TurnTaker


class Line(Protocol):
    """What a conversation may do with the telephone line."""

    def transfer(self, target: str, reason: str) -> None:
        """Bring the citizen to a person; the call then leaves the engine."""
        ...

    def hang_up(self, outcome: CallOutcome) -> None:
        """End the call."""
        ...


@dataclass(slots=True)
class _OpenTurn:
    """A committed turn that may still be taken back."""

    turn_id: int
    before: MachineState
    expectation: do.Expectation
    deferred: list[do.Do | do.Transfer | do.HangUp] = field(default_factory=list)


_SHAPES = {
    do.AnswerKind.YES_NO: heard.AnswerShape.CLOSED,
    do.AnswerKind.CHOICE: heard.AnswerShape.CLOSED,
    do.AnswerKind.NUMBER: heard.AnswerShape.NUMBER,
    do.AnswerKind.PHONE: heard.AnswerShape.NUMBER,
    do.AnswerKind.TEMPERATURE: heard.AnswerShape.NUMBER,
    do.AnswerKind.DATE: heard.AnswerShape.NUMBER,
    do.AnswerKind.PLACE: heard.AnswerShape.OPEN,
    do.AnswerKind.OPEN: heard.AnswerShape.OPEN,
}

_NO_QUESTION = do.Expectation(kind=do.AnswerKind.OPEN)


class Conversation:
    """The conversation of one call.

    Args:
        machine: The dialogue.
        turn_taker: Who has the floor.
        decoder: This call's decodes.
        mouth: What the bot says.
        desk: Work outside the conversation.
        line: Transfer and hang-up.
        spawn: Starts a coroutine in the call's task group and returns how to cancel it.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        call_id: str,
        machine: Machine,
        turn_taker: TurnTaker,
        decoder: CallDecoder,
        mouth: Mouth,
        desk: CaseDesk,
        line: Line,
        spawn: Callable[[Coroutine[object, object, None]], Callable[[], object]],
        timeline: TimelineSink,
        clock: Callable[[], float],
    ) -> None:
        self._call_id = call_id
        self._machine = machine
        self._turn_taker = turn_taker
        self._decoder = decoder
        self._mouth = mouth
        self._desk = desk
        self._line = line
        self._spawn = spawn
        self._timeline = timeline
        self._clock = clock
        self._keys = KeyEntry()
        self._expectation = _NO_QUESTION
        self._listen_after_prompt: do.Listen | None = None
        self._open_turn: _OpenTurn | None = None
        self._last: do.Transfer | do.HangUp | None = None
        self._inbox: deque[told.Event | heard.Event] = deque()
        self._handling = False

    @property
    def voiced(self) -> bool:
        """Whether the last frame held the citizen's voice."""
        return self._turn_taker.voiced

    # --- the one way in -------------------------------------------------------------------------------------

    def post(self, event: told.Event | heard.Event) -> None:
        """Tell the conversation what happened; handled now, or after the event being handled."""
        self._inbox.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._inbox:
                self._handle(self._inbox.popleft())
        finally:
            self._handling = False

    def handle_timers(self, now: float) -> None:
        """Let whatever is due happen; called with every frame, so nothing needs a timer of its own."""
        due = self._turn_taker.next_deadline()
        if due is not None and due <= now:
            self._perform_turns(self._turn_taker.handle_timer(now))
        due = self._machine.next_deadline()
        if due is not None and due <= now:
            self._perform(self._machine.handle_timer(now))
        entry = self._keys.handle_timer(now)
        if entry is not None:
            self.post(told.KeysPressed(keys=entry))

    def _handle(self, event: told.Event | heard.Event) -> None:
        now = self._clock()
        match event:
            case (
                heard.FrameHeard()
                | heard.PromptStarted()
                | heard.PromptStopped()
                | heard.FloorGiven()
                | heard.FloorTaken()
                | heard.HypothesisHeard()
                | heard.DecodeDropped()
            ):
                self._perform_turns(self._turn_taker.receive(event, now))
            case heard.KeyHeard(key=key):
                self._timeline.record("citizen", "key", now, key=key)
                self._perform_turns(self._turn_taker.receive(event, now))
                entry = self._keys.press(key, now)
                if entry is not None:
                    self.post(told.KeysPressed(keys=entry))
            case (
                told.CallStarted()
                | told.CitizenSaid()
                | told.CitizenSilent()
                | told.KeysPressed()
                | told.PromptFinished()
                | told.WorkFinished()
                | told.TransferFailed()
                | told.CitizenHungUp()
            ):
                self._perform(self._machine.receive(event, now))
            case _:
                assert_never(event)

    # --- what turn taking decides -------------------------------------------------------------------------

    def _perform_turns(self, actions: list[turn.Action]) -> None:
        for action in actions:
            match action:
                case turn.RequestDecode():
                    self._decoder.request(action, self._expectation)
                case turn.DiscardDecode(decode_id=decode_id):
                    self._decoder.discard(decode_id)
                case turn.StopPrompt(reason=reason):
                    self._record("bot", "barge_in", reason=reason)
                    self._mouth.stop()
                case turn.CommitTurn():
                    self._commit(action)
                case turn.RetractTurn(turn_id=turn_id):
                    self._retract(turn_id)
                case turn.ConfirmTurn(turn_id=turn_id):
                    self._confirm(turn_id)
                case turn.ReportSilence(silent_s=silent_s):
                    self._record("engine", "decision", action="silence", silent_s=silent_s)
                    self._settle()
                    self.post(told.CitizenSilent(silent_s=silent_s))
                case _:
                    assert_never(action)

    def _commit(self, commit: turn.CommitTurn) -> None:
        self._record(
            "citizen",
            "turn",
            turn_id=commit.turn_id,
            text=commit.text,
            early=commit.early,
            reason=commit.reason,
            confidence=round(commit.confidence, 3),
        )
        self._settle()  # an earlier turn stands once the next one has come
        if commit.early:
            self._open_turn = _OpenTurn(
                turn_id=commit.turn_id, before=self._machine.snapshot(), expectation=self._expectation
            )
        self.post(
            told.CitizenSaid(
                text=commit.text,
                confidence=commit.confidence,
                choice_scores=self._decoder.recognition(commit.decode_id).choice_scores,
            )
        )

    def _retract(self, turn_id: int) -> None:
        open_turn = self._open_turn
        if open_turn is None or open_turn.turn_id != turn_id:
            raise VoicebotError(f"turn {turn_id} was taken back but is not open")
        self._record("engine", "retract", turn_id=turn_id)
        self._mouth.forget()
        self._machine.restore(open_turn.before)
        self._open_turn = None
        self._last = None
        self._listen(do.Listen(expectation=open_turn.expectation))

    def _confirm(self, turn_id: int) -> None:
        if self._open_turn is not None and self._open_turn.turn_id == turn_id:
            self._settle()

    def _settle(self) -> None:
        """The open turn stands: what waited for that happens now."""
        open_turn, self._open_turn = self._open_turn, None
        if open_turn is not None:
            for action in open_turn.deferred:
                self._take_effect(action)

    # --- what the dialogue asks for -----------------------------------------------------------------------

    def _perform(self, actions: list[do.Action]) -> None:
        for action in actions:
            match action:
                case do.Say():
                    self._mouth.say(action)
                case do.Listen():
                    self._listen(action)
                case do.Do() | do.Transfer() | do.HangUp():
                    if self._open_turn is not None:
                        self._open_turn.deferred.append(action)
                    else:
                        self._take_effect(action)
                case _:
                    assert_never(action)

    def _listen(self, listen: do.Listen) -> None:
        if not self._mouth.interruptible:
            self._listen_after_prompt = listen
            return
        self._listen_after_prompt = None
        self._expectation = listen.expectation
        self._keys.expect(listen.expectation.max_keys)
        self.post(
            heard.FloorGiven(shape=_SHAPES[listen.expectation.kind], silence_s=listen.expectation.silence_s)
        )

    def _take_effect(self, action: do.Do | do.Transfer | do.HangUp) -> None:
        match action:
            case do.Do():
                self._spawn(self._work(action))
            case do.Transfer() | do.HangUp():
                self._last = action
                self._leave_when_quiet()
            case _:
                assert_never(action)

    async def _work(self, work: do.Do) -> None:
        try:
            result = await self._desk.perform(self._call_id, work.name, work.arguments)
        except VoicebotError as error:
            self._record("engine", "work", name=work.name, succeeded=False, reason=str(error))
            self.post(told.WorkFinished(name=work.name, succeeded=False))
        else:
            self._record("engine", "work", name=work.name, succeeded=True, result=dict(result))
            self.post(told.WorkFinished(name=work.name, succeeded=True, result=result))

    def _leave_when_quiet(self) -> None:
        if self._last is None or not self._mouth.idle:
            return
        last, self._last = self._last, None
        self.post(heard.FloorTaken())
        match last:
            case do.Transfer():
                self._record("engine", "transfer", target=last.target, reason=last.reason)
                self._line.transfer(last.target, last.reason)
            case do.HangUp():
                self._line.hang_up(last.outcome)
            case _:
                assert_never(last)

    # --- what the mouth reports ---------------------------------------------------------------------------

    def prompt_started(self, say: do.Say) -> None:
        """A prompt became audible."""
        self._record("bot", "prompt", id=say.prompt_id, text=say.text, interruptible=say.interruptible)
        self._record("bot", "audible_started", id=say.prompt_id)
        self.post(heard.PromptStarted(prompt_id=say.prompt_id, interruptible=say.interruptible))

    def prompt_finished(self, say: do.Say, interrupted: bool) -> None:
        """A prompt ended or was stopped."""
        self._record("bot", "audible_ended", id=say.prompt_id)
        self._record("bot", "prompt_ended", id=say.prompt_id, interrupted=interrupted)
        self.post(heard.PromptStopped(prompt_id=say.prompt_id, interrupted=interrupted))
        self.post(told.PromptFinished(prompt_id=say.prompt_id, interrupted=interrupted))
        if self._listen_after_prompt is not None:
            self._listen(self._listen_after_prompt)
        self._leave_when_quiet()

    def _record(self, track: str, event: str, **details: object) -> None:
        self._timeline.record(track, event, self._clock(), **details)
