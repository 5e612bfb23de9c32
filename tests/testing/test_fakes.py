import asyncio

import numpy as np
import pytest

from voicebot.errors import RecognitionError, SynthesisError, VoicebotError
from voicebot.ports import CaseDesk, Recogniser, Synthesiser, TimelineSink, Utterance, VoiceActivity
from voicebot.speech.events import DecodeKind
from voicebot.testing.fakes import (
    FakeCaseDesk,
    FakeRecogniser,
    FakeSynthesiser,
    FakeVoiceActivity,
    ManualClock,
    MemoryTimeline,
)


def _utterance(kind: DecodeKind = DecodeKind.FINAL) -> Utterance:
    return Utterance(samples=np.zeros(160, np.int16), sample_rate_hz=8000, kind=kind, voiced_ms=20)


def test_fakes_fit_their_ports() -> None:
    recogniser: Recogniser = FakeRecogniser()
    activity: VoiceActivity = FakeVoiceActivity()
    synthesiser: Synthesiser = FakeSynthesiser()
    desk: CaseDesk = FakeCaseDesk()
    timeline: TimelineSink = MemoryTimeline()
    assert all((recogniser, activity, synthesiser, desk, timeline))


def test_a_clock_moves_only_forward() -> None:
    clock = ManualClock(5.0)
    assert clock.advance(0.5) == clock() == 5.5
    with pytest.raises(ValueError, match="cannot go back by 1"):
        clock.advance(-1)


async def test_recognitions_come_in_the_order_of_the_questions() -> None:
    recogniser = FakeRecogniser(["네", None, RecognitionError("broken")])
    first = await recogniser.recognise(_utterance(DecodeKind.PARTIAL))
    assert first is not None and first.text == "네" and first.confidence == 0.9
    assert await recogniser.recognise(_utterance()) is None
    with pytest.raises(RecognitionError, match="broken"):
        await recogniser.recognise(_utterance())
    last = await recogniser.recognise(_utterance())
    assert last is not None and last.text == ""


async def test_a_gated_recogniser_waits_and_counts_cancelled_decodes() -> None:
    gate = asyncio.Event()
    recogniser = FakeRecogniser(["하나", "둘"], gate=gate)
    first = asyncio.ensure_future(recogniser.recognise(_utterance()))
    second = asyncio.ensure_future(recogniser.recognise(_utterance()))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.set()
    answer = await second
    assert answer is not None and answer.text == "둘" and recogniser.cancelled == 1


def test_voice_activity_tells_loud_from_quiet_frames() -> None:
    activity = FakeVoiceActivity(threshold=500)
    streams = [activity.open(), activity.open()]
    loud, quiet = np.full(160, -600, np.int16), np.full(160, 400, np.int16)
    assert activity.judge(streams, [loud, quiet]) == [1.0, 0.0]


async def test_a_longer_text_is_a_longer_tone() -> None:
    synthesiser = FakeSynthesiser(ms_per_character=10, fails_on=["안 됨"])
    speech = await synthesiser.synthesise("안녕하세요", rate=0.5)
    assert (
        len(speech.samples) == 800 and speech.sample_rate_hz == 8000 and synthesiser.spoken == ["안녕하세요"]
    )
    with pytest.raises(SynthesisError):
        await synthesiser.synthesise("안 됨")


async def test_the_case_desk_notes_work_and_gives_its_result() -> None:
    desk = FakeCaseDesk(
        {
            "open_case": lambda arguments: {"case_number": arguments["place"] + "-1"},
            "alert": VoicebotError("nobody reads alerts"),
        }
    )
    assert await desk.perform("c1", "open_case", {"place": "a"}) == {"case_number": "a-1"}
    assert await desk.perform("c1", "note", {}) == {}
    with pytest.raises(VoicebotError, match="nobody"):
        await desk.perform("c1", "alert", {})
    assert [work.name for work in desk.done] == ["open_case", "note"]


def test_a_timeline_in_memory_keeps_order_and_details() -> None:
    timeline = MemoryTimeline()
    timeline.record("bot", "prompt", 1.0, text="네")
    timeline.record("engine", "turn", 2.0)
    assert [entry.details for entry in timeline.of("prompt")] == [{"text": "네"}]
    assert [entry.event for entry in timeline.entries] == ["prompt", "turn"]
