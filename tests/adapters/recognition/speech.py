"""Synthetic telephone speech for the tests, made with espeak-ng at run time."""

from __future__ import annotations

import subprocess
from functools import lru_cache

import numpy as np

from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav
from voicebot.ports import Samples, Utterance
from voicebot.speech.events import DecodeKind


@lru_cache
def say(text: str, rate_hz: int = 8000) -> Samples:
    """Speak Korean in telephone quality, with 200 ms of silence before and after."""
    command = ["espeak-ng", "-v", "ko", "-s", "150", "--stdout", text]
    spoken = parse_wav(subprocess.run(command, capture_output=True, check=True).stdout, "espeak-ng")
    silence = np.zeros(8000 // 5, dtype=np.int16)
    narrow = np.concatenate([silence, resample(spoken.samples, spoken.sample_rate_hz, 8000) // 2, silence])
    return narrow if rate_hz == 8000 else resample(narrow, 8000, rate_hz)


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
