"""Synthetic telephone speech for the tests, made with espeak-ng at run time."""

from __future__ import annotations

import io
import subprocess
import wave
from functools import lru_cache

import numpy as np

from voicebot.ports import Samples, Utterance
from voicebot.speech.events import DecodeKind


@lru_cache
def say(text: str, rate_hz: int = 8000) -> Samples:
    """Speak Korean within the telephone band, with 200 ms of silence before and after."""
    command = ["espeak-ng", "-v", "ko", "-s", "150", "--stdout", text]
    spoken = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        source_hz = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(np.float64)
    spectrum = np.fft.rfft(samples)
    frequencies = np.fft.rfftfreq(samples.shape[0], 1.0 / source_hz)
    spectrum[(frequencies < 200.0) | (frequencies > 3500.0)] = 0.0
    count = round(samples.shape[0] * rate_hz / source_hz)
    resampled = np.fft.irfft(spectrum[: count // 2 + 1], count) * (count / samples.shape[0])
    silence = np.zeros(rate_hz // 5)
    whole = np.concatenate([silence, resampled * 0.6, silence])
    samples_out: Samples = np.clip(np.rint(whole), -32768, 32767).astype(np.int16)
    return samples_out


def utterance(
    samples: Samples,
    *,
    rate_hz: int = 8000,
    kind: DecodeKind = DecodeKind.FINAL,
    choices: dict[str, tuple[str, ...]] | None = None,
    voiced_ms: float = 500.0,
) -> Utterance:
    """An utterance with the usual defaults."""
    return Utterance(
        samples=samples, sample_rate_hz=rate_hz, kind=kind, voiced_ms=voiced_ms, choices=choices or {}
    )
