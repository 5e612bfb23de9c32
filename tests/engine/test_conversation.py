"""Whole conversations: how turns are answered, taken back and acted on."""

from __future__ import annotations

import pytest

from tests.engine.scene import Scene
from voicebot.dialogue.state import Phase
from voicebot.errors import SynthesisError, VoicebotError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.testing.fakes import FakeCaseDesk

DONE = CallOutcome(result=CallResult.COMPLETED, reason="done")
PHONE = "공일공 일이삼사 오육칠팔"
PHONE_PROMPT = "어느 번호로 연락드릴까요?"


async def test_a_call_from_greeting_to_goodbye() -> None:
    scene = Scene()
    await scene.reach("again", "아니요", PHONE, "네")
    assert scene.turns == ["아니요", PHONE, "네"]
    assert scene.work == ["open_case"]
    await scene.says("아니요")
    await scene.silence(1500)
    assert scene.said[-1] == "감사합니다."
    assert scene.left == [DONE]
    assert scene.errors == []


async def test_an_early_answer_is_answered_at_once_and_acted_on_when_it_stands() -> None:
    scene = Scene()
    await scene.reach("number", "아니요")
    await scene.says(PHONE)
    await scene.silence(1500)
    await scene.says("네 맞아요")
    await scene.silence(200)
    assert scene.said[-1] == "접수하겠습니다.", "spoken before the turn is sure"
    assert scene.timeline.of("turn")[-1].details["early"] is True
    assert scene.work == []
    committed = scene.timeline.of("turn")[-1].at
    await scene.silence(700)
    (work,) = scene.timeline.of("work")
    assert 0.3 <= work.at - committed <= 0.65


async def test_an_answer_that_goes_on_is_taken_back_without_a_trace_outside() -> None:
    scene = Scene()
    await scene.reach("number", "아니요")
    await scene.says(PHONE)
    await scene.silence(1500)
    said = len(scene.said)
    await scene.says("네 맞아요")
    await scene.silence(120)
    assert scene.said[said:] == ["접수하겠습니다."]
    before = scene.machine.snapshot().next_prompt_id
    await scene.says("네 맞아요 아니 아니에요", voice_ms=500)
    assert len(scene.timeline.of("retract")) == 1
    assert scene.machine.snapshot().phase is Phase.LISTENING
    assert scene.mouth.idle
    await scene.silence(3000)
    assert scene.work == [], "the case was not opened"
    assert scene.turns[-2:] == ["네 맞아요", "네 맞아요 아니 아니에요"]
    assert scene.machine.snapshot().next_prompt_id > before, "prompt ids are not used again"
    audible = [entry.event for entry in scene.timeline.entries if entry.event.startswith("audible")]
    assert audible == ["audible_started", "audible_ended"] * (len(audible) // 2)
    assert scene.errors == []


@pytest.mark.parametrize("after_ms", [0, 100, 400, 560])
async def test_an_answer_given_just_before_hanging_up_stands(after_ms: int) -> None:
    scene = Scene()
    await scene.reach("number", "아니요", PHONE)
    scene.prompts.ms = 2000
    await scene.says("네 맞아요")
    await scene.silence(140 + after_ms)
    assert scene.work == []
    await scene.citizen_hangs_up()
    assert scene.work == ["open_case"]
    assert scene.left == []
    assert scene.conversation.outcome is None, "the flow had not come to its end"


async def test_words_of_danger_raise_the_alert_before_the_transfer() -> None:
    scene = Scene()
    await scene.reach("hurt")
    scene.prompts.ms = 2000
    await scene.says("불이 났어요 사람이 쓰러졌어요")
    await scene.silence(2000)
    assert scene.work == ["alert"]
    assert scene.said[-1] == "바로 연결하겠습니다."
    assert scene.left == []
    await scene.silence(1000)
    assert scene.left == ["duty"]


async def test_the_alert_is_raised_even_if_the_citizen_hangs_up_at_once() -> None:
    scene = Scene()
    await scene.reach("hurt")
    await scene.says("네 있어요")
    await scene.silence(140)
    assert scene.work == []
    await scene.citizen_hangs_up()
    assert scene.work == ["alert"]
    assert scene.left == [], "nobody is left to be transferred"


async def test_leaving_from_outside_keeps_the_work_of_an_open_turn() -> None:
    scene = Scene()
    await scene.reach("hurt")
    await scene.says("네 있어요")
    await scene.silence(140)
    scene.conversation.end()
    await scene.settle()
    assert scene.work == ["alert"]
    await scene.silence(2000)
    assert scene.left == []


async def test_hanging_up_during_the_goodbye_is_a_completed_call() -> None:
    scene = Scene()
    await scene.reach("again", "아니요", PHONE, "네")
    await scene.says("아니요")
    await scene.silence(200)
    assert scene.said[-1] == "감사합니다." and scene.left == []
    assert scene.conversation.outcome is None, "not before the turn stands"
    await scene.citizen_hangs_up()
    assert scene.conversation.outcome == DONE


async def test_silence_is_reported_asked_about_and_ends_the_call() -> None:
    scene = Scene()
    await scene.reach("hurt")
    await scene.silence(30_000)
    assert [entry.details["action"] for entry in scene.timeline.of("decision")] == ["silence"] * 3
    assert scene.said[-1] == "전화를 끊겠습니다."
    assert scene.left == [CallOutcome(result=CallResult.NO_RESPONSE, reason="silence")]


async def test_a_prompt_that_must_be_heard_is_not_interrupted() -> None:
    scene = Scene()
    scene.prompts.ms = 1600
    await scene.begin()
    await scene.silence(600)
    await scene.says("여보세요 여보세요", voice_ms=900)
    assert scene.timeline.of("barge_in") == []
    assert scene.said == ["당직실입니다."]
    assert scene.turns == []


async def test_a_prompt_may_be_interrupted_by_its_answer() -> None:
    scene = Scene()
    scene.prompts.ms = 3000
    await scene.begin()
    await scene.silence(3400)
    assert scene.said[-1] == "다친 분이 계신가요?"
    await scene.says("아니요 없어요", voice_ms=700)
    assert len(scene.timeline.of("barge_in")) == 1
    await scene.silence(400)
    assert scene.said[-1] == PHONE_PROMPT


@pytest.mark.parametrize("failure", [VoicebotError("disk full"), RuntimeError("a fault of the desk")])
async def test_work_that_fails_takes_the_flows_own_way(failure: Exception) -> None:
    def fails(arguments: object) -> dict[str, str]:
        raise failure

    scene = Scene(desk=FakeCaseDesk({"open_case": fails}))
    await scene.reach("number", "아니요", PHONE)
    await scene.says("네")
    await scene.silence(3000)
    assert scene.left == ["duty"]
    (work,) = scene.timeline.of("work")
    assert work.details["succeeded"] is False
    assert work.details["reason"] in ("disk full", "RuntimeError")
    assert scene.errors == []


async def test_work_that_never_answers_takes_the_flows_own_way() -> None:
    scene = Scene()
    await scene.reach("number", "아니요", PHONE)
    scene.desk_gate.clear()
    await scene.says("네")
    await scene.silence(3500)
    assert scene.left == []
    await scene.silence(2000)
    assert scene.left == ["duty"]


async def test_the_citizen_is_not_listened_to_while_work_is_under_way() -> None:
    scene = Scene()
    await scene.reach("number", "아니요", PHONE)
    scene.desk_gate.clear()
    await scene.key("1", then_ms=1000)
    assert scene.machine.snapshot().phase is Phase.WORKING
    turns = len(scene.turns)
    await scene.says("네 여보세요")
    await scene.silence(800)
    assert len(scene.turns) == turns, "an answer to nothing would be taken for one to what comes next"
    scene.desk_gate.set()
    await scene.silence(1000)
    assert scene.said[-1] == "번호를 다시 들려 드릴까요?"


async def test_a_recogniser_that_fails_is_asked_once_more_and_then_the_question_is_put_again() -> None:
    scene = Scene()
    await scene.reach("hurt")
    scene.recogniser.broken = True
    asked = scene.recogniser.asked
    await scene.says("네", voice_ms=200)
    await scene.silence(1500)
    assert scene.recogniser.asked >= asked + 2
    assert scene.turns == [""]
    assert "죄송하지만 잘 알아듣지 못했습니다." in scene.said[-1]


async def test_a_bot_without_a_voice_is_a_failed_call() -> None:
    scene = Scene()
    scene.prompts.mute = True
    await scene.begin()
    assert [type(error) for error in scene.errors][:1] == [SynthesisError]


async def test_timers_run_on_though_frames_come_late() -> None:
    scene = Scene()
    await scene.reach("hurt")
    await scene.stall(9000)
    await scene.silence(20)
    assert "여보세요, 듣고 계신가요?" in scene.machine.snapshot().last_said[0].text


async def test_nothing_is_said_or_done_after_the_end() -> None:
    scene = Scene()
    await scene.reach("number", "아니요", PHONE)
    scene.desk_gate.clear()
    await scene.says("네")
    await scene.silence(900)
    scene.conversation.end()
    said, entries = list(scene.said), len(scene.timeline.of("turn"))
    scene.desk_gate.set()
    await scene.says("도와주세요")
    await scene.key("0")
    await scene.silence(2000)
    assert scene.said == said
    assert len(scene.timeline.of("turn")) == entries
    assert scene.work == ["open_case"], "what was begun is finished"
    assert scene.left == []
