"""The decodes of one call: what comes back, what was judged, and what is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import numpy as np
import pytest

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.engine.decoding import CallDecoder
from voicebot.engine.recording import CitizenAudio
from voicebot.errors import RecognitionError
from voicebot.ports import Recognition
from voicebot.speech.actions import RequestDecode
from voicebot.speech.events import Completeness, DecodeDropped, DecodeKind, HypothesisHeard
from voicebot.testing.fakes import FakeRecogniser, ManualClock, MemoryTimeline

YES_NO = Expectation(kind=AnswerKind.YES_NO)
STORY = Expectation(kind=AnswerKind.OPEN)


class _Desk:
    """A decoder with everything around it."""

    def __init__(self, recogniser: FakeRecogniser) -> None:
        self.recogniser = recogniser
        self.heard: list[HypothesisHeard | DecodeDropped] = []
        self.judged: list[str] = []
        self.timeline = MemoryTimeline()
        self.tasks: set[asyncio.Task[None]] = set()
        audio = CitizenAudio(sample_rate_hz=8000, keep_s=30)
        audio.append(8000, np.arange(8000, dtype=np.int16))
        self.decoder = CallDecoder(
            recogniser=recogniser,
            audio=audio,
            sample_rate_hz=8000,
            judge=self._judge,
            spoken_forms=lambda expectation: {"yes": ("네",), "no": ("아니요",)},
            spawn=self._spawn,
            heard=self.heard.append,
            timeline=self.timeline,
            clock=ManualClock(),
        )

    def _judge(self, text: str, expectation: Expectation) -> Completeness:
        self.judged.append(text)
        return Completeness.COMPLETE if text else Completeness.EMPTY

    def _spawn(self, work: Coroutine[object, object, None]) -> Callable[[], object]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task.cancel

    async def settle(self) -> None:
        for _ in range(6):
            await asyncio.sleep(0)


def _request(
    decode_id: int, kind: DecodeKind = DecodeKind.SPECULATIVE, *, end: int = 4000, earlier: str = ""
) -> RequestDecode:
    return RequestDecode(
        decode_id=decode_id,
        kind=kind,
        start_sample=1000,
        end_sample=end,
        voiced_ms=300,
        earlier_text=earlier,
    )


async def test_an_answer_comes_with_its_judgement_and_is_remembered() -> None:
    recognition = Recognition(text="네", confidence=0.8, choice_scores={"yes": 0.9})
    desk = _Desk(FakeRecogniser([recognition]))
    desk.decoder.request(_request(7), YES_NO)
    await desk.settle()
    assert desk.heard == [
        HypothesisHeard(decode_id=7, text="네", completeness=Completeness.COMPLETE, confidence=0.8)
    ]
    assert desk.decoder.recognition(7) is recognition
    (utterance,) = desk.recogniser.asked
    assert utterance.samples.tolist() == list(range(1000, 4000))
    assert utterance.choices == {"yes": ("네",), "no": ("아니요",)}
    (entry,) = desk.timeline.of("decode")
    assert (entry.details["outcome"], entry.details["audio_ms"]) == ("used", 375)


async def test_only_closed_questions_are_scored() -> None:
    desk = _Desk(FakeRecogniser(["가로등이요"]))
    desk.decoder.request(_request(1), STORY)
    await desk.settle()
    assert desk.recogniser.asked[0].choices == {}


async def test_completeness_is_judged_on_the_whole_turn_but_the_new_words_are_told() -> None:
    desk = _Desk(FakeRecogniser(["꺼졌어요", ""]))
    desk.decoder.request(_request(1, earlier="집 앞에 가로등이"), STORY)
    desk.decoder.request(_request(2, earlier="집 앞에"), STORY)
    await desk.settle()
    assert desk.judged == ["집 앞에 가로등이 꺼졌어요", "집 앞에"]
    assert [event.text for event in desk.heard if isinstance(event, HypothesisHeard)] == ["꺼졌어요", ""]


@pytest.mark.parametrize(
    ("answer", "outcome"), [(None, "dropped"), (RecognitionError("the worker was killed"), "failed")]
)
async def test_an_answer_that_never_came_is_not_taken_for_silence(
    answer: RecognitionError | None, outcome: str
) -> None:
    desk = _Desk(FakeRecogniser([answer]))
    desk.decoder.request(_request(3), YES_NO)
    await desk.settle()
    assert desk.heard == [DecodeDropped(decode_id=3)]
    assert desk.timeline.of("decode")[0].details["outcome"] == outcome
    assert desk.decoder.recognition(3).text == ""


async def test_a_discarded_decode_is_cancelled_and_never_told() -> None:
    gate = asyncio.Event()
    desk = _Desk(FakeRecogniser(["네", "아니요"], gate=gate))
    desk.decoder.request(_request(1), YES_NO)
    desk.decoder.request(_request(2), YES_NO)
    await desk.settle()
    desk.decoder.discard(1)
    desk.decoder.discard(1)
    desk.decoder.discard(99)
    gate.set()
    await desk.settle()
    assert desk.recogniser.cancelled == 1
    assert [event.decode_id for event in desk.heard] == [2]
    outcomes = [(entry.details["decode_id"], entry.details["outcome"]) for entry in desk.timeline.entries]
    assert outcomes == [(1, "discarded"), (2, "used")]


async def test_one_discarded_while_its_answer_was_on_the_way_is_not_told() -> None:
    gate = asyncio.Event()
    desk = _Desk(FakeRecogniser(["네"], gate=gate))
    desk.decoder.request(_request(1), YES_NO)
    await desk.settle()
    gate.set()
    desk.decoder.discard(1)
    await desk.settle()
    assert desk.heard == []


async def test_only_the_last_recognitions_are_remembered() -> None:
    desk = _Desk(FakeRecogniser([f"말 {number}" for number in range(20)]))
    for number in range(20):
        desk.decoder.request(_request(number), STORY)
    await desk.settle()
    assert [desk.decoder.recognition(number).text for number in (11, 12, 19)] == ["", "말 12", "말 19"]
