"""Telephone keys in a conversation: single keys, whole numbers, 0, * and #."""

from __future__ import annotations

import pytest

from tests.engine.scene import Scene
from voicebot.dialogue.state import Phase

PHONE_PROMPT = "어느 번호로 연락드릴까요?"


async def _types(scene: Scene, keys: str) -> None:
    for key in keys:
        await scene.key(key, then_ms=300)


async def test_a_key_answers_a_closed_question() -> None:
    scene = Scene()
    await scene.reach("hurt")
    await scene.key("2")
    assert scene.said[-1] == PHONE_PROMPT
    assert [entry.details["key"] for entry in scene.timeline.of("key")] == ["2"]


async def test_keys_stop_even_a_prompt_that_must_be_heard() -> None:
    scene = Scene()
    scene.prompts.ms = 5000
    await scene.begin()
    await scene.silence(200)
    assert scene.said == ["당직실입니다."]
    await scene.key("2")
    assert scene.said == ["당직실입니다.", PHONE_PROMPT]


@pytest.mark.parametrize(("keys", "wait_ms"), [("01012345678", 0), ("01012345678#", 0), ("0212345678", 3100)])
async def test_a_number_may_be_typed(keys: str, wait_ms: int) -> None:
    scene = Scene()
    scene.prompts.ms = 1000
    await scene.reach("number", "아니요")
    await _types(scene, keys)
    await scene.silence(wait_ms)
    assert "맞으신가요?" in scene.said[-1]
    assert scene.machine.snapshot().candidate == keys.rstrip("#")
    assert not scene.mouth.idle, "the reading back goes on, whatever habit pressed after the last digit"
    await scene.silence(1200)
    await scene.key("1")
    assert scene.machine.snapshot().slots["callback"] == keys.rstrip("#")


async def test_a_hash_ends_a_number_sooner() -> None:
    scene = Scene()
    await scene.reach("number", "아니요")
    await _types(scene, "0212345678#")
    assert "맞으신가요?" in scene.said[-1]


async def test_star_repeats_the_question_and_voids_the_keys_before_it() -> None:
    scene = Scene()
    await scene.reach("number", "아니요")
    await _types(scene, "01099")
    await scene.key("*")
    assert scene.said[-1] == PHONE_PROMPT
    await _types(scene, "01012345678")
    assert scene.machine.snapshot().candidate == "01012345678"


@pytest.mark.parametrize(("state", "answers"), [("hurt", ()), ("number", ("아니요",))])
async def test_0_reaches_a_person(state: str, answers: tuple[str, ...]) -> None:
    scene = Scene()
    await scene.reach(state, *answers)
    await scene.key("0", then_ms=4000)  # where a number is expected, 0 may be its beginning
    assert scene.said[-1] == "바로 연결하겠습니다."
    assert scene.left == ["duty"]


async def test_0_while_work_is_under_way_reaches_a_person_after_it() -> None:
    scene = Scene()
    await scene.reach("number", "아니요", "공일공 일이삼사 오육칠팔")
    scene.desk_gate.clear()
    await scene.key("1", then_ms=1000)
    assert scene.machine.snapshot().phase is Phase.WORKING
    await scene.key("0", then_ms=1000)
    assert scene.left == []
    scene.desk_gate.set()
    await scene.silence(1500)
    assert scene.work == ["open_case"]
    assert scene.left == ["duty"]


async def test_a_key_settles_the_answer_before_it() -> None:
    scene = Scene()
    await scene.reach("hurt")
    scene.prompts.ms = 3000
    await scene.says("네 있어요")
    await scene.silence(140)
    assert scene.work == []
    await scene.key("1")
    assert scene.work == ["alert"]
    assert scene.left == ["duty"], "the key also ends what was being said"


async def test_a_key_voids_what_was_not_audible_yet() -> None:
    scene = Scene()
    await scene.reach("hurt")
    scene.prompt_gate.clear()
    await scene.key("2")
    assert scene.machine.snapshot().position == "number"
    await scene.key("*")
    scene.prompt_gate.set()
    await scene.silence(1500)
    assert scene.said.count(PHONE_PROMPT) == 1, "asked for twice, heard once"
    ended = [entry.details["id"] for entry in scene.timeline.of("audible_ended")]
    started = [entry.details["id"] for entry in scene.timeline.of("audible_started")]
    assert ended == started


async def test_keys_of_one_question_do_not_reach_the_next() -> None:
    scene = Scene()
    await scene.reach("number", "아니요")
    await _types(scene, "0101")
    await scene.says("공일공 일이삼사 오육칠팔")
    await scene.silence(2500)
    assert "맞으신가요?" in scene.said[-1]
    await scene.key("1", then_ms=200)
    assert scene.machine.snapshot().phase is Phase.WORKING or scene.work == ["open_case"]
