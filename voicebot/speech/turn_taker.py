"""Turn taking of one call: events in, decisions out, time passed in.

``states`` has the picture. The decisions are made by small parts: ``detector``, ``decoding``,
``endpointing``, ``barge_in``, ``pauses``, ``silence``; ``turn_end``, ``overlap`` and ``grace`` move between
the states. This file tells each event to the part that it concerns.
"""

from __future__ import annotations

from math import inf
from typing import assert_never

from voicebot.speech.actions import Action, ReportSilence, StopPrompt
from voicebot.speech.barge_in import note_words
from voicebot.speech.decoding import Flight
from voicebot.speech.events import (
    AnswerShape,
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
from voicebot.speech.grace import confirm, consider_resumption, hear_after_commit
from voicebot.speech.overlap import consider_overlap, hear_overlap
from voicebot.speech.settings import TurnSettings
from voicebot.speech.situation import Situation
from voicebot.speech.states import TurnState
from voicebot.speech.turn_end import (
    TICK_SLACK_S,
    consider_end,
    hear_turn,
    lose_turn_decode,
    take_turn_words,
)

__all__ = ["TurnSettings", "TurnTaker"]

_RUN_GAP_MS = 100.0
"""Voice apart by more than this does not add up to an onset."""
_ADOPTION_S = 0.04
"""A prompt's end is looked at for two frames before a word spoken over it is taken for the answer: the next
prompt of the same message may begin at once."""


class TurnTaker:
    """Decides who has the floor in one call.

    Args:
        settings: The numbers that it is tuned by.
        sample_rate_hz: Of the positions (``*_sample``) in events and actions.
    """

    def __init__(self, settings: TurnSettings, sample_rate_hz: int) -> None:
        self._situation = Situation(settings, sample_rate_hz)

    @property
    def state(self) -> TurnState:
        """Where the conversation stands."""
        return self._situation.state

    @property
    def patience(self) -> float:
        """What was learned of the speaker's pauses: 1 is typical, more is slower."""
        return self._situation.pauses.patience

    @property
    def voiced(self) -> bool:
        """Whether the last frame held the citizen's voice."""
        return self._situation.detector.voiced

    # --- the three verbs ------------------------------------------------------------------------------------

    def receive(self, event: Event, now: float) -> list[Action]:
        """Take an event and decide.

        Args:
            event: What happened.
            now: Monotonic seconds; never earlier than in the call before.
        """
        actions: list[Action] = []
        match event:
            case FrameHeard():
                self._hear(event, now, actions)
            case HypothesisHeard():
                self._take_words(event, now, actions)
            case DecodeDropped(decode_id=decode_id):
                flight = self._situation.desk.drop(decode_id)
                if flight is not None:
                    self._lose_decode(flight, now, actions)
            case PromptStarted():
                self._start_prompt(event, now)
            case PromptStopped():
                if self._situation.floor.prompt_stopped(event):
                    self._end_prompt(event.interrupted, now, actions)
            case FloorGiven():
                self._give_floor(event, now, actions)
            case FloorTaken():
                self._take_floor(actions)
            case KeyHeard():
                self._hear_key(now, actions)
            case _:
                assert_never(event)
        return actions

    def handle_timer(self, now: float) -> list[Action]:
        """Let whatever is due happen; harmless when called early."""
        situation = self._situation
        actions: list[Action] = []
        if now >= situation.desk.times_out_at:
            flight = situation.desk.flight
            situation.desk.discard(actions)
            assert flight is not None  # else it would not time out
            self._lose_decode(flight, now, actions)
        if situation.state is TurnState.PAUSING:
            consider_end(situation, now, actions)
        elif situation.state is TurnState.GRACE and now + TICK_SLACK_S >= situation.due:
            confirm(situation, actions)
        if situation.state is TurnState.AWAITING and now >= situation.silence.due:
            actions.append(ReportSilence(silent_s=situation.silence.silence_s))
            situation.silence.cancel()
            situation.floor.given = None
            situation.rest()
        return actions

    def next_deadline(self) -> float | None:
        """When ``handle_timer`` is wanted next (monotonic seconds); ``None``: nothing is due by itself."""
        situation = self._situation
        deadline = min(situation.due, situation.desk.times_out_at)
        if situation.state is TurnState.AWAITING:
            deadline = min(deadline, situation.silence.due)
        return None if deadline == inf else deadline

    # --- the citizen ----------------------------------------------------------------------------------------

    def _hear(self, frame: FrameHeard, now: float, actions: list[Action]) -> None:
        situation = self._situation
        voiced = situation.detector.push(frame)
        situation.end_sample = frame.end_sample
        situation.heard_at = now
        state = situation.state
        if voiced and now < situation.deaf_until:
            voiced = False
        if state is TurnState.AWAITING or state is TurnState.IDLE:
            if voiced:
                self._hear_onset(frame, now, actions)
        elif state is TurnState.SPEAKING or state is TurnState.PAUSING:
            hear_turn(situation, frame, voiced, now, actions)
        elif state is TurnState.OVERLAPPING:
            hear_overlap(situation, frame, voiced, now, actions)
        else:
            hear_after_commit(situation, frame, voiced, now, actions)

    def _hear_onset(self, frame: FrameHeard, now: float, actions: list[Action]) -> None:
        situation = self._situation
        floor, settings = situation.floor, situation.settings
        listening = floor.given is not None and floor.interruptible == floor.audible
        utterance = situation.utterance
        if not listening:
            gap_ms = settings.early_answer_ms
        else:
            nodded = utterance is not None and utterance.judged and floor.audible
            gap_ms = settings.nod_gap_ms if nodded else _RUN_GAP_MS
        if utterance is None or situation.silence_ms(utterance) - frame.duration_ms > gap_ms:
            utterance = situation.begin_utterance(frame, now)
        else:
            utterance.judged = False
            utterance.add(frame, now)
        if not listening or utterance.voiced_ms < settings.onset_ms:
            return
        if floor.audible:
            situation.enter(TurnState.OVERLAPPING)
            consider_overlap(situation, now, actions)
        else:
            situation.enter(TurnState.SPEAKING)

    def _take_words(self, event: HypothesisHeard, now: float, actions: list[Action]) -> None:
        situation = self._situation
        words = situation.desk.answer(event, now)
        if words is None:
            return
        assert situation.utterance is not None  # a decode is given up with its utterance
        situation.utterance.words = words
        if situation.state is TurnState.OVERLAPPING:
            note_words(situation.settings, situation.utterance)
            consider_overlap(situation, now, actions)
        elif situation.state is TurnState.RESUMING:
            note_words(situation.settings, situation.utterance)
            consider_resumption(situation, now, actions)
        else:
            take_turn_words(situation, words, now, actions)

    def _lose_decode(self, flight: Flight, now: float, actions: list[Action]) -> None:
        if self._situation.state in (TurnState.SPEAKING, TurnState.PAUSING):
            lose_turn_decode(self._situation, flight, now, actions)
        # Over a prompt the next decode is asked for with more voice, or the length decides.

    def _hear_key(self, now: float, actions: list[Action]) -> None:
        situation = self._situation
        situation.deaf_until = now + situation.settings.key_deaf_ms / 1000
        situation.desk.discard(actions)
        if situation.floor.audible:
            actions.append(StopPrompt(reason="key"))
            situation.floor.stop_prompt()
        if situation.committed is not None:
            confirm(situation, actions)
        situation.utterance = None
        if situation.floor.given is not None:
            situation.silence.count(now)
        situation.rest()

    # --- the bot --------------------------------------------------------------------------------------------

    def _start_prompt(self, event: PromptStarted, now: float) -> None:
        situation = self._situation
        situation.floor.prompt_started(event, now)
        situation.silence.hold()
        under_way = situation.state in (TurnState.SPEAKING, TurnState.PAUSING)
        if under_way and situation.floor.interruptible:
            situation.enter(TurnState.OVERLAPPING)

    def _end_prompt(self, interrupted: bool, now: float, actions: list[Action]) -> None:
        situation = self._situation
        if situation.floor.given is not None:
            situation.silence.count(now)
        if situation.state is TurnState.OVERLAPPING:
            situation.not_before = now + _ADOPTION_S
            situation.speak()
        elif situation.committed is not None and not interrupted:
            # The whole answer was heard: voice from here on belongs to what comes next.
            confirm(situation, actions)
        if situation.state is TurnState.AWAITING:
            self._adopt(now, actions)

    def _give_floor(self, event: FloorGiven, now: float, actions: list[Action]) -> None:
        situation = self._situation
        situation.floor.given = event
        situation.silence.give(event.silence_s)
        if not situation.floor.audible:
            situation.silence.count(now)
        if situation.state is TurnState.IDLE:
            situation.enter(TurnState.AWAITING)
            if not situation.floor.audible:
                self._adopt(now, actions)

    def _take_floor(self, actions: list[Action]) -> None:
        situation = self._situation
        situation.floor.given = None
        situation.silence.cancel()
        if situation.committed is None:
            situation.desk.discard(actions)
            situation.utterance = None
            situation.rest()

    def _adopt(self, now: float, actions: list[Action]) -> None:
        """Take what was said shortly before the prompt's end, or the floor, for the answer."""
        situation = self._situation
        utterance, settings = situation.utterance, situation.settings
        if utterance is None or utterance.voiced_ms < settings.onset_ms:
            return
        if situation.silence_ms(utterance) > settings.early_answer_ms:
            return
        if utterance.judged and situation.floor.shape is not AnswerShape.CLOSED:
            return  # a nod answers nothing but a closed question
        utterance.judged = False
        situation.not_before = now + _ADOPTION_S
        situation.speak()
        if situation.state is TurnState.PAUSING:
            consider_end(situation, now, actions)
