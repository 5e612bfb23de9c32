from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from voicebot.dialogue.actions import Say, Segment
from voicebot.engine.media.prompt import GrowingPrompt, PayloadSource
from voicebot.engine.mouth import Mouth
from voicebot.errors import SynthesisError


class _Source:
    finished = False

    def next_payload(self) -> bytes | None:
        return None


class _Prompts:
    """Prompts that become ready when the test says so."""

    def __init__(self) -> None:
        self.ready: dict[int, asyncio.Event] = {}

    async def prepare(self, say: Say) -> PayloadSource:
        await self.ready.setdefault(say.prompt_id, asyncio.Event()).wait()
        return _Source()


class _Loudspeaker:
    def __init__(self) -> None:
        self.finish: Callable[[], None] | None = None
        self.played = 0
        self.stopped = 0

    def play(self, source: PayloadSource, on_finished: Callable[[], None]) -> None:
        assert self.finish is None, "one prompt at a time"
        self.finish = on_finished
        self.played += 1

    def stop(self) -> float:
        self.finish = None
        self.stopped += 1
        return 0.0

    def end(self) -> None:
        finish, self.finish = self.finish, None
        assert finish is not None
        finish()


class _Scene:
    def __init__(self) -> None:
        self.prompts = _Prompts()
        self.loudspeaker = _Loudspeaker()
        self.log: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.mouth = Mouth(
            prompts=self.prompts,
            loudspeaker=self.loudspeaker,
            spawn=self._spawn,
            started=lambda say: self.log.append(f"started {say.prompt_id}"),
            finished=lambda say, cut: self.log.append(
                f"{'interrupted' if cut else 'finished'} {say.prompt_id}"
            ),
        )

    def _spawn(self, work: Coroutine[object, object, None]) -> Callable[[], object]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task.cancel

    async def ready(self, *prompt_ids: int) -> None:
        for prompt_id in prompt_ids:
            self.prompts.ready.setdefault(prompt_id, asyncio.Event()).set()
        for _ in range(5):
            await asyncio.sleep(0)


def _say(prompt_id: int, *, interruptible: bool = True) -> Say:
    return Say(prompt_id=prompt_id, segments=(Segment(text="네"),), interruptible=interruptible)


async def test_prompts_play_in_order_even_when_a_later_one_is_ready_first() -> None:
    scene = _Scene()
    scene.mouth.say(_say(1))
    scene.mouth.say(_say(2))
    await scene.ready(2)
    assert scene.log == []
    await scene.ready(1)
    assert scene.log == ["started 1"]
    scene.loudspeaker.end()
    assert scene.log == ["started 1", "finished 1", "started 2"]
    scene.loudspeaker.end()
    assert scene.mouth.idle


async def test_stopping_reports_what_played_and_what_waited() -> None:
    scene = _Scene()
    for prompt_id in (1, 2, 3):
        scene.mouth.say(_say(prompt_id))
    await scene.ready(1, 2)
    scene.mouth.stop()
    assert scene.log == ["started 1", "interrupted 1", "interrupted 2", "interrupted 3"]
    assert scene.mouth.idle
    await scene.ready(3)
    assert scene.loudspeaker.played == 1, "what was dropped is not heard later"


async def test_forgetting_reports_nothing() -> None:
    scene = _Scene()
    scene.mouth.say(_say(1))
    await scene.ready(1)
    scene.mouth.forget()
    assert scene.log == ["started 1"]
    assert scene.loudspeaker.stopped == 1
    assert scene.mouth.idle


async def test_a_late_end_of_a_stopped_prompt_is_not_reported_twice() -> None:
    scene = _Scene()
    scene.mouth.say(_say(1))
    await scene.ready(1)
    late_end = scene.loudspeaker.finish
    scene.mouth.stop()
    assert late_end is not None
    late_end()
    assert scene.log == ["started 1", "interrupted 1"]


@pytest.mark.parametrize(("flags", "expected"), [((True, True), True), ((True, False), False), ((), True)])
async def test_interruptible_looks_at_all_that_is_still_to_be_heard(
    flags: tuple[bool, ...], expected: bool
) -> None:
    scene = _Scene()
    for prompt_id, flag in enumerate(flags, start=1):
        scene.mouth.say(_say(prompt_id, interruptible=flag))
    assert scene.mouth.interruptible is expected
    await scene.ready(1)
    assert scene.mouth.interruptible is expected
    scene.mouth.forget()


class _MutePrompts:
    async def prepare(self, say: Say) -> PayloadSource:
        prompt = GrowingPrompt()
        prompt.complete()
        return prompt


@pytest.mark.parametrize(("text", "breaks"), [("다친 분이 계신가요?", True), ("…", False)])
async def test_a_prompt_of_which_nothing_can_be_heard_breaks_the_call(text: str, breaks: bool) -> None:
    played: list[int] = []
    work: list[Coroutine[object, object, None]] = []

    def spawn(coroutine: Coroutine[object, object, None]) -> Callable[[], object]:
        work.append(coroutine)
        return lambda: None

    mouth = Mouth(
        prompts=_MutePrompts(),
        loudspeaker=_Loudspeaker(),
        spawn=spawn,
        started=lambda say: played.append(say.prompt_id),
        finished=lambda say, cut: None,
    )
    mouth.say(Say(prompt_id=7, segments=(Segment(text=text),)))
    if breaks:
        with pytest.raises(SynthesisError, match="prompt 7: nothing of it could be spoken"):
            await work[0]
    else:
        await work[0]
    assert played == ([] if breaks else [7])
