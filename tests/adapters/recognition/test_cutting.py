from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.recognition.speech import say
from voicebot.adapters.recognition.cutting import cut
from voicebot.adapters.recognition.window import WindowRule, rule_for
from voicebot.audio.level import trim_silence
from voicebot.ports import Samples

RULE = WindowRule(longest_frames=500, floor_frames=0, margin_frames=50)


def spoken(*parts: str, pause_s: float, noise: float = 20.0) -> Samples:
    """Phrases with pauses of one length between them, on a line with noise."""
    silence = np.zeros(round(pause_s * 8000), np.int16)
    pieces = [piece for part in parts for piece in (trim_silence(say(part), 8000), silence)][:-1]
    clean = np.concatenate([np.zeros(1600, np.int16), *pieces, np.zeros(1600, np.int16)])
    added = clean + np.random.default_rng(1).standard_normal(clean.shape[0]) * noise
    noisy: Samples = added.astype(np.int16)
    return noisy


@given(seconds=st.floats(0.0, 60.0), rate_hz=st.sampled_from([8000, 16000]))
def test_pieces_cover_everything_once_and_fit_the_window(seconds: float, rate_hz: int) -> None:
    samples = np.random.default_rng(3).integers(-100, 100, round(seconds * rate_hz)).astype(np.int16)
    pieces = cut(samples, rate_hz, RULE)
    assert pieces[0].start == 0 and pieces[-1].stop == samples.shape[0]
    assert all(left.stop == right.start for left, right in pairwise(pieces))
    assert all(piece.stop - piece.start <= 5 * rate_hz for piece in pieces)
    assert len(pieces) == 1 or all(piece.stop > piece.start for piece in pieces)


def test_what_is_too_long_is_cut_at_its_quietest() -> None:
    samples = np.random.default_rng(3).integers(-8000, 8000, 8 * 8000).astype(np.int16)
    samples[26400:29600] = 0  # 3.3 s to 3.7 s
    first = cut(samples, 8000, RULE)[0]
    assert 26400 < first.stop < 29600


@pytest.mark.parametrize("noise", [0.0, 20.0, 300.0])
def test_a_model_for_short_windows_is_given_the_parts_between_pauses(noise: float) -> None:
    samples = spoken("시청 앞인데요", "물이 새요", pause_s=0.6, noise=noise)
    first_end = 1600 + trim_silence(say("시청 앞인데요"), 8000).shape[0]
    pieces = cut(samples, 8000, rule_for(500, None))
    assert len(pieces) == 2
    assert first_end < pieces[0].stop < first_end + 4800


def test_stock_whisper_is_given_the_whole() -> None:
    assert len(cut(spoken("네", "물이 새요", pause_s=0.6), 8000, rule_for(3000, None))) == 1


def test_the_silence_inside_words_and_at_the_ends_is_no_pause() -> None:
    assert len(cut(say("집 앞에 가로등이 꺼졌어요"), 8000, rule_for(500, None))) == 1
    assert len(cut(np.zeros(16000, np.int16), 8000, rule_for(500, None))) == 1
    hum = (np.random.default_rng(2).standard_normal(16000) * 3000).astype(np.int16)
    assert len(cut(hum, 8000, rule_for(500, None))) == 1


def test_the_middle_of_a_long_pause_is_left_out() -> None:
    samples = spoken("시청 앞인데요", "물이 새요", pause_s=3.0)
    first, second = cut(samples, 8000, rule_for(500, None))
    assert 2.2 * 8000 < second.start - first.stop < 2.6 * 8000  # 0.3 s stay with each
    assert (first.start, second.stop) == (0, samples.shape[0])
