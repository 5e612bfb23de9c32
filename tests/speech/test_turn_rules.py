"""The small rules: waits, pauses, nods and settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.errors import ConfigurationError
from voicebot.speech.back_channel import Clarity, could_be_nod
from voicebot.speech.events import AnswerShape, Completeness
from voicebot.speech.pauses import PauseLearner
from voicebot.speech.turn_taker import TurnSettings
from voicebot.speech.waits import WAITS


@pytest.mark.parametrize(
    ("text", "clarity", "nod"),
    [
        ("", Clarity.TWO_SYLLABLES, True),
        ("네", Clarity.TWO_SYLLABLES, True),
        ("넵 네", Clarity.TWO_SYLLABLES, True),
        ("아 예", Clarity.TWO_SYLLABLES, True),
        ("그렇죠", Clarity.TWO_SYLLABLES, True),
        ("맞아요", Clarity.TWO_SYLLABLES, True),
        ("안 안 안", Clarity.TWO_SYLLABLES, True),
        ("느", Clarity.CONSONANT, True),
        ("느", Clarity.SYLLABLE, False),
        ("저", Clarity.CONSONANT, False),
        ("사", Clarity.CONSONANT, False),
        ("여보", Clarity.SYLLABLE, True),
        ("여보", Clarity.TWO_SYLLABLES, False),
        ("아니", Clarity.TWO_SYLLABLES, False),
        ("그만", Clarity.TWO_SYLLABLES, False),
        ("네 근데", Clarity.TWO_SYLLABLES, False),
        ("ㅋ1", Clarity.TWO_SYLLABLES, False),
    ],
)
def test_nods_are_told_by_their_first_sounds(text: str, clarity: Clarity, nod: bool) -> None:
    assert could_be_nod(text, clarity) is nod


def test_every_answer_has_a_wait_and_more_words_never_wait_longer() -> None:
    for shape in AnswerShape:
        complete, possible, unfinished = (
            WAITS[shape, completeness]
            for completeness in (Completeness.COMPLETE, Completeness.POSSIBLE, Completeness.UNFINISHED)
        )
        assert complete.silence_ms < possible.silence_ms < unfinished.silence_ms
    assert all(wait.silence_ms <= wait.longest_ms for wait in WAITS.values())
    assert all(wait.silence_ms % 20 == 0 for wait in WAITS.values())


def test_patience_follows_habits_within_bounds_and_forgets() -> None:
    settings = TurnSettings()
    pauses = PauseLearner(settings)
    pauses.learn(2400)
    assert pauses.patience < 1.25  # one odd pause is no habit
    for _ in range(40):
        pauses.learn(2000)
    assert pauses.patience == settings.most_patience
    for _ in range(settings.pause_memory):
        pauses.learn(160)
    assert pauses.patience == settings.least_patience


@pytest.mark.parametrize("pause_ms", [20, 120, 2600, 9000])
def test_closures_and_silences_are_no_pauses(pause_ms: float) -> None:
    pauses = PauseLearner(TurnSettings())
    pauses.learn(pause_ms)
    assert pauses.patience == 1.0


def test_impossible_settings_are_refused_with_the_remedy() -> None:
    without = {key: wait for key, wait in WAITS.items() if key != (AnswerShape.OPEN, Completeness.COMPLETE)}
    with pytest.raises(ConfigurationError, match="waits lacks open/complete; add a row"):
        TurnSettings(waits=without)
    with pytest.raises(ConfigurationError, match=r"patience is 0; choose 0\.1 to 10"):
        replace(TurnSettings(), patience=0)
    with pytest.raises(ConfigurationError, match="most_patience"):
        TurnSettings(most_patience=0.5)
