"""What holds in every conversation, however strange: a machine that does anything, in any order."""

from __future__ import annotations

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from voicebot.speech.actions import (
    Action,
    CommitTurn,
    ConfirmTurn,
    DiscardDecode,
    ReportSilence,
    RequestDecode,
    RetractTurn,
    StopPrompt,
)
from voicebot.speech.events import (
    AnswerShape,
    Completeness,
    DecodeDropped,
    Event,
    FloorGiven,
    FloorTaken,
    FrameHeard,
    HypothesisHeard,
    KeyHeard,
    PromptStarted,
    PromptStopped,
)
from voicebot.speech.states import TurnState
from voicebot.speech.turn_taker import TurnSettings, TurnTaker

_RATE_HZ = 8000
_FRAME_S = 0.02
_SELDOM = st.sampled_from([False, False, False, False, True])
"""For what ends a conversation's episode: else the longer ones are never reached."""


class AnyConversation(RuleBasedStateMachine):
    """Events in any order; time passes with frames, timers may come late."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = TurnSettings()
        self.taker = TurnTaker(self.settings, _RATE_HZ)
        self.now = 100.0
        self.end_sample = 0
        self.voiced_run = 0
        self.last_frame_at = self.now
        self.requested: dict[int, RequestDecode] = {}
        self.forgotten: set[int] = set()
        self.last_request_id = 0
        self.last_turn_id = 0
        self.open_turn: tuple[int, float] | None = None
        self.prompt_id = 0
        self.prompt_playing = False
        self.reports_allowed = 0

    # --- what can happen
    # --------------------------------------------------------------------------------------

    @rule(voiced=st.booleans(), frames=st.integers(1, 40), echo=st.sampled_from([0.0, 0.0, 0.9]))
    def hear(self, voiced: bool, frames: int, echo: float) -> None:
        for _ in range(frames):
            self.now += _FRAME_S
            self.last_frame_at = self.now
            self.end_sample += 160
            self.voiced_run = self.voiced_run + 1 if voiced and echo < 0.5 else 0
            self._tell(
                FrameHeard(
                    end_sample=self.end_sample,
                    duration_ms=20.0,
                    probability=0.95 if voiced else 0.02,
                    level_dbfs=self._level_dbfs(voiced),
                    echo=echo,
                )
            )
            self._timers()

    def _level_dbfs(self, voiced: bool) -> float:
        if not voiced:
            return -65.0
        # Speech has a dip in each syllable; what has none for two seconds is taken for noise, rightly.
        return -62.0 if self.voiced_run % 10 == 9 else -20.0

    @rule(
        voiced_frames=st.integers(2, 45),
        silent_frames=st.integers(2, 70),
        completeness=st.sampled_from(list(Completeness)),
        text=st.sampled_from(["네", "저기요", "아니요"]),
    )
    def speak_and_be_understood(
        self, voiced_frames: int, silent_frames: int, completeness: Completeness, text: str
    ) -> None:
        for frame in range(voiced_frames + silent_frames):
            self.hear(voiced=frame < voiced_frames, frames=1, echo=0.0)
            for decode_id in sorted(self.requested):
                self._answer(decode_id, text, completeness, 0.9)

    @rule(gap_s=st.floats(0.001, 4.0))
    def stall(self, gap_s: float) -> None:
        self.now += gap_s
        self._timers()

    @precondition(lambda self: bool(self.requested))
    @rule(
        data=st.data(),
        completeness=st.sampled_from(list(Completeness)),
        confidence=st.sampled_from([0.0, 0.3, 0.9]),
    )
    def answer(self, data: st.DataObject, completeness: Completeness, confidence: float) -> None:
        decode_id = data.draw(st.sampled_from(sorted(self.requested)))
        self._answer(decode_id, "말", completeness, confidence)

    def _answer(self, decode_id: int, text: str, completeness: Completeness, confidence: float) -> None:
        if completeness is Completeness.EMPTY:
            text = ""
        del self.requested[decode_id]
        self._tell(
            HypothesisHeard(decode_id=decode_id, text=text, completeness=completeness, confidence=confidence)
        )

    @rule(decode_id=st.integers(0, 50))
    def answer_late_or_foreign(self, decode_id: int) -> None:
        if decode_id in self.requested:
            return
        before = self.taker.state
        actions = self.taker.receive(
            HypothesisHeard(decode_id=decode_id, text="네", completeness=Completeness.COMPLETE, confidence=1),
            self.now,
        )
        assert actions == []
        assert self.taker.state is before

    @precondition(lambda self: bool(self.requested))
    @rule()
    def drop(self) -> None:
        decode_id = next(iter(self.requested))
        del self.requested[decode_id]
        self._tell(DecodeDropped(decode_id=decode_id))

    @initialize(shape=st.sampled_from(list(AnswerShape)), prompt=st.booleans())
    def begin_with_a_question(self, shape: AnswerShape, prompt: bool) -> None:
        if prompt:
            self.start_prompt(interruptible=True)
        self.give_floor(shape=shape, silence_s=5.0)

    @rule(shape=st.sampled_from(list(AnswerShape)), silence_s=st.floats(0.5, 8))
    def give_floor(self, shape: AnswerShape, silence_s: float) -> None:
        self.reports_allowed = 1
        self._tell(FloorGiven(shape=shape, silence_s=silence_s))

    @rule(really=_SELDOM)
    def take_floor(self, really: bool) -> None:
        if not really:
            return
        self.reports_allowed = 0
        self._tell(FloorTaken())

    @rule(interruptible=st.booleans())
    def start_prompt(self, interruptible: bool) -> None:
        self.prompt_id += 1
        self.prompt_playing = True
        self._tell(PromptStarted(prompt_id=self.prompt_id, interruptible=interruptible))

    @rule(interrupted=st.booleans(), stale=st.booleans())
    def stop_prompt(self, interrupted: bool, stale: bool) -> None:
        if not stale:
            self.prompt_playing = False
        self._tell(PromptStopped(prompt_id=self.prompt_id - stale, interrupted=interrupted))

    @rule(really=_SELDOM)
    def press_key(self, really: bool) -> None:
        if not really:
            return
        actions = self._tell(KeyHeard(key="1"))
        assert not any(isinstance(action, CommitTurn) for action in actions)
        # Nothing old may come any more: what was asked for is given up, and no turn is open.
        assert not self.requested
        assert self.open_turn is None

    # --- what must hold
    # ---------------------------------------------------------------------------------------

    def _tell(self, happened: Event) -> list[Action]:
        actions = self.taker.receive(happened, self.now)
        self._check(actions)
        return actions

    def _timers(self) -> None:
        for _ in range(10):
            deadline = self.taker.next_deadline()
            if deadline is None or deadline > self.now:
                return
            self._check(self.taker.handle_timer(self.now))
        raise AssertionError("the next deadline stays in the past")

    def _check(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case RequestDecode():
                    assert not self.requested, "two decodes under way"
                    assert action.decode_id > self.last_request_id
                    assert 0 <= action.start_sample < action.end_sample <= self.end_sample
                    assert action.voiced_ms > 0
                    self.last_request_id = action.decode_id
                    self.requested[action.decode_id] = action
                case DiscardDecode():
                    assert action.decode_id in self.requested, "discarded what nobody waits for"
                    del self.requested[action.decode_id]
                case CommitTurn():
                    self._check_commit(action)
                case RetractTurn():
                    assert self.open_turn is not None and self.open_turn[0] == action.turn_id
                    self.open_turn = None
                    self.reports_allowed = 1
                case ConfirmTurn():
                    assert self.open_turn is not None and self.open_turn[0] == action.turn_id
                    self.open_turn = None
                case ReportSilence():
                    assert self.reports_allowed == 1, "silence reported twice, or nobody listens"
                    self.reports_allowed = 0
                case StopPrompt():
                    assert self.prompt_playing, "stopped what does not play"

    def _check_commit(self, commit: CommitTurn) -> None:
        assert commit.turn_id == self.last_turn_id + 1
        assert self.open_turn is None, "an earlier turn is still open"
        media_gone = self.now - self.last_frame_at >= 1.0
        forced = commit.reason in ("longest turn", "recognition failed")
        assert self.voiced_run == 0 or media_gone or forced
        assert not self.requested
        self.last_turn_id = commit.turn_id
        self.open_turn = (commit.turn_id, self.now)
        self.reports_allowed = 0

    @invariant()
    def a_turn_is_open_exactly_while_it_may_be_taken_back(self) -> None:
        open_states = (TurnState.GRACE, TurnState.RESUMING)
        assert (self.open_turn is not None) == (self.taker.state in open_states)

    @invariant()
    def grace_and_decodes_always_have_a_deadline(self) -> None:
        if self.taker.state is TurnState.GRACE or self.requested:
            assert self.taker.next_deadline() is not None

    @invariant()
    def nothing_is_listened_for_without_the_floor(self) -> None:
        event(f"state {self.taker.state.value}")
        if self.taker.state is TurnState.IDLE:
            assert not self.requested


AnyConversation.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
TestAnyConversation = AnyConversation.TestCase
