"""Whole conversations over a sound device: the real call, media loop and sockets, in imagined time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from tests.engine.media.stepped import LoudIsVoice, SteppedLoop, run
from tests.engine.scene import PLAN
from voicebot.adapters.sound_card import WavFiles
from voicebot.audio.level import level_dbfs
from voicebot.audio.wav import parse_wav, serialise_wav
from voicebot.dialogue.actions import Say
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.understanding.interpret import spoken_forms
from voicebot.engine.call import SharedParts
from voicebot.engine.judging import judge_completeness
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.prompt import GrowingPrompt, PayloadSource
from voicebot.engine.media.wire_format import ALAW, FRAME_S
from voicebot.engine.talk import LocalLine, SoundDevice, Talk
from voicebot.errors import SoundCardError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import Recognition, Samples, Utterance
from voicebot.rtp.pacing import Pacer
from voicebot.speech.settings import TurnSettings
from voicebot.testing.fakes import FakeCallBook, FakeCaseDesk, MemoryTimeline

FRAME = ALAW.frame_samples
SILENCE: Samples = np.zeros(FRAME, np.int16)
VOICE: Samples = (8000 * np.sin(np.arange(FRAME) * 2 * np.pi * 200 / 8000)).astype(np.int16)
TONE: Samples = (4000 * np.sin(np.arange(FRAME) * 2 * np.pi * 400 / 8000)).astype(np.int16)
PROMPT_FRAMES = 60  # 1.2 s
AUDIBLE = -50.0


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something, with an eye on it at every frame."""
    for _ in range(int(seconds / FRAME_S)):
        if condition():
            return
        await asyncio.sleep(FRAME_S)
    raise AssertionError("it did not happen")


class _Prompts:
    """Every prompt is a tone."""

    async def prepare(self, say: Say) -> PayloadSource:
        prompt = GrowingPrompt()
        prompt.append(ALAW.encode_frames(np.tile(TONE, PROMPT_FRAMES)))
        prompt.complete()
        return prompt


class _Recogniser:
    """Hears the next text in each turn, however often a turn is decoded."""

    def __init__(self) -> None:
        self.text = ""
        self.loudest = 0

    async def recognise(self, utterance: Utterance) -> Recognition | None:
        self.loudest = max(self.loudest, int(np.abs(utterance.samples.astype(np.int32)).max()))
        return Recognition(text=self.text, confidence=0.9)

    async def close(self) -> None:
        """Nothing to close."""


class _Person:
    """A sound device with somebody before it, who speaks when told to."""

    def __init__(self) -> None:
        self.levels: list[float] = []
        """Of every frame that the loudspeaker was given."""
        self.break_down: Callable[[SoundCardError], None] = lambda error: None
        self._heard: Callable[[Samples], None] = lambda samples: None
        self._frames_to_say = 0

    def start(self, heard: Callable[[Samples], None], failed: Callable[[SoundCardError], None]) -> None:
        self._heard, self.break_down = heard, failed
        self._tick()

    def play(self, samples: Samples) -> None:
        assert samples.shape == (FRAME,)
        self.levels.append(level_dbfs(samples))

    async def listen(self, audible: bool) -> None:
        """Wait until the bot is heard, or has fallen silent."""
        await until(lambda: [level > AUDIBLE for level in self.levels[-3:]] == [audible] * 3)

    async def say(self, ms: int) -> None:
        self._frames_to_say = ms // 20
        await asyncio.sleep(ms / 1000)

    def _tick(self) -> None:
        self._heard(VOICE if self._frames_to_say > 0 else SILENCE)
        self._frames_to_say -= 1
        asyncio.get_running_loop().call_later(FRAME_S, self._tick)


class _Scene:
    """A talk, ready to run."""

    def __init__(self, device: SoundDevice) -> None:
        self.recogniser = _Recogniser()
        self.desk, self.calls = FakeCaseDesk(), FakeCallBook()
        self.timeline = MemoryTimeline()
        self.media = MediaLoop("127.0.0.1", 0, ALAW, LoudIsVoice())
        self.media.start()
        self.talk = Talk(
            call_id="talk-1",
            device=device,
            machine=Machine(PLAN),
            variables={"caller_id": "01012345678", "today": "2026-11-22"},
            parts=SharedParts(
                media=self.media,
                recogniser=self.recogniser,
                prompts=_Prompts(),
                desk=self.desk,
                calls=self.calls,
                judge=judge_completeness,
                spoken_forms=spoken_forms,
                turn_settings=TurnSettings(),
                clock=asyncio.get_running_loop().time,
            ),
            timeline=self.timeline,
        )

    @property
    def ending(self) -> tuple[object, object]:
        """Result and reason as the timeline has them."""
        (ended,) = self.timeline.of("call_ended")
        assert self.timeline.closed
        return ended.details["result"], ended.details["reason"]


def play(script: Callable[[_Scene, _Person], Awaitable[None]]) -> tuple[_Scene, _Person, CallOutcome]:
    """Hold a conversation in which the person does what the script says."""

    async def scene(loop: SteppedLoop) -> tuple[_Scene, _Person, CallOutcome]:
        person = _Person()
        setting = _Scene(person)
        try:
            async with asyncio.timeout(120), asyncio.TaskGroup() as tasks:
                holding = tasks.create_task(setting.talk.run())
                acting = asyncio.ensure_future(script(setting, person))
                outcome = await holding
                assert acting.done(), "the conversation ended before the script did"
                acting.result()
            return setting, person, outcome
        finally:
            setting.media.close()

    return run(scene)


async def _hear_question(scene: _Scene, person: _Person) -> None:
    """Both first prompts: the greeting, and the question whether somebody is hurt."""
    await person.listen(True)
    await until(lambda: len(scene.timeline.of("prompt")) == 2)
    await person.listen(False)
    await asyncio.sleep(0.4)


def test_a_conversation_is_held_to_its_end() -> None:
    async def script(scene: _Scene, person: _Person) -> None:
        await _hear_question(scene, person)
        scene.recogniser.text = "네 있어요"
        await person.say(600)

    scene, person, outcome = play(script)
    assert outcome.result is CallResult.HANDED_OVER
    assert scene.ending == ("handed_over", "a person")
    assert [work.name for work in scene.desk.done] == ["alert"]
    assert [entry.details["text"] for entry in scene.timeline.of("turn")] == ["네 있어요"]
    assert scene.timeline.of("first_packet") and scene.timeline.of("voice_started")
    # What the recogniser was given came through A-law, no louder and no softer.
    assert scene.recogniser.loudest == pytest.approx(8000, rel=0.05)
    audible = sum(level > AUDIBLE for level in person.levels)
    assert audible == 3 * PROMPT_FRAMES, "each prompt was heard from its first frame to its last"
    (statistics,) = scene.timeline.of("statistics")
    assert statistics.details["packets_lost"] == 0


def test_the_bot_falls_silent_when_it_is_interrupted() -> None:
    frames_before = []

    async def script(scene: _Scene, person: _Person) -> None:
        await until(lambda: len(scene.timeline.of("prompt")) == 2)
        await asyncio.sleep(0.2)
        scene.recogniser.text = "다친 사람이 있어요"
        frames_before.append(len(person.levels))
        await person.say(1500)

    scene, person, _ = play(script)
    assert scene.timeline.of("barge_in")
    after = person.levels[frames_before[0] :]
    silent_after = next(index for index, level in enumerate(after) if level <= AUDIBLE)
    assert silent_after <= 40, "within 0.8 s, before the prompt's own end"


def test_keys_reach_a_person() -> None:
    async def script(scene: _Scene, person: _Person) -> None:
        await _hear_question(scene, person)
        scene.talk.press("0")

    scene, _, outcome = play(script)
    assert outcome.result is CallResult.HANDED_OVER
    assert [entry.details["key"] for entry in scene.timeline.of("key")] == ["0"]


def test_silence_ends_the_conversation() -> None:
    async def script(scene: _Scene, person: _Person) -> None:
        """Say nothing."""

    scene, _, outcome = play(script)
    assert outcome.result is CallResult.NO_RESPONSE
    assert scene.ending == ("no_response", "silence")


def test_hanging_up_ends_it_at_once() -> None:
    async def script(scene: _Scene, person: _Person) -> None:
        await person.listen(True)
        scene.talk.hang_up()

    scene, person, outcome = play(script)
    assert outcome.result is CallResult.HUNG_UP
    assert scene.ending[0] == "hung_up"
    assert len(person.levels) < 50


def test_a_device_that_breaks_is_told() -> None:
    scenes = []

    async def script(scene: _Scene, person: _Person) -> None:
        scenes.append(scene)
        await person.listen(True)
        person.break_down(SoundCardError("microphone 'x' has stopped"))
        person.break_down(SoundCardError("loudspeaker 'y' has stopped"))

    with pytest.raises(ExceptionGroup) as caught:
        play(script)
    assert caught.group_contains(SoundCardError, match="microphone 'x' has stopped")
    assert scenes[0].ending == ("failed", "broken off by an error")


def test_only_the_engine_is_played() -> None:
    async def scene(loop: SteppedLoop) -> list[float]:
        person = _Person()
        media = MediaLoop("127.0.0.1", 0, ALAW, LoudIsVoice())
        media.start()
        line = LocalLine(person, media)
        address = await line.open()
        packet = Pacer(
            payload_type=8, frame_samples=FRAME, silence=ALAW.silence, ssrc=1, sequence_number=1, timestamp=1
        ).next_packet(ALAW.encode_frames(VOICE)[0])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(packet, (address.host, address.port))
            await asyncio.sleep(0.1)
        await line.close()
        await line.close()
        media.close()
        return person.levels

    assert run(scene) == []


def test_files_stand_in_for_the_devices(tmp_path: Path) -> None:
    """An answer in a file at the right place is understood; what the bot said is in the other file."""
    source, target = tmp_path / "said.wav", tmp_path / "heard.wav"
    # Both prompts last 1.2 s; the file speaks half a second after them, at another rate.
    answer = np.repeat(np.tile(VOICE, 30), 2)
    said = np.concatenate([np.zeros(3 * 16_000, np.int16), answer])
    source.write_bytes(serialise_wav(said, 16_000))

    async def scene(loop: SteppedLoop) -> tuple[CallOutcome, float]:
        device = WavFiles(ALAW.sample_rate_hz, source, target)
        setting = _Scene(device)
        setting.recogniser.text = "네 있어요"
        try:
            began = loop.time()
            return await setting.talk.run(), loop.time() - began
        finally:
            device.close()
            setting.media.close()

    outcome, seconds = run(scene)
    assert outcome.result is CallResult.HANDED_OVER
    recorded = parse_wav(target.read_bytes(), "heard.wav")
    assert recorded.sample_rate_hz == 8000
    assert len(recorded.samples) / 8000 == pytest.approx(seconds, abs=0.05)
    frames = recorded.samples[: len(recorded.samples) // FRAME * FRAME].reshape(-1, FRAME)
    audible = np.array([level_dbfs(frame) > AUDIBLE for frame in frames])
    assert audible.sum() == pytest.approx(3 * PROMPT_FRAMES, abs=2)
    first = int(np.flatnonzero(audible)[0])
    assert first <= 10, "the greeting comes at once"
    assert not audible[130:150].any(), "between the question's end and the answer"
