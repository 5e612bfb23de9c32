"""After an early commit: the turn stands once its grace is over, or is taken back because the citizen goes
on."""

from __future__ import annotations

from voicebot.speech.actions import Action, ConfirmTurn, RetractTurn
from voicebot.speech.barge_in import Verdict, judge_overlap
from voicebot.speech.events import FrameHeard
from voicebot.speech.overlap import listen
from voicebot.speech.situation import Situation
from voicebot.speech.states import TurnState
from voicebot.speech.utterance import Utterance

_RUN_GAP_MS = 100.0
"""Voice apart by more than this does not add up to a resumption."""


def hear_after_commit(
    situation: Situation, frame: FrameHeard, voiced: bool, now: float, actions: list[Action]
) -> None:
    """Take a frame in ``GRACE`` or ``RESUMING``."""
    utterance = situation.utterance
    if voiced:
        if utterance is None or _is_apart(situation, utterance, frame):
            utterance = situation.begin_utterance(frame, now)
            # Nobody nods to what was not heard yet: then it is the rest of the turn.
            utterance.over_prompt = situation.floor.audible_for_s(now) >= situation.settings.reaction_s
        else:
            utterance.add(frame, now)
        if situation.state is TurnState.GRACE and utterance.voiced_ms >= situation.settings.resume_ms:
            situation.enter(TurnState.RESUMING)
    if situation.state is TurnState.RESUMING:
        consider_resumption(situation, now, actions)


def consider_resumption(situation: Situation, now: float, actions: list[Action]) -> None:
    """Take the turn back, let a nod to the answer pass, or listen on."""
    utterance, committed = situation.utterance, situation.committed
    assert utterance is not None and committed is not None
    if not utterance.over_prompt:
        _retract(situation, utterance, actions)
        return
    verdict = judge_overlap(
        situation.settings,
        utterance,
        situation.silence_ms(utterance),
        noisy_line=situation.detector.noisy_line,
    )
    if verdict is Verdict.INTERRUPTION:
        _retract(situation, utterance, actions)
    elif verdict is Verdict.NOD:
        utterance.judged = True
        situation.desk.discard(actions)
        situation.enter(TurnState.GRACE)
        situation.due = committed.confirm_at
    else:
        listen(situation, utterance, now, actions)


def confirm(situation: Situation, actions: list[Action]) -> None:
    """The turn stands; voice since then belongs to what comes next."""
    committed = situation.committed
    assert committed is not None
    actions.append(ConfirmTurn(turn_id=committed.turn_id))
    situation.committed = None
    situation.desk.discard(actions)
    situation.rest()


def _is_apart(situation: Situation, utterance: Utterance, frame: FrameHeard) -> bool:
    if situation.state is TurnState.RESUMING:
        return False
    return utterance.judged or situation.silence_ms(utterance) - frame.duration_ms > _RUN_GAP_MS


def _retract(situation: Situation, utterance: Utterance, actions: list[Action]) -> None:
    committed = situation.committed
    assert committed is not None
    actions.append(RetractTurn(turn_id=committed.turn_id))
    situation.committed = None
    situation.desk.discard(actions)
    whole = committed.utterance
    pause_ms = (utterance.onset_sample - whole.last_voiced_sample) / situation.samples_per_ms
    situation.pauses.learn(pause_ms)
    if pause_ms >= situation.settings.stretch_pause_ms:
        whole.begin_stretch(utterance.start_sample, situation.settings.sure_confidence)
    whole.continue_with(utterance)
    whole.least_wait_ms = situation.settings.after_retract_ms
    situation.utterance = whole
    situation.floor.forget_prompt()
    situation.floor.given = committed.floor
    if committed.floor is not None:
        situation.silence.give(committed.floor.silence_s)
    situation.speak()
