"""Whatever happens in whatever order: a conversation never breaks, never stands still, and leaves once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.scene import Scene

_TEXTS = (
    "",
    "네",
    "아니요",
    "네 맞아요",
    "네 있어요",
    "아니 그게 어",
    "공일공 일이삼사 오육칠팔",
    "다시 말해 주세요",
    "잠깐만요",
    "상담원 바꿔 주세요",
    "불이 났어요",
    "나중에요",
)


@dataclass(frozen=True, slots=True)
class _Act:
    what: str
    value: int = 0
    text: str = ""


def _acts(what: str, least: int, most: int) -> st.SearchStrategy[_Act]:
    return st.builds(_Act, st.just(what), st.integers(least, most))


_ACTS = st.lists(
    st.one_of(
        st.builds(_Act, st.just("says"), st.integers(2, 40), st.sampled_from(_TEXTS)),
        _acts("silence", 1, 80),
        _acts("silence", 1, 12),
        st.builds(_Act, st.just("key"), st.integers(0, 30), st.sampled_from("0123456789*#")),
        _acts("stall", 1, 5000),
        _acts("decodes", 0, 1),
        _acts("prompts", 0, 1),
        _acts("desk", 0, 1),
        _acts("breaks", 0, 1),
        _acts("prompt_ms", 1, 100),
        st.builds(_Act, st.sampled_from(("hang_up", "end"))),
    ),
    max_size=30,
)


async def _act(scene: Scene, act: _Act) -> None:
    match act.what:
        case "says":
            await scene.says(act.text, voice_ms=act.value * 20)
        case "silence":
            await scene.silence(act.value * 20)
        case "key":
            await scene.key(act.text, then_ms=act.value * 20)
        case "stall":
            await scene.stall(act.value)
        case "decodes" | "prompts" | "desk":
            gate = {"decodes": scene.decode_gate, "prompts": scene.prompt_gate, "desk": scene.desk_gate}
            (gate[act.what].set if act.value else gate[act.what].clear)()
            await scene.settle()
        case "breaks":
            scene.recogniser.broken = bool(act.value)
        case "prompt_ms":
            scene.prompts.ms = act.value * 20
        case "hang_up":
            await scene.citizen_hangs_up()
        case "end":
            scene.conversation.end()


async def _play(acts: list[_Act]) -> None:
    scene = Scene()
    await scene.begin()
    gone = False
    for act in acts:
        await _act(scene, act)
        gone = gone or act.what in ("hang_up", "end")
    for gate in (scene.decode_gate, scene.prompt_gate, scene.desk_gate):
        gate.set()
    scene.recogniser.broken = False
    await scene.silence(90_000)

    assert scene.errors == []
    assert len(scene.left) == 1 or (gone and not scene.left), "the call comes to an end by itself, once"
    assert not scene.tasks and not scene.works
    audible = [entry for entry in scene.timeline.entries if entry.event.startswith("audible")]
    assert [entry.event for entry in audible[::2]] == ["audible_started"] * ((len(audible) + 1) // 2)
    assert [entry.event for entry in audible[1::2]] == ["audible_ended"] * (len(audible) // 2)
    prompt_ids = [str(entry.details["id"]).zfill(4) for entry in scene.timeline.of("prompt")]
    assert prompt_ids == sorted(set(prompt_ids)), "prompt ids rise"
    early = {entry.details["turn_id"] for entry in scene.timeline.of("turn") if entry.details["early"]}
    retracted = [entry.details["turn_id"] for entry in scene.timeline.of("retract")]
    assert len(retracted) == len(set(retracted)) and early.issuperset(retracted)


@settings(max_examples=150)
@given(_ACTS)
def test_any_order_of_events(acts: list[_Act]) -> None:
    asyncio.run(_play(acts))
