"""Clean clips: rate, level, vocal tract, pitch, and processes that fork."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from models.train.sound.signals import FRAME, Samples, active_power
from models.train.sound.synthesis import SPOKEN_DBFS, speak
from models.train.sound.voices import Voice
from voicebot.audio.level import audible_span
from voicebot.errors import SynthesisError

_SENTENCE = "가로등이 며칠째 꺼져 있어요"


def _dbfs(samples: Samples) -> float:
    return 10 * float(np.log10(active_power(samples.astype(np.float32)))) - 20 * float(np.log10(32768))


def _spectrum(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    frames = samples[: len(samples) // FRAME * FRAME].astype(np.float64).reshape(-1, FRAME)
    return np.asarray(np.mean(np.abs(np.fft.rfft(frames * np.hanning(FRAME), 1024, axis=1)) ** 2, axis=0))


def _pitch_hz(samples: Samples) -> float:
    found = []
    for start in range(0, len(samples) - 400, 400):
        piece = samples[start : start + 400].astype(np.float64)
        correlation = np.fft.irfft(np.abs(np.fft.rfft(piece - piece.mean(), 2048)) ** 2)
        lag = int(np.argmax(correlation[25:120])) + 25
        if correlation[lag] > 0.5 * correlation[0] > 0:
            found.append(8000 / lag)
    return float(np.median(found))


@pytest.mark.parametrize("variant", ["", "f2", "m8", "iven", "whisper"])
def test_every_clip_has_one_level_and_no_silence_around_it(variant: str) -> None:
    samples = speak(_SENTENCE, Voice(variant=variant))
    assert samples.dtype == np.int16
    assert _dbfs(samples) == pytest.approx(SPOKEN_DBFS, abs=1.0)
    assert int(np.abs(samples.astype(np.int32)).max()) <= 32000
    span = audible_span(samples, 8000)
    assert span is not None and span[0] == 0 and len(samples) - span[1] < 40


@pytest.mark.parametrize("scale", [0.92, 1.08])
def test_a_vocal_tract_moves_formants_and_neither_pitch_nor_rate(scale: float) -> None:
    plain, scaled = speak(_SENTENCE, Voice()), speak(_SENTENCE, Voice(formant_scale=scale))
    assert len(scaled) == pytest.approx(len(plain), rel=0.03)
    assert _pitch_hz(scaled) == pytest.approx(_pitch_hz(plain), rel=0.03)
    hertz = np.fft.rfftfreq(1024, 1 / 8000)
    centres = [
        float(np.sum(hertz * power) / np.sum(power)) for power in (_spectrum(plain), _spectrum(scaled))
    ]
    assert (centres[1] > centres[0]) == (scale > 1)


def test_a_higher_pitch_is_higher_and_a_faster_voice_shorter() -> None:
    assert _pitch_hz(speak(_SENTENCE, Voice(pitch=80))) > 1.3 * _pitch_hz(speak(_SENTENCE, Voice(pitch=40)))
    slow, fast = (len(speak(_SENTENCE, Voice(words_per_minute=rate))) for rate in (110, 210))
    assert slow > 1.7 * fast


def test_a_tilt_and_a_word_gap_and_an_ending_are_heard() -> None:
    plain = speak(_SENTENCE, Voice())
    hertz = np.fft.rfftfreq(1024, 1 / 8000)
    low, high = (hertz > 300) & (hertz < 800), (hertz > 1800) & (hertz < 3200)

    def slope(samples: Samples) -> float:
        power = _spectrum(samples)
        return 10 * float(np.log10(power[high].mean() / power[low].mean()))

    assert slope(speak(_SENTENCE, Voice(tilt_db_per_octave=2.0))) > slope(plain) + 2.5
    assert len(speak(_SENTENCE, Voice(word_gap=4))) > len(plain) + 800
    assert _pitch_hz(speak(_SENTENCE, Voice(ending="?"))[-3000:]) > 1.1 * _pitch_hz(plain[-3000:])


def test_nothing_above_the_telephones_band() -> None:
    power = _spectrum(speak(_SENTENCE, Voice(variant="f2")))
    hertz = np.fft.rfftfreq(1024, 1 / 8000)
    assert power[hertz > 3940].mean() < 5e-3 * power[(hertz > 2500) & (hertz < 3400)].mean()


def test_nothing_to_speak_is_an_error() -> None:
    with pytest.raises(SynthesisError, match="nothing can be spoken"):
        speak(" ", Voice())


def test_a_forked_process_speaks_as_well() -> None:
    program = (
        "import os, signal\n"
        "from models.train.sound.synthesis import speak\n"
        "from models.train.sound.voices import Voice\n"
        "before = len(speak('네 맞아요', Voice()))\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(20)\n"
        "    os._exit(0 if abs(len(speak('네 맞아요', Voice())) - before) < 0.1 * before else 3)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=40, check=False).returncode == 0
