"""Files in place of devices: at the speed of speech, and side by side."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.engine.media.stepped import SteppedLoop, run
from voicebot.adapters.sound_card import WavFiles
from voicebot.audio.wav import parse_wav, serialise_wav
from voicebot.errors import ConfigurationError, SoundCardError
from voicebot.ports import Samples


def fail(error: SoundCardError) -> None:
    raise AssertionError(error)


def test_the_file_is_heard_in_time_then_silence(tmp_path: Path) -> None:
    said = np.arange(1, 1601, dtype=np.int16)
    source, target = tmp_path / "said.wav", tmp_path / "played.wav"
    source.write_bytes(serialise_wav(said, 8000))

    async def scene(loop: SteppedLoop) -> list[tuple[float, Samples]]:
        files = WavFiles(8000, source, target)
        heard: list[tuple[float, Samples]] = []
        began = loop.time()

        def take(samples: Samples) -> None:
            heard.append((loop.time() - began, samples))
            files.play(np.full(160, 100 * len(heard), np.int16))

        files.start(take, fail)
        await asyncio.sleep(0.99)
        files.close()
        await asyncio.sleep(1)
        return heard

    heard = run(scene)
    assert len(heard) == 50, "one each 20 ms, none after the end"
    assert [at for at, _ in heard] == pytest.approx([number * 0.02 for number in range(50)], abs=1e-6)
    samples = np.concatenate([samples for _, samples in heard])
    assert np.array_equal(samples[:1600], said)
    assert not samples[1600:].any()
    played = parse_wav(target.read_bytes(), "played.wav")
    assert played.sample_rate_hz == 8000
    assert len(played.samples) == 8000
    # Two frames of cushion; from then on in step.
    assert played.samples[::160].tolist() == [0, 0, *range(100, 4900, 100)]


def test_a_late_event_loop_does_not_slow_it_down(tmp_path: Path) -> None:
    source = tmp_path / "said.wav"
    source.write_bytes(serialise_wav(np.ones(160, np.int16), 8000))

    async def scene(loop: SteppedLoop) -> int:
        files = WavFiles(8000, source, tmp_path / "played.wav")
        heard: list[Samples] = []
        files.start(heard.append, fail)
        await asyncio.sleep(0.5)
        loop.stall(0.3)
        await asyncio.sleep(0.205)
        files.close()
        return len(heard)

    assert run(scene) == 51


def test_the_whole_of_a_file_of_another_rate_is_heard(tmp_path: Path) -> None:
    source = tmp_path / "said.wav"
    source.write_bytes(serialise_wav(np.full(44_100, 5000, np.int16), 44_100))

    async def scene(loop: SteppedLoop) -> Samples:
        files = WavFiles(8000, source, tmp_path / "played.wav")
        heard: list[Samples] = []
        files.start(heard.append, fail)
        await asyncio.sleep(2)
        files.close()
        return np.concatenate(heard)

    heard = run(scene)
    assert int((np.abs(heard) > 2500).sum()) == pytest.approx(8000, abs=4)


def test_bad_files_are_named(tmp_path: Path) -> None:
    source, text = tmp_path / "said.wav", tmp_path / "text.wav"
    source.write_bytes(serialise_wav(np.ones(160, np.int16), 8000))
    text.write_text("no sound at all")
    target = tmp_path / "played.wav"
    with pytest.raises(ConfigurationError, match=r"text\.wav: no WAV file"):
        WavFiles(8000, text, target)
    with pytest.raises(ConfigurationError, match=r"none\.wav: cannot be read \(No such file"):
        WavFiles(8000, tmp_path / "none.wav", target)
    with pytest.raises(ConfigurationError, match=r"played\.wav: cannot be written \(No such file"):
        WavFiles(8000, source, tmp_path / "none" / "played.wav")
    before = source.read_bytes()
    with pytest.raises(ConfigurationError, match="is the --input"):
        WavFiles(8000, source, source)
    assert source.read_bytes() == before
