"""Clips begin audibly, are equally loud, and never clip."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.synthesis.espeak import EspeakSynthesiser
from voicebot.audio.level import audible_span, level_dbfs
from voicebot.engine.prompts.conditioning import PEAK_LIMIT, TARGET_DBFS, condition, normalise
from voicebot.ports import Samples, Speech

RATE_HZ, FRAME = 8000, 160


def tone(duration_ms: float, peak: float, rate_hz: int = RATE_HZ) -> Samples:
    times = np.arange(int(duration_ms * rate_hz / 1000)) / rate_hz
    samples: Samples = np.rint(peak * np.sin(2 * np.pi * 300 * times)).astype(np.int16)
    return samples


def silence(duration_ms: float) -> Samples:
    return np.zeros(int(duration_ms * RATE_HZ / 1000), np.int16)


def conditioned(samples: Samples, rate_hz: int = RATE_HZ) -> Samples:
    return condition(Speech(samples=samples, sample_rate_hz=rate_hz), RATE_HZ, FRAME)


def test_silence_around_a_clip_is_cut_off() -> None:
    clip = conditioned(np.concatenate([silence(300), tone(200, 8000), silence(500)]))
    span = audible_span(clip, RATE_HZ)
    assert span is not None and span[0] == 0
    assert len(clip) % FRAME == 0
    assert 200 <= len(clip) / 8 <= 225


@pytest.mark.parametrize("peak", [200.0, 500.0, 8000.0, 32000.0])
def test_every_clip_is_equally_loud(peak: float) -> None:
    clip = conditioned(np.concatenate([tone(400, peak), silence(400), tone(400, peak)]))
    span = audible_span(clip, RATE_HZ)
    assert span is not None
    # A third of it is a pause, which does not count.
    assert level_dbfs(clip) == pytest.approx(TARGET_DBFS - 10 * np.log10(1200 / 800), abs=0.5)


def test_peaks_limit_the_gain() -> None:
    clicks = tone(500, 300)
    clicks[::400] = 30_000
    scaled = normalise(clicks, RATE_HZ)
    assert np.abs(scaled.astype(int)).max() <= PEAK_LIMIT + 1


def test_the_ends_are_faded() -> None:
    square = np.full(1600, 8000, np.int16)
    clip = conditioned(square)
    assert clip[0] == 0 and abs(int(clip[-1])) < 200
    # No step between neighbours is larger than the fade allows.
    assert np.abs(np.diff(clip.astype(int))).max() < np.abs(clip.astype(int)).max() / 10


def test_a_silent_clip_becomes_nothing() -> None:
    assert len(conditioned(silence(300))) == 0
    assert len(conditioned(np.zeros(0, np.int16))) == 0


@given(
    st.lists(st.integers(-32768, 32767), max_size=600),
    st.sampled_from([8000, 16000, 22050, 24000, 48000]),
)
def test_any_audio_becomes_whole_frames_that_do_not_clip(values: list[int], rate_hz: int) -> None:
    clip = conditioned(np.array(values, np.int16), rate_hz)
    assert clip.dtype == np.int16 and len(clip) % FRAME == 0
    assert not len(clip) or np.abs(clip.astype(int)).max() <= PEAK_LIMIT + 1


async def test_the_embedded_voice_begins_at_once_and_is_loud_enough() -> None:
    synthesiser = EspeakSynthesiser()
    for text in ("공", "네, 알겠습니다.", "안녕하세요. 시청 당직실입니다."):
        clip = condition(await synthesiser.synthesise(text), RATE_HZ, FRAME)
        span = audible_span(clip, RATE_HZ)
        assert span is not None and span[0] == 0
        assert -24 < level_dbfs(clip) < -17
