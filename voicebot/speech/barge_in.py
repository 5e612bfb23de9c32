"""Voice over our prompt: does the citizen take the floor, or only nod?

Stopping late is rude, stopping at a nod is worse, and the first 150 ms of both sound alike. So the voice is
decoded after 120 ms and again every 80 ms, and the prompt stops as soon as its words cannot be a nod: at once
where the first consonant begins none (저기요, 잠깐만요, 상담원: half of all interruptions), later where the
second syllable tells (아니요, 여보세요, 네 근데). What stays undecided is decided by its length: a nod is
short."""

from __future__ import annotations

from enum import Enum
from math import inf

from voicebot.speech.back_channel import Clarity, could_be_nod
from voicebot.speech.events import Completeness
from voicebot.speech.settings import TurnSettings
from voicebot.speech.utterance import Utterance, Words

_VOWEL_MS, _SECOND_SYLLABLE_MS = 180.0, 260.0
"""Voice that holds the vowel of the first syllable, and a second syllable: Korean is spoken at 4–6 syllables
a second, so the first vowel is heard from 60 ms on and is whole after 200."""
_SHORT_ANSWER_SYLLABLES = 3
"""A complete answer of this length (있어요, 아니요) is more than a nod."""
_TWICE = 2


class Verdict(Enum):
    """What the voice over the prompt is."""

    UNDECIDED = "undecided"
    NOD = "nod"
    INTERRUPTION = "interruption"


def judge_overlap(
    settings: TurnSettings, utterance: Utterance, silence_ms: float, *, noisy_line: bool = False
) -> Verdict:
    """Judge an utterance over a prompt by its words and its length.

    Args:
        settings: Limits.
        utterance: As far as heard; its words may be older than its voice.
        silence_ms: Silence since its last voiced frame.
        noisy_line: First consonants drown in noise: one decode is no evidence then.
    """
    words = utterance.words
    if utterance.voiced_ms >= _longest_nod_ms(settings, words):
        return Verdict.INTERRUPTION
    if silence_ms >= settings.overlap_end_ms:
        whole = utterance.settled_words
        if whole is None:
            return Verdict.UNDECIDED
        more = _is_more_than_nod(settings, whole, settings.trust_once)
        return Verdict.INTERRUPTION if more else Verdict.NOD
    if words is None:
        long = utterance.voiced_ms >= settings.unheard_stop_ms and utterance.asked_voiced_ms > 0
        return Verdict.INTERRUPTION if long else Verdict.UNDECIDED
    at_once = not noisy_line and _begins_like_no_nod(settings, words)
    if at_once or utterance.more_than_nod >= _TWICE:
        return Verdict.INTERRUPTION
    return Verdict.UNDECIDED


def note_words(settings: TurnSettings, utterance: Utterance) -> None:
    """Count the decodes in a row that heard more than a nod; call once for each that came back."""
    words = utterance.words
    if words is not None and _is_more_than_nod(settings, words, settings.trust_second):
        utterance.more_than_nod += 1
    else:
        utterance.more_than_nod = 0


def listen_due(settings: TurnSettings, utterance: Utterance, silence_ms: float) -> bool:
    """Whether an undecided utterance should be decoded (again)."""
    if utterance.voiced_ms < settings.first_listen_ms and silence_ms < settings.overlap_end_ms:
        return False
    new_ms = utterance.voiced_ms - utterance.asked_voiced_ms
    # A pause of 60 ms ends a nod: its words are then whole, and known before the verdict is due.
    ended = silence_ms >= settings.speculate_closed_ms and utterance.settled_words is None
    return ended or new_ms >= settings.listen_again_ms


def _longest_nod_ms(settings: TurnSettings, words: Words | None) -> float:
    """Voice that is too long for a nod; never, if the recogniser finds no word in it."""
    match None if words is None else words.completeness:
        case Completeness.EMPTY:
            return inf
        case Completeness.BACK_CHANNEL:
            return 2 * settings.nod_stop_ms
        case _:
            return settings.nod_stop_ms


def _begins_like_no_nod(settings: TurnSettings, words: Words) -> bool:
    if words.confidence < settings.trust_syllable or words.completeness is Completeness.BACK_CHANNEL:
        return False
    clarity = Clarity.CONSONANT if words.voiced_ms < _VOWEL_MS else Clarity.SYLLABLE
    return not could_be_nod(words.text, clarity)


def _is_more_than_nod(settings: TurnSettings, words: Words, trust: float) -> bool:
    if words.completeness in (Completeness.EMPTY, Completeness.BACK_CHANNEL):
        return False
    if words.confidence < trust or words.voiced_ms < _SECOND_SYLLABLE_MS:
        return _begins_like_no_nod(settings, words)
    if words.completeness is Completeness.COMPLETE and words.syllables >= _SHORT_ANSWER_SYLLABLES:
        return True
    return not could_be_nod(words.text, Clarity.TWO_SYLLABLES)
