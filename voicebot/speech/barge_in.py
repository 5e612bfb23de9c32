"""Voice over our prompt: does the citizen take the floor, or only nod?

Stopping late is rude, stopping at a nod is worse, and the first 150 ms of both sound alike. So the voice is
decoded after 120 ms and again every 80 ms, and the prompt stops as soon as its words cannot be a nod: at once
for the half of all interruptions that begin with another sound (저기요, 잠깐만요, 상담원), a little later for
those that begin like one (아니요, 여보세요, 네 근데). What stays undecided is decided by its length: a nod is
short."""

from __future__ import annotations

from enum import Enum

from voicebot.speech.back_channel import could_be_nod
from voicebot.speech.events import Completeness
from voicebot.speech.settings import TurnSettings
from voicebot.speech.utterance import Utterance, Words

_TWO_SYLLABLES_MS = 260.0
"""Voice that holds a second syllable: Korean is spoken at 4–6 syllables a second."""
_SHORT_ANSWER_SYLLABLES = 3
"""A complete answer of this length (있어요, 아니요) is more than a nod."""


class Verdict(Enum):
    """What the voice over the prompt is."""

    UNDECIDED = "undecided"
    NOD = "nod"
    INTERRUPTION = "interruption"


def judge_overlap(settings: TurnSettings, utterance: Utterance, silence_ms: float) -> Verdict:
    """Judge an utterance over a prompt by its words and its length.

    Args:
        settings: Limits.
        utterance: As far as heard; its words may be older than its voice.
        silence_ms: Silence since its last voiced frame.
    """
    words = utterance.words
    if utterance.voiced_ms >= settings.nod_stop_ms and not (
        words and words.completeness is Completeness.EMPTY
    ):
        return Verdict.INTERRUPTION
    if silence_ms >= settings.overlap_end_ms:
        if words is None or words.end_sample < utterance.last_voiced_sample:
            return Verdict.UNDECIDED
        return Verdict.INTERRUPTION if _tells_more_than_a_nod(settings, words) else Verdict.NOD
    if words is None:
        long = utterance.voiced_ms >= settings.unheard_stop_ms and utterance.asked_voiced_ms > 0
        return Verdict.INTERRUPTION if long else Verdict.UNDECIDED
    return Verdict.INTERRUPTION if _tells_more_than_a_nod(settings, words) else Verdict.UNDECIDED


def listen_due(settings: TurnSettings, utterance: Utterance, silence_ms: float) -> bool:
    """Whether an undecided utterance should be decoded (again)."""
    if utterance.voiced_ms < settings.first_listen_ms and silence_ms < settings.overlap_end_ms:
        return False
    new_ms = utterance.voiced_ms - utterance.asked_voiced_ms
    # A pause of 60 ms ends a nod: its words are then whole, and known before the verdict is due.
    return new_ms >= settings.listen_again_ms or (new_ms > 0 and silence_ms >= settings.speculate_closed_ms)


def _tells_more_than_a_nod(settings: TurnSettings, words: Words) -> bool:
    if words.confidence < settings.trust_syllable:
        return False
    match words.completeness:
        case Completeness.EMPTY | Completeness.BACK_CHANNEL:
            return False
        case Completeness.COMPLETE if words.voiced_ms >= _TWO_SYLLABLES_MS:
            if sum(character.isalnum() for character in words.text) >= _SHORT_ANSWER_SYLLABLES:
                return True
        case _:
            pass
    syllables = 2 if words.voiced_ms >= _TWO_SYLLABLES_MS else 1
    return not could_be_nod(words.text, syllables=syllables)
