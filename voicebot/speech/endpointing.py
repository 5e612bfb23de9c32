"""Is the turn over? How long silence must last, given what was asked, what was heard and who speaks."""

from __future__ import annotations

from voicebot.speech.events import AnswerShape, Completeness
from voicebot.speech.settings import TurnSettings
from voicebot.speech.utterance import Utterance, Words
from voicebot.speech.waits import Wait

_MORE_THAN_FILLER = 2
"""Syllables before a pause that began a sentence; one is a filler (음, 어, 그)."""
_SURE = (Completeness.COMPLETE, Completeness.BACK_CHANNEL)


def wait_row(settings: TurnSettings, shape: AnswerShape, utterance: Utterance, words: Words) -> Wait:
    """The row for what was asked and heard.

    Words that are not sure are no proof of completeness. And a story of few syllables has hardly begun,
    however its sentence ends; unless there was a pause within that sentence: then its end was what was waited
    for."""
    completeness = words.completeness
    if completeness in _SURE and words.confidence < settings.sure_confidence:
        completeness = Completeness.POSSIBLE
    if shape is AnswerShape.OPEN:
        earlier = utterance.earlier
        finished = (
            earlier is not None
            and earlier.completeness is not Completeness.COMPLETE
            and earlier.syllables >= _MORE_THAN_FILLER
        )
        told = finished or words.syllables >= settings.told_syllables
        if completeness is Completeness.COMPLETE and not told:
            completeness = Completeness.POSSIBLE
        elif completeness is Completeness.POSSIBLE and words.syllables < settings.begun_syllables:
            completeness = Completeness.UNFINISHED
    return settings.waits[shape, completeness]


def wait_ms(settings: TurnSettings, row: Wait, utterance: Utterance, speaker_patience: float) -> float:
    """Silence after which the turn is over.

    Args:
        settings: The general patience.
        row: From ``wait_row``.
        utterance: Has its own least wait after it was taken back once.
        speaker_patience: From ``PauseLearner``.
    """
    wait = row.silence_ms * settings.patience
    if row.learned:
        wait *= speaker_patience
    return max(min(wait, row.longest_ms * settings.patience), utterance.least_wait_ms)


def keeps_text(settings: TurnSettings, shape: AnswerShape, utterance: Utterance, words: Words) -> bool:
    """Whether an utterance that is over is a turn at all, and not a noise or a nod."""
    if words.completeness is Completeness.EMPTY:
        return utterance.voiced_ms >= settings.empty_voiced_ms
    nod = words.completeness is Completeness.BACK_CHANNEL and utterance.over_prompt
    return not nod or shape is AnswerShape.CLOSED
