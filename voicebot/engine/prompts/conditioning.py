"""Making synthesised clips fit for the line: no silence around them, one loudness, no clicks at the seams."""

from __future__ import annotations

import numpy as np

from voicebot.audio.level import audible_span, levels_dbfs
from voicebot.audio.resample import resample
from voicebot.ports import Samples, Speech

VERSION = 1
"""Part of the cache key: raise it whenever what comes out of here changes."""

TARGET_DBFS = -20.0
"""Active level: louder than the nominal −26 dBov of P.56, since many who listen hear badly, with the peaks of
speech, 15 to 18 dB above it, still below full scale."""
PEAK_LIMIT = 0.95 * 32767
"""The loudest sample: G.711 clips at full scale."""
ACTIVE_RANGE_DB = 25.0
"""Windows this far below the loudest count as active speech; below are pauses and closures of stops."""
LARGEST_GAIN_DB = 30.0
"""More gain would only raise the noise of a clip that is broken anyway."""
FADE_IN_MS, FADE_OUT_MS = 2.0, 5.0
"""Against clicks. The first is shorter than the window that "audible" is measured in: it costs no time; the
second lies in the decay after the last audible window."""
_WINDOW_MS = 5


def condition(speech: Speech, sample_rate_hz: int, frame_samples: int) -> Samples:
    """Resample, normalise the level, trim and fade one clip.

    The clip begins with its first audible window: a millisecond of silence would be one of response gap. It
    ends with as much of its own decay as fills the last frame, 5 to 25 ms: too short to be heard as a pause.

    Args:
        speech: What the synthesiser made.
        sample_rate_hz: The rate of the line.
        frame_samples: Samples of one payload.

    Returns:
        Whole frames, shape ``[n]``; empty where nothing is audible.
    """
    samples = normalise(resample(speech.samples, speech.sample_rate_hz, sample_rate_hz), sample_rate_hz)
    span = audible_span(samples, sample_rate_hz)
    if span is None:
        return samples[:0]
    start, end = span
    frames = -(-(end - start + _count(FADE_OUT_MS, sample_rate_hz)) // frame_samples)
    clip = samples[start : start + frames * frame_samples]
    missing = np.zeros(frames * frame_samples - len(clip), np.int16)
    return np.concatenate([_fade(clip, sample_rate_hz), missing])


def normalise(samples: Samples, sample_rate_hz: int) -> Samples:
    """Bring the active level to ``TARGET_DBFS``, or as near as the peaks allow."""
    window = _count(_WINDOW_MS, sample_rate_hz)
    whole = samples[: len(samples) // window * window]
    if not whole.any():
        return samples
    levels = levels_dbfs(whole.reshape(-1, window))
    active = levels[levels >= levels.max() - ACTIVE_RANGE_DB]
    active_dbfs = 10 * np.log10(np.mean(10 ** (active / 10)))
    gain = 10 ** (min(TARGET_DBFS - active_dbfs, LARGEST_GAIN_DB) / 20)
    gain = min(gain, PEAK_LIMIT / np.abs(samples.astype(np.int32)).max())
    scaled: Samples = np.rint(samples * gain).astype(np.int16)
    return scaled


def _fade(samples: Samples, sample_rate_hz: int) -> Samples:
    rising = min(_count(FADE_IN_MS, sample_rate_hz), len(samples))
    falling = min(_count(FADE_OUT_MS, sample_rate_hz), len(samples))
    gains = np.ones(len(samples), np.float32)
    gains[:rising] *= np.linspace(0, 1, rising, endpoint=False)
    gains[len(samples) - falling :] *= np.linspace(1, 0, falling)
    faded: Samples = np.rint(samples * gains).astype(np.int16)
    return faded


def _count(duration_ms: float, sample_rate_hz: int) -> int:
    return int(duration_ms * sample_rate_hz / 1000)
