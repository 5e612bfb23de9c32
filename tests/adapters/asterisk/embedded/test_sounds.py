from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicebot.adapters.asterisk.embedded.sounds import NOTICES, SAMPLE_RATE_HZ, write_sounds
from voicebot.audio.wav import parse_wav


def _samples(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    audio = parse_wav(path.read_bytes(), path.name)
    assert audio.sample_rate_hz == SAMPLE_RATE_HZ
    return audio.samples


def test_without_espeak_chimes_take_the_place_of_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert write_sounds(tmp_path) is False
    for name in NOTICES:
        samples = _samples(tmp_path / f"{name}.wav")
        assert len(samples) == 2 * SAMPLE_RATE_HZ
        assert 2000 < np.abs(samples.astype(int)).max() < 7000


def test_a_voice_that_fails_leaves_chimes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert write_sounds(tmp_path / "sounds") is False
    assert (tmp_path / "sounds/hold/1-notice.wav").exists()
    assert not list(tmp_path.rglob("*.espeak"))


def test_spoken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert write_sounds(tmp_path) is True
    notice = tmp_path / "hold/1-notice.wav"
    assert len(_samples(notice)) > 2 * SAMPLE_RATE_HZ
    written = notice.stat().st_mtime_ns
    # With every notice in place, the program is not needed any more.
    monkeypatch.setenv("PATH", "/nowhere")
    assert write_sounds(tmp_path) is True
    assert notice.stat().st_mtime_ns == written
