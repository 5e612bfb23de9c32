"""The citizen's voice over an interruptible prompt, from its first frame to the verdict."""

from __future__ import annotations

from voicebot.speech.actions import Action, StopPrompt
from voicebot.speech.barge_in import Verdict, judge_overlap, listen_due
from voicebot.speech.events import DecodeKind, FrameHeard
from voicebot.speech.situation import Situation
from voicebot.speech.states import TurnState
from voicebot.speech.utterance import Utterance


def hear_overlap(
    situation: Situation, frame: FrameHeard, voiced: bool, now: float, actions: list[Action]
) -> None:
    """Take a frame in ``OVERLAPPING``."""
    if voiced:
        assert situation.utterance is not None
        situation.utterance.add(frame, now)
    consider_overlap(situation, now, actions)


def consider_overlap(situation: Situation, now: float, actions: list[Action]) -> None:
    """Stop the prompt, let the nod pass, or listen on."""
    utterance = situation.utterance
    assert utterance is not None
    verdict = judge_overlap(
        situation.settings,
        utterance,
        situation.silence_ms(utterance),
        noisy_line=situation.detector.noisy_line,
    )
    if verdict is Verdict.INTERRUPTION:
        actions.append(StopPrompt(reason=f"interruption, {utterance.voiced_ms:.0f} ms of voice"))
        situation.floor.stop_prompt()
        situation.speak()
    elif verdict is Verdict.NOD:
        utterance.judged = True
        situation.desk.discard(actions)
        situation.enter(TurnState.AWAITING)
    else:
        listen(situation, utterance, now, actions)


def listen(situation: Situation, utterance: Utterance, now: float, actions: list[Action]) -> None:
    """Have the words over the prompt recognised when there is enough new voice, or the voice ended."""
    silence_ms = situation.silence_ms(utterance)
    if situation.desk.flight is None and listen_due(situation.settings, utterance, silence_ms):
        ended = silence_ms >= situation.settings.speculate_closed_ms
        kind = DecodeKind.SPECULATIVE if ended else DecodeKind.PARTIAL
        situation.desk.ask(kind, utterance, situation.end_sample, now, actions)
