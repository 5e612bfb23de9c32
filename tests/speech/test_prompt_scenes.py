"""Scenes over a prompt: interruptions, nods, early answers and the bot's own echo."""

from __future__ import annotations

import pytest

from tests.speech.scene import Scene
from voicebot.speech.actions import CommitTurn, RequestDecode, StopPrompt
from voicebot.speech.events import AnswerShape, Completeness
from voicebot.speech.states import TurnState

CLOSED, NUMBER, OPEN = AnswerShape.CLOSED, AnswerShape.NUMBER, AnswerShape.OPEN


def over_prompt(shape: AnswerShape = CLOSED, *, interruptible: bool = True) -> Scene:
    """A prompt has been playing for a second, and the dialogue listens where it may be interrupted."""
    scene = Scene()
    scene.silence(500)
    scene.prompt(interruptible=interruptible)
    if interruptible:
        scene.give(shape)
    scene.silence(1000)
    return scene


def test_sound_that_no_nod_begins_with_stops_the_prompt_within_160_ms() -> None:
    scene = over_prompt(OPEN)
    scene.hears_by_voice((0, "저", Completeness.POSSIBLE), (400, "저기요", Completeness.POSSIBLE))
    scene.voice(600)
    assert scene.moments(StopPrompt) == [1500 + 120 + 12]
    scene.silence(2000)
    assert scene.turns == ["저기요"]


def test_word_that_begins_like_a_nod_stops_it_once_its_second_syllable_is_heard() -> None:
    scene = over_prompt()
    scene.hears_by_voice((0, "아", Completeness.POSSIBLE), (260, "아니", Completeness.POSSIBLE))
    scene.voice(600)
    # At 280 ms for the first time, at 360 ms again: a made-up end does not come twice.
    assert scene.moments(StopPrompt) == [1500 + 360 + 12]


def test_end_that_the_recogniser_makes_up_once_does_not_stop_the_prompt() -> None:
    scene = over_prompt()
    scene.hears_by_voice(
        (0, "예", Completeness.BACK_CHANNEL),
        (260, "예 쳬", Completeness.POSSIBLE),
        (340, "예", Completeness.BACK_CHANNEL),
    )
    scene.voice(440)
    scene.silence(1000)
    assert scene.of(StopPrompt) == []


@pytest.mark.parametrize("half_heard", ["느", "머", "이"])
def test_vowel_of_a_first_syllable_is_not_trusted_while_it_is_being_spoken(half_heard: str) -> None:
    scene = over_prompt()
    scene.hears_by_voice((0, half_heard, Completeness.POSSIBLE), (180, "네", Completeness.BACK_CHANNEL))
    scene.voice(280)
    scene.silence(1000)
    assert scene.of(StopPrompt) == []


@pytest.mark.parametrize("text", ["네", "응", "아 네", "예예", "네 네 네", "음", "그렇죠", "안 안"])
@pytest.mark.parametrize("ms", [120, 240, 340, 500])
def test_nod_does_not_stop_the_prompt(text: str, ms: int) -> None:
    scene = over_prompt(OPEN)
    scene.hears(text, Completeness.POSSIBLE if text == "안 안" else Completeness.BACK_CHANNEL)
    scene.voice(ms)
    scene.silence(2000)
    assert scene.of(StopPrompt) == []
    assert scene.of(CommitTurn) == []
    assert scene.taker.state is TurnState.AWAITING


def test_one_decode_is_no_evidence_on_a_noisy_line() -> None:
    scene = Scene()
    scene.silence(3000, level_dbfs=-34.0)
    scene.prompt()
    scene.give(OPEN)
    scene.hears_by_voice((0, "리", Completeness.POSSIBLE), (200, "네", Completeness.BACK_CHANNEL))
    scene.voice(240)
    scene.silence(1000, level_dbfs=-34.0)
    assert scene.of(StopPrompt) == []


def test_long_voice_stops_the_prompt_even_if_it_sounds_like_a_nod() -> None:
    scene = over_prompt()
    scene.hears("네", Completeness.BACK_CHANNEL)
    for _ in range(6):
        scene.voice(380)
        scene.silence(40)
    assert 1500 + 2000 < scene.moments(StopPrompt)[0] < 1500 + 2300


def test_second_half_of_a_nod_that_noise_cut_in_two_is_still_a_nod() -> None:
    scene = over_prompt()
    scene.hears_by_voice(
        (0, "그", Completeness.POSSIBLE),
        (240, "그러", Completeness.POSSIBLE),
        (400, "그렇죠", Completeness.BACK_CHANNEL),
    )
    scene.voice(300)
    scene.silence(300)
    scene.voice(240)
    scene.silence(1000)
    assert scene.of(StopPrompt) == []


def test_voice_that_cannot_be_decoded_is_decided_by_its_length() -> None:
    scene = over_prompt()
    scene.drops_decodes = True
    scene.voice(600)
    assert scene.moments(StopPrompt) == [1500 + 380]


def test_noise_that_gives_no_words_does_not_stop_the_prompt() -> None:
    scene = over_prompt()
    scene.hears("", Completeness.EMPTY, confidence=0)
    scene.voice(1000)
    scene.silence(1000)
    assert scene.of(StopPrompt) == []


def test_prompt_that_may_not_be_interrupted_is_not() -> None:
    scene = over_prompt(interruptible=False)
    scene.hears("잠깐만요", Completeness.POSSIBLE)
    scene.voice(800)
    assert scene.log == []


def test_early_yes_shortly_before_the_end_of_a_closed_question_is_the_answer() -> None:
    scene = over_prompt(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(300)
    assert scene.of(CommitTurn) == []
    scene.prompt_ends()
    scene.silence(100)
    assert scene.of(StopPrompt) == []
    assert scene.turns == ["네"]


def test_early_yes_is_no_answer_when_the_question_goes_on() -> None:
    scene = over_prompt(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(900)
    scene.prompt_ends()
    scene.silence(1000)
    assert scene.turns == []


def test_next_prompt_right_after_keeps_a_nod_a_nod() -> None:
    scene = over_prompt(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(300)
    scene.prompt_ends()
    scene.prompt()
    scene.silence(1500)
    assert scene.of(CommitTurn) == []


def test_nod_at_the_end_of_an_open_question_is_no_story() -> None:
    scene = over_prompt(OPEN)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(300)
    scene.prompt_ends()
    scene.silence(2000)
    assert scene.turns == []


def test_answer_begun_over_a_protected_prompt_counts_when_the_floor_is_given() -> None:
    scene = over_prompt(interruptible=False)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(100)
    scene.prompt_ends()
    scene.give(CLOSED)
    scene.silence(100)
    assert scene.turns == ["네"]


def test_citizen_still_speaking_at_the_prompts_end_is_heard_from_the_beginning() -> None:
    scene = over_prompt(interruptible=False)
    scene.hears("가로등이 나갔어요", Completeness.COMPLETE)
    scene.voice(300)
    scene.prompt_ends()
    scene.give(OPEN)
    scene.voice(500)
    scene.silence(900)
    assert scene.turns == ["가로등이 나갔어요"]
    assert scene.of(RequestDecode)[-1].voiced_ms == 800


def test_echo_of_the_prompt_does_not_stop_it() -> None:
    scene = over_prompt()
    scene.hears("잠깐만요", Completeness.POSSIBLE)
    scene.voice(1500, echo=0.9)
    assert scene.log == []


def test_citizen_who_talks_through_the_echo_is_heard() -> None:
    scene = over_prompt()
    scene.hears("잠깐만요", Completeness.POSSIBLE)
    scene.voice(400, echo=0.9)
    scene.voice(300, echo=0.1)
    assert scene.moments(StopPrompt)[0] <= 1900 + 180


def test_prompt_that_begins_while_the_citizen_speaks_gives_way() -> None:
    scene = Scene()
    scene.silence(500)
    scene.give(OPEN)
    scene.hears("저기 있잖아요", Completeness.POSSIBLE)
    scene.voice(100)
    scene.prompt()
    scene.voice(400)
    assert len(scene.of(StopPrompt)) == 1
