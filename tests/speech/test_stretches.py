"""An utterance in stretches: what was heard before a pause is kept, and only the rest is recognised."""

from __future__ import annotations

from tests.speech.scene import Scene
from voicebot.speech.actions import CommitTurn, RequestDecode, RetractTurn
from voicebot.speech.events import AnswerShape, Completeness


def listening(shape: AnswerShape) -> Scene:
    scene = Scene()
    scene.silence(1000)
    scene.give(shape)
    return scene


def test_words_before_a_pause_are_kept_and_given_to_the_judge_of_the_rest() -> None:
    scene = listening(AnswerShape.OPEN)
    scene.hears("전기 요금이", Completeness.UNFINISHED)
    scene.voice(600)
    scene.silence(400)
    scene.hears("많이 나왔어요", Completeness.COMPLETE, confidence=0.7)
    scene.voice(600)  # from 2000 on
    scene.silence(600)
    last = scene.of(RequestDecode)[-1]
    assert last.earlier_text == "전기 요금이"
    assert last.start_sample == 8 * (2000 - 200)
    assert last.voiced_ms == 600
    turn = scene.of(CommitTurn)[0]
    assert (turn.text, turn.confidence) == ("전기 요금이 많이 나왔어요", 0.7)


def test_short_pause_is_decoded_over() -> None:
    scene = listening(AnswerShape.OPEN)
    scene.hears("전기", Completeness.UNFINISHED)
    scene.voice(400)
    scene.silence(200)
    scene.voice(400)
    scene.silence(200)
    assert {request.start_sample for request in scene.of(RequestDecode)} == {8 * (1000 - 200)}


def test_uncertain_words_are_decoded_again_with_what_follows() -> None:
    scene = listening(AnswerShape.OPEN)
    scene.hears("으", Completeness.POSSIBLE, confidence=0.3)
    scene.voice(400)
    scene.silence(400)
    scene.voice(400)
    scene.silence(200)
    assert scene.of(RequestDecode)[-1].earlier_text == ""


def test_noise_behind_a_pause_leaves_the_words_before_it() -> None:
    scene = listening(AnswerShape.OPEN)
    scene.hears("집 앞 가로등이 꺼졌는데", Completeness.UNFINISHED)
    scene.voice(900)
    scene.silence(400)
    scene.hears("", Completeness.EMPTY, confidence=0)
    scene.voice(100)
    scene.silence(2500)
    assert scene.turns == ["집 앞 가로등이 꺼졌는데"]


def test_sentence_that_a_pause_interrupted_ends_as_a_whole_one() -> None:
    scene = listening(AnswerShape.OPEN)
    scene.hears("다리가", Completeness.UNFINISHED)
    scene.voice(400)
    scene.silence(500)
    scene.hears("아파요", Completeness.COMPLETE)
    scene.voice(400)  # ends at 2300
    scene.silence(1000)
    assert scene.moments(CommitTurn) == [2680]  # 360 ms, and a little patience for the pause


def test_turn_taken_back_after_a_pause_keeps_its_words() -> None:
    scene = listening(AnswerShape.CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(400)
    scene.hears("먹었어요", Completeness.COMPLETE)
    scene.voice(400)
    scene.silence(800)
    assert len(scene.of(RetractTurn)) == 1
    assert scene.turns == ["네 먹었어요"]
    assert scene.of(RequestDecode)[-1].earlier_text == "네"
