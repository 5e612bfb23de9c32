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
from dataclasses import dataclass
from typing import assert_never

from voicebot.dialogue import actions as do
from voicebot.dialogue import events as told
from voicebot.dialogue.machine import Machine
from voicebot.engine.decoding import CallDecoder
from voicebot.engine.effects import Effects, Line
from voicebot.engine.judging import answer_shape
from voicebot.engine.keys import KeyEntry
from voicebot.engine.mouth import Mouth
from voicebot.engine.turns import Turns
from voicebot.outcome import CallOutcome
from voicebot.ports import CaseDesk, TimelineSink
from voicebot.speech import actions as turn
from voicebot.speech import events as heard
from voicebot.speech.turn_taker import TurnTaker


@dataclass(frozen=True, slots=True)
class _TimeCame:
    """Something is due."""


_TIME_CAME = _TimeCame()

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
        spawn_work: Starts work; what was begun is finished even if the call ends meanwhile.
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
        spawn_work: Callable[[Coroutine[object, object, None]], object],
        timeline: TimelineSink,
        clock: Callable[[], float],
    ) -> None:
        self._machine = machine
        self._turn_taker = turn_taker
        self._decoder = decoder
        self._mouth = mouth
        self._timeline = timeline
        self._clock = clock
        self._keys = KeyEntry()
        self._expectation = _NO_QUESTION
        self._listen_after_prompt: do.Listen | None = None
        self._audible: do.Say | None = None
        self._effects = Effects(
            call_id=call_id,
            desk=desk,
            line=line,
            spawn_work=spawn_work,
            worked=self.post,
            quiet=lambda: mouth.idle,
            record=self._record,
        )
        self._turns = Turns(
            machine=machine, effects=self._effects, decoder=decoder, say=self.post, record=self._record
        )
        self._inbox: deque[told.Event | heard.Event | _TimeCame] = deque()
        self._handling = False
        self._over = False

    @property
    def voiced(self) -> bool:
        """Whether the last frame held the citizen's voice."""
        return self._turn_taker.voiced

    @property
    def outcome(self) -> CallOutcome | None:
        """The end that the flow has reached while the goodbye may still be playing, if there is one."""
        return self._effects.outcome

    # --- the one way in -------------------------------------------------------------------------------------

    def post(self, event: told.Event | heard.Event | _TimeCame) -> None:
        """Tell the conversation what happened; handled now, or after the event being handled."""
        if self._over:
            return
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
        for due in (
            self._turn_taker.next_deadline(),
            self._machine.next_deadline(),
            self._keys.next_deadline(),
        ):
            if due is not None and due <= now:
                self.post(_TIME_CAME)
                return

    def end(self) -> None:
        """The call is being left: the last turn stands, and what is told from here on comes too late."""
        self._turns.close()
        if self._audible is not None:
            self._fall_silent(self._audible, interrupted=True)
        self._over = True
        self._inbox.clear()

    def _handle(self, event: told.Event | heard.Event | _TimeCame) -> None:
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
            case _TimeCame():
                self._handle_due(now)
            case heard.KeyHeard():
                self._hear_key(event, now)
            case told.CitizenHungUp():
                self._turns.close()
                self._perform(self._machine.receive(event, now))
                self.end()  # frames still on their way must not take back what now stands
            case (
                told.CallStarted()
                | told.CitizenSaid()
                | told.CitizenSilent()
                | told.KeysPressed()
                | told.PromptFinished()
                | told.WorkFinished()
                | told.TransferFailed()
            ):
                self._perform(self._machine.receive(event, now))
            case _:
                assert_never(event)

    def _handle_due(self, now: float) -> None:
        self._perform_turns(self._turn_taker.handle_timer(now))
        self._perform(self._machine.handle_timer(now))
        entry = self._keys.handle_timer(now)
        if entry is not None:
            self.post(told.KeysPressed(keys=entry))

    def _hear_key(self, event: heard.KeyHeard, now: float) -> None:
        self._timeline.record("citizen", "key", now, key=event.key)
        if self._keys.is_afterthought(event.key, now):
            return
        self._perform_turns(self._turn_taker.receive(event, now))
        self._mouth.stop()  # what is not audible yet does not matter any more either
        entry = self._keys.press(event.key, now)
        if entry is not None:
            self.post(told.KeysPressed(keys=entry))

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
                    self._turns.commit(action, self._expectation)
                case turn.RetractTurn(turn_id=turn_id):
                    self._retract(turn_id)
                case turn.ConfirmTurn(turn_id=turn_id):
                    self._turns.confirm(turn_id)
                case turn.ReportSilence(silent_s=silent_s):
                    self._record("engine", "decision", action="silence", silent_s=silent_s)
                    self.post(told.CitizenSilent(silent_s=silent_s))
                case _:
                    assert_never(action)

    def _retract(self, turn_id: int) -> None:
        expectation = self._turns.retract(turn_id)
        self._mouth.forget()
        if self._audible is not None:
            self._fall_silent(self._audible, interrupted=True)
        self._listen(do.Listen(expectation=expectation))

    # --- what the dialogue asks for -----------------------------------------------------------------------

    def _perform(self, actions: list[do.Action]) -> None:
        for action in actions:
            match action:
                case do.Say():
                    self._mouth.say(action)
                case do.Listen():
                    self._listen(action)
                case do.Do() | do.Transfer() | do.HangUp():
                    self._effects.take(action)
                case _:
                    assert_never(action)
        if actions and self._machine.expectation is None:
            self._listen_after_prompt = None
            self.post(heard.FloorTaken())

    def _listen(self, listen: do.Listen) -> None:
        if not self._mouth.interruptible:
            self._listen_after_prompt = listen
            return
        self._listen_after_prompt = None
        self._expectation = listen.expectation
        self._keys.expect(listen.expectation.max_keys)
        self.post(
            heard.FloorGiven(
                shape=answer_shape(listen.expectation.kind), silence_s=listen.expectation.silence_s
            )
        )

    # --- what the mouth reports ---------------------------------------------------------------------------

    def prompt_started(self, say: do.Say) -> None:
        """A prompt became audible."""
        self._audible = say
        self._record("bot", "prompt", id=say.prompt_id, text=say.text, interruptible=say.interruptible)
        self._record("bot", "audible_started", id=say.prompt_id)
        self.post(heard.PromptStarted(prompt_id=say.prompt_id, interruptible=say.interruptible))

    def prompt_finished(self, say: do.Say, interrupted: bool) -> None:
        """A prompt ended, or was stopped: while it was heard, or before."""
        if self._over:
            return
        if say is self._audible:
            self._fall_silent(say, interrupted=interrupted)
        self.post(heard.PromptStopped(prompt_id=say.prompt_id, interrupted=interrupted))
        self.post(told.PromptFinished(prompt_id=say.prompt_id, interrupted=interrupted))
        if self._listen_after_prompt is not None:
            self._listen(self._listen_after_prompt)
        self._effects.leave_when_quiet()

    def _fall_silent(self, say: do.Say, *, interrupted: bool) -> None:
        self._audible = None
        self._record("bot", "audible_ended", id=say.prompt_id)
        self._record("bot", "prompt_ended", id=say.prompt_id, interrupted=interrupted)

    def _record(self, track: str, event: str, **details: object) -> None:
        self._timeline.record(track, event, self._clock(), **details)
