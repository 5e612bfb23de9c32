"""The sound card: what is opened, what goes in and comes out, and how it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from tests.adapters.sound_card.fake_pyaudio import FakePyAudio, FakeStream
from tests.engine.media.stepped import SteppedLoop, run
from voicebot.adapters.sound_card import SoundCard
from voicebot.errors import SoundCardError
from voicebot.ports import Samples

Install = Callable[[FakePyAudio], FakePyAudio]


def tone(rate: int, milliseconds: int = 20) -> Samples:
    """400 Hz at a quarter of full scale."""
    count = rate * milliseconds // 1000
    return (8000 * np.sin(2 * np.pi * 400 * np.arange(count) / rate)).astype(np.int16)


def dominant_hz(samples: Samples, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    return float(np.argmax(spectrum) * rate / len(samples))


def split(fake: FakePyAudio) -> tuple[FakeStream, FakeStream]:
    (microphone,) = (stream for stream in fake.streams if stream.is_input)
    (loudspeaker,) = (stream for stream in fake.streams if not stream.is_input)
    return microphone, loudspeaker


def fail(error: SoundCardError) -> None:
    raise AssertionError(error)


async def test_frames_pass_both_ways_at_the_telephone_s_rate(install: Install) -> None:
    fake = install(FakePyAudio())
    card = SoundCard(8000)
    microphone, loudspeaker = split(fake)
    assert (microphone.rate, loudspeaker.rate) == (8000, 8000)
    assert (microphone.frames_per_buffer, loudspeaker.frames_per_buffer) == (160, 160)
    assert [stream.started for stream in fake.streams] == [False, False], "nothing is heard before the call"
    heard: list[Samples] = []
    card.start(heard.append, fail)
    assert [stream.started for stream in fake.streams] == [True, True]
    assert microphone.callback(tone(8000).tobytes(), 160, {}, 0) == (None, 0)
    assert heard == [], "PortAudio's thread only hands over"
    await asyncio.sleep(0)
    assert np.array_equal(heard[0], tone(8000))
    for _ in range(3):
        card.play(tone(8000))
    played, go_on = loudspeaker.callback(None, 160, {}, 0)
    assert (played, go_on) == (tone(8000).tobytes(), 0)
    card.close()
    card.close()
    assert microphone.closed and loudspeaker.closed
    assert fake.terminated == 1


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
async def test_another_rate_is_converted(install: Install, rate: int) -> None:
    fake = install(FakePyAudio(rates=(rate,)))
    card = SoundCard(8000)
    microphone, loudspeaker = split(fake)
    assert (microphone.rate, loudspeaker.rate) == (rate, rate)
    assert f"{rate} Hz" in card.description
    heard: list[Samples] = []
    card.start(heard.append, fail)
    signal = tone(rate, 1000)
    size = rate // 50
    for start in range(0, len(signal), size):
        microphone.callback(signal[start : start + size].tobytes(), size, {}, 0)
    await asyncio.sleep(0)
    assert len(heard) in (49, 50), "what the filter still holds is less than a frame"
    assert all(frame.shape == (160,) for frame in heard)
    assert dominant_hz(np.concatenate(heard[5:45]), 8000) == pytest.approx(400, abs=2)

    signal, out = tone(8000, 1000), []
    for start in range(0, 8000, 160):
        card.play(signal[start : start + 160])
        data, _ = loudspeaker.callback(None, size, {}, 0)
        assert data is not None
        out.append(np.frombuffer(data, np.int16))
    played = np.concatenate(out[10:])
    assert dominant_hz(played, rate) == pytest.approx(400, abs=2)
    assert int(np.abs(played.astype(np.int32)).max()) == pytest.approx(8000, rel=0.02)
    card.close()


async def test_a_microphone_that_runs_ahead_is_held_back(install: Install) -> None:
    fake = install(FakePyAudio())
    card = SoundCard(8000)
    microphone, _ = split(fake)
    heard: list[Samples] = []
    card.start(heard.append, fail)
    for _ in range(200):
        microphone.callback(tone(8000).tobytes(), 160, {}, 0)
    await asyncio.sleep(0)
    assert (len(heard), card.pieces_dropped) == (50, 150)
    microphone.callback(tone(8000).tobytes(), 160, {}, 0)
    await asyncio.sleep(0)
    assert len(heard) == 51, "and is heard again once there is room"
    card.close()


async def test_what_comes_after_the_end_is_not_heard(install: Install) -> None:
    fake = install(FakePyAudio())
    card = SoundCard(8000)
    microphone, _ = split(fake)
    heard: list[Samples] = []
    card.start(heard.append, fail)
    microphone.callback(tone(8000).tobytes(), 160, {}, 0)
    card.close()
    await asyncio.sleep(0)
    assert heard == []


@pytest.mark.parametrize("dead", ["microphone", "loudspeaker"])
def test_a_device_that_stops_is_noticed(install: Install, dead: str) -> None:
    fake = install(FakePyAudio())

    async def scene(loop: SteppedLoop) -> tuple[list[str], list[float]]:
        card = SoundCard(8000)
        microphone, loudspeaker = split(fake)
        errors: list[str] = []
        told_at: list[float] = []

        def failed(error: SoundCardError) -> None:
            errors.append(str(error))
            told_at.append(loop.time() - began)

        began = loop.time()
        card.start(lambda samples: None, failed)
        for step in range(500):  # ten seconds, the one device alive for the first five
            if dead != "microphone" or step < 250:
                microphone.callback(bytes(320), 160, {}, 0)
            if dead != "loudspeaker" or step < 250:
                loudspeaker.callback(None, 160, {}, 0)
            await asyncio.sleep(0.02)
        card.close()
        return errors, told_at

    errors, told_at = run(scene)
    assert errors == [f"{dead} 'card' has stopped; is it still connected? then try again"]
    assert 7.0 <= told_at[0] <= 9.1


def test_a_device_that_nobody_can_open_is_named(install: Install) -> None:
    fake = install(FakePyAudio(rates=()))
    with pytest.raises(SoundCardError, match=r"microphone 'card' cannot be opened .*Invalid sample rate"):
        SoundCard(8000)
    assert fake.terminated == 1


async def test_a_device_that_cannot_be_started_is_named(install: Install) -> None:
    fake = install(FakePyAudio(refuses_start=True))
    card = SoundCard(8000)
    with pytest.raises(SoundCardError, match=r"microphone card .* cannot be started .*unavailable"):
        card.start(lambda samples: None, fail)
    card.close()
    assert all(stream.closed for stream in fake.streams)
