"""The turn under way: voice goes on, or silence has lasted long enough for what was heard."""

from __future__ import annotations

from math import inf

from voicebot.speech.actions import Action, CommitTurn, ConfirmTurn
from voicebot.speech.decoding import Flight
from voicebot.speech.endpointing import keeps_text, wait_ms, wait_row
from voicebot.speech.events import Completeness, DecodeKind, FrameHeard
from voicebot.speech.situation import Committed, Situation
from voicebot.speech.states import TurnState
from voicebot.speech.utterance import Utterance, Words

TICK_SLACK_S = 0.008
"""A wait counts as over this much early: timers are looked at every 20 ms, and a tick that comes a
millisecond early must not cost a whole further tick."""
_HEARD_SLACK_MS = 25.0
"""A wait also needs its silence heard, up to one frame: frames held up on their way may hold voice."""
_STALL_S = 1.0
"""…but if no frame has come for so long, the media is gone and the turn ends without."""
_RECHECK_S = 0.02
"""How soon to look again while frames are held up: one frame."""


def hear_turn(
    situation: Situation, frame: FrameHeard, voiced: bool, now: float, actions: list[Action]
) -> None:
    """Take a frame while a turn is under way (``SPEAKING``, ``PAUSING``)."""
    utterance = situation.utterance
    assert utterance is not None
    if not voiced:
        if situation.state is TurnState.SPEAKING:
            situation.enter(TurnState.PAUSING)
        consider_end(situation, now, actions)
        return
    if situation.state is TurnState.PAUSING:
        _go_on(situation, utterance, frame, actions)
    utterance.add(frame, now)
    if _too_long(situation, utterance):
        _ask_final(situation, utterance, now, actions)
    elif situation.desk.partial_due(utterance):
        situation.desk.ask(DecodeKind.PARTIAL, utterance, situation.end_sample, now, actions)


def consider_end(situation: Situation, now: float, actions: list[Action]) -> None:
    """In silence: ask for the words, then wait as long as they demand, then end the turn."""
    utterance = situation.utterance
    assert utterance is not None
    if _too_long(situation, utterance):
        _ask_final(situation, utterance, now, actions)
        return
    words = utterance.settled_words
    if words is None:
        _ask_for_words(situation, utterance, now, actions)
        return
    row = wait_row(situation.settings, situation.floor.shape, utterance, words)
    wait = wait_ms(situation.settings, row, utterance, situation.pauses.patience)
    if situation.detector.noisy_line:
        wait += situation.settings.noisy_line_ms
    due = max(utterance.last_voiced_at + wait / 1000, situation.not_before)
    if now + TICK_SLACK_S < due:
        situation.due = due
        return
    silence_ms = situation.silence_ms(utterance)
    if silence_ms + _HEARD_SLACK_MS < wait and now < situation.heard_at + _STALL_S:
        situation.due = now + _RECHECK_S
        return
    if situation.detector.perhaps_voice and now < situation.heard_at + _STALL_S:
        situation.due = now + _RECHECK_S
        return
    if not keeps_text(situation.settings, situation.floor.shape, utterance, words):
        drop_utterance(situation, now, actions)
        return
    waited_ms = (now - utterance.last_voiced_at) * 1000
    early = waited_ms < situation.settings.definite_ms
    _commit(situation, utterance, words, now, actions, early, f"{row.reason}, {waited_ms:.0f} ms of silence")


def take_turn_words(situation: Situation, words: Words, now: float, actions: list[Action]) -> None:
    """A decode of the turn under way came back; its words are in the utterance already."""
    utterance = situation.utterance
    assert utterance is not None
    if words.kind is DecodeKind.FINAL and _too_long(situation, utterance):
        _commit(situation, utterance, words, now, actions, False, "longest turn")
    elif situation.state is TurnState.PAUSING:
        consider_end(situation, now, actions)


def lose_turn_decode(situation: Situation, flight: Flight, now: float, actions: list[Action]) -> None:
    """A decode of the turn under way will not come back: ask once more, then end without words.

    The dialogue then hears of a turn without text, which it must answer: the citizen did speak.
    """
    utterance = situation.utterance
    assert utterance is not None
    match flight.kind:
        case DecodeKind.PARTIAL:
            pass  # only a look at the turn so far; the next one is due in a moment
        case DecodeKind.SPECULATIVE:
            situation.desk.ask(DecodeKind.FINAL, utterance, situation.end_sample, now, actions)
        case DecodeKind.FINAL:
            words = flight.heard("", Completeness.EMPTY, 0.0)
            _commit(situation, utterance, words, now, actions, False, "recognition failed")


def drop_utterance(situation: Situation, now: float, actions: list[Action]) -> None:
    """What was heard is no turn: wait on, as if nothing had been said."""
    situation.desk.discard(actions)
    situation.utterance = None
    if situation.silence.due == inf and not situation.floor.audible:
        situation.silence.count(now)
    situation.rest()


def _go_on(situation: Situation, utterance: Utterance, frame: FrameHeard, actions: list[Action]) -> None:
    """Voice after a pause: whatever was decoded in case the turn was over is void."""
    settings = situation.settings
    voice_ms = frame.duration_ms + situation.detector.onset_back_ms
    pause_ms = situation.silence_ms(utterance) - voice_ms
    situation.pauses.learn(pause_ms)
    if pause_ms >= settings.stretch_pause_ms:
        onset_sample = frame.end_sample - int(voice_ms * situation.samples_per_ms)
        utterance.begin_stretch(situation.with_pre_roll(onset_sample), settings.sure_confidence)
    flight = situation.desk.flight
    if flight is not None and flight.kind is not DecodeKind.PARTIAL:
        situation.desk.discard(actions)
    situation.enter(TurnState.SPEAKING)


def _ask_for_words(situation: Situation, utterance: Utterance, now: float, actions: list[Action]) -> None:
    desk = situation.desk
    stalled_at = situation.heard_at + _STALL_S
    if desk.flight is not None and desk.flight.kind is not DecodeKind.PARTIAL:
        situation.due = inf  # its answer, or its time-out, comes
        if desk.upgrade_due(now):
            desk.ask(DecodeKind.FINAL, utterance, situation.end_sample, now, actions)
    elif situation.silence_ms(utterance) >= desk.speculation_ms(situation.floor.shape) or now >= stalled_at:
        situation.due = inf
        desk.ask(DecodeKind.SPECULATIVE, utterance, situation.end_sample, now, actions)
    else:
        situation.due = stalled_at


def _too_long(situation: Situation, utterance: Utterance) -> bool:
    settings = situation.settings
    turn = situation.end_sample - utterance.start_sample
    stretch = situation.end_sample - utterance.stretch_sample
    per_s = situation.samples_per_ms * 1000
    return stretch >= settings.longest_stretch_s * per_s or turn >= settings.longest_turn_s * per_s


def _ask_final(situation: Situation, utterance: Utterance, now: float, actions: list[Action]) -> None:
    flight = situation.desk.flight
    if flight is None or flight.kind is not DecodeKind.FINAL:
        situation.due = inf
        situation.desk.ask(DecodeKind.FINAL, utterance, situation.end_sample, now, actions)


def _commit(
    situation: Situation,
    utterance: Utterance,
    words: Words,
    now: float,
    actions: list[Action],
    early: bool,
    reason: str,
) -> None:
    situation.desk.discard(actions)
    situation.turns += 1
    actions.append(
        CommitTurn(
            turn_id=situation.turns,
            text=words.text,
            confidence=words.confidence,
            decode_id=words.decode_id,
            early=early,
            reason=reason,
        )
    )
    floor = situation.floor
    asked, floor.given = floor.given, None
    situation.silence.cancel()
    situation.utterance = None
    situation.first_sample = utterance.last_voiced_sample
    if early:
        confirm_at = now + situation.settings.grace_ms / 1000
        situation.committed = Committed(
            turn_id=situation.turns, utterance=utterance, floor=asked, confirm_at=confirm_at
        )
        situation.enter(TurnState.GRACE)
        situation.due = confirm_at
    else:
        actions.append(ConfirmTurn(turn_id=situation.turns))
        situation.rest()
