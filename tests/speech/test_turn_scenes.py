"""Scenes of a conversation, each with what must happen and when (milliseconds since its beginning)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.speech.scene import Scene
from voicebot.speech.actions import (
    CommitTurn,
    ConfirmTurn,
    DiscardDecode,
    ReportSilence,
    RequestDecode,
    RetractTurn,
    StopPrompt,
)
from voicebot.speech.events import AnswerShape, Completeness, DecodeKind
from voicebot.speech.states import TurnState

CLOSED, NUMBER, OPEN = AnswerShape.CLOSED, AnswerShape.NUMBER, AnswerShape.OPEN


def listening(shape: AnswerShape, silence_s: float = 6.0) -> Scene:
    """The floor is given on a quiet line that has been open for a second."""
    scene = Scene()
    scene.silence(1000)
    scene.give(shape, silence_s)
    return scene


def test_bare_yes_to_a_closed_question_is_committed_after_120_ms_and_confirmed_after_its_grace() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.silence(500)
    scene.voice(240)  # ends at 1740
    scene.silence(1000)
    assert scene.asked(DecodeKind.SPECULATIVE) == [1800]
    assert scene.moments(CommitTurn) == [1860]
    assert scene.moments(ConfirmTurn) == [2460]
    turn = scene.of(CommitTurn)[0]
    assert (turn.text, turn.early, turn.turn_id) == ("네", True, 1)
    assert turn.reason == "bare yes to a closed question, 120 ms of silence"
    assert scene.taker.state is TurnState.IDLE


@pytest.mark.parametrize(
    ("shape", "completeness", "wait_ms"),
    [
        (CLOSED, Completeness.COMPLETE, 100),
        (CLOSED, Completeness.POSSIBLE, 540),
        (CLOSED, Completeness.UNFINISHED, 900),
        (NUMBER, Completeness.COMPLETE, 300),
        (NUMBER, Completeness.UNFINISHED, 1600),
        (OPEN, Completeness.COMPLETE, 360),
        (OPEN, Completeness.POSSIBLE, 720),
        (OPEN, Completeness.UNFINISHED, 1600),
        (OPEN, Completeness.BACK_CHANNEL, 900),
    ],
)
def test_silence_needed_follows_what_was_asked_and_heard(
    shape: AnswerShape, completeness: Completeness, wait_ms: int
) -> None:
    scene = listening(shape)
    scene.hears("우리 골목 가로등이요", completeness)
    scene.voice(600)  # ends at 1600
    scene.silence(2500)
    committed = scene.moments(CommitTurn)
    assert len(committed) == 1
    assert committed[0] == pytest.approx(1600 + wait_ms, abs=9)


def test_uncertain_words_are_no_proof_of_completeness() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL, confidence=0.3)
    scene.voice(300)
    scene.silence(1000)
    assert scene.moments(CommitTurn)[0] >= 1300 + 530


def test_turn_committed_after_long_silence_stands_at_once() -> None:
    scene = listening(OPEN)
    scene.hears("그게 어", Completeness.UNFINISHED)
    scene.voice(600)
    scene.silence(2000)
    assert [type(action) for _, action in scene.log[-2:]] == [CommitTurn, ConfirmTurn]
    assert not scene.of(CommitTurn)[0].early


def test_partials_come_every_300_ms_of_voice_and_never_two_at_once() -> None:
    scene = listening(OPEN)
    scene.hears("가로등이", Completeness.UNFINISHED)
    scene.voice(1300)
    assert scene.asked(DecodeKind.PARTIAL) == [1300, 1600, 1900, 2200]
    scene.decode_ms = 500
    scene.voice(1000)
    requests = scene.moments(RequestDecode)
    assert all(later - earlier >= 300 for earlier, later in pairwise(requests))


def test_speculative_decode_is_discarded_when_speech_resumes() -> None:
    scene = listening(OPEN)
    scene.decode_ms = 100
    scene.voice(200)
    scene.silence(160)
    scene.voice(60)
    asked = [action for action in scene.of(RequestDecode) if action.kind is DecodeKind.SPECULATIVE]
    assert [action.decode_id for action in scene.of(DiscardDecode)] == [asked[0].decode_id]


def test_decode_covers_the_pre_roll_and_all_that_was_heard() -> None:
    scene = listening(CLOSED)
    scene.silence(500)
    scene.voice(240)
    scene.silence(60)
    request = scene.of(RequestDecode)[-1]
    assert request.start_sample == 8 * (1500 - 200)
    assert request.end_sample == 8 * 1800
    assert request.voiced_ms == 240


def test_resumption_before_the_bot_is_audible_takes_the_turn_back_and_merges_it() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(140)
    scene.hears("네 먹었어요", Completeness.COMPLETE)
    scene.voice(500)
    scene.silence(600)
    assert scene.moments(CommitTurn)[0] == 1360
    assert scene.moments(RetractTurn) == [1420]
    assert scene.turns == ["네 먹었어요"]
    first, *_, last = scene.of(RequestDecode)
    assert last.start_sample == first.start_sample
    # Having paused once, the speaker gets more silence before the second commit.
    assert scene.moments(CommitTurn)[1] == pytest.approx(1880 + 400, abs=9)


def test_nod_to_the_answer_does_not_take_the_turn_back() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(140)
    scene.prompt()
    scene.silence(240)
    scene.voice(240)
    scene.silence(700)
    assert scene.moments(RetractTurn) == []
    assert scene.moments(StopPrompt) == []
    assert len(scene.moments(ConfirmTurn)) == 1


def test_citizen_who_goes_on_over_the_answer_takes_the_turn_back() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(140)
    scene.prompt()
    scene.silence(240)
    scene.hears("잠깐만요", Completeness.POSSIBLE)
    scene.voice(400)
    assert len(scene.moments(RetractTurn)) == 1
    assert scene.moments(ConfirmTurn) == []


def test_voice_after_the_whole_answer_belongs_to_the_next_question() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(140)
    scene.prompt()
    scene.give(CLOSED)
    scene.silence(300)
    scene.prompt_ends()
    assert len(scene.moments(ConfirmTurn)) == 1
    scene.voice(240)
    scene.silence(200)
    assert scene.turns == ["네", "네"]


def test_cough_without_words_is_no_turn_and_the_silence_is_still_reported() -> None:
    scene = listening(OPEN, silence_s=3)
    scene.hears("", Completeness.EMPTY, confidence=0)
    scene.silence(500)
    scene.voice(200)
    scene.silence(4000)
    assert scene.turns == []
    assert scene.moments(ReportSilence) == [4000]


def test_much_voice_without_words_is_told_so_that_the_dialogue_asks_again() -> None:
    scene = listening(OPEN)
    scene.hears("", Completeness.EMPTY, confidence=0)
    scene.voice(1500)
    scene.silence(1500)
    assert scene.turns == [""]


def test_silence_counts_from_the_prompts_end_and_is_reported_once() -> None:
    scene = Scene()
    scene.prompt()
    scene.give(CLOSED, silence_s=5)
    scene.silence(2000)
    scene.prompt_ends()
    scene.silence(12000)
    assert scene.moments(ReportSilence) == [7000]
    assert scene.taker.next_deadline() is None


def test_speech_holds_the_silence_timer() -> None:
    scene = listening(OPEN, silence_s=2)
    scene.hears("그게 어", Completeness.UNFINISHED)
    scene.silence(1800)
    scene.voice(600)
    scene.silence(1000)
    assert scene.of(ReportSilence) == []


def test_lost_speculative_decode_is_asked_for_once_more_as_final() -> None:
    scene = listening(CLOSED)
    scene.drops_decodes = True
    scene.voice(240)
    scene.silence(100)
    assert scene.asked(DecodeKind.FINAL) == [1312]
    scene.silence(300)
    commit = scene.of(CommitTurn)[0]
    assert (commit.text, commit.confidence, commit.reason) == ("", 0.0, "recognition failed")


def test_decode_that_never_comes_back_does_not_hold_the_turn_for_ever() -> None:
    scene = Scene(decode_ms=10**6)
    scene.silence(1000)
    scene.give(CLOSED)
    scene.voice(240)
    scene.silence(7000)
    assert scene.of(CommitTurn)[0].reason == "recognition failed"


def test_speculative_decode_that_waits_behind_others_is_asked_for_as_final() -> None:
    scene = Scene(decode_ms=600)
    scene.silence(1000)
    scene.give(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)  # ends at 1240
    scene.silence(1500)
    assert scene.asked(DecodeKind.FINAL) == [1600]
    assert scene.moments(CommitTurn) == [2200]


def test_frames_held_up_do_not_end_the_turn() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(20)
    scene.stall(300)
    assert scene.of(CommitTurn) == []
    scene.voice(200)
    assert scene.of(CommitTurn) == []


def test_turn_ends_although_the_media_is_gone() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(20)
    scene.stall(2000)
    assert scene.turns == ["네"]


def test_turn_that_never_pauses_is_ended_by_its_length() -> None:
    scene = listening(OPEN)
    scene.hears("그래서 말이죠", Completeness.COMPLETE)
    for _ in range(60):
        scene.voice(440)
        scene.silence(40)  # the closure of a stop
    assert len(scene.of(CommitTurn)) == 1
    assert scene.of(CommitTurn)[0].reason == "longest turn"


def test_floor_taken_ends_listening() -> None:
    scene = listening(OPEN, silence_s=2)
    scene.voice(400)
    scene.take()
    scene.silence(4000)
    assert scene.of(CommitTurn) == []
    assert scene.of(ReportSilence) == []


def test_slow_speaker_gets_more_patience_and_a_quick_one_a_little_less() -> None:
    slow, quick = listening(OPEN), listening(OPEN)
    for scene, pause_ms in ((slow, 900), (quick, 200)):
        scene.hears("그게", Completeness.UNFINISHED)
        for _ in range(8):
            scene.voice(400)
            scene.silence(pause_ms)
    assert 1.2 < slow.taker.patience <= 1.7
    assert 0.9 <= quick.taker.patience < 1.0


def test_keys_stop_the_prompt_and_cancel_what_is_being_said() -> None:
    scene = Scene()
    scene.silence(1000)
    scene.prompt()
    scene.give(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(100)
    scene.key()
    scene.voice(100)  # the rest of the tone
    scene.silence(2000)
    assert [action.reason for action in scene.of(StopPrompt)] == ["key"]
    assert scene.of(CommitTurn) == []


def test_key_during_grace_lets_the_turn_stand() -> None:
    scene = listening(CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)
    scene.voice(240)
    scene.silence(120)
    scene.key()
    assert len(scene.of(ConfirmTurn)) == 1
    scene.voice(400)
    assert scene.of(RetractTurn) == []
