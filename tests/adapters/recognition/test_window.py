from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.recognition.speech import say
from voicebot.adapters.recognition.window import rule_for, sounding


@given(speech=st.integers(0, 6000), longest=st.integers(100, 1500).map(lambda half: 2 * half))
def test_windows_are_even_and_fit_the_model(speech: int, longest: int) -> None:
    frames = rule_for(longest, None).frames_for(speech)
    assert frames % 2 == 0
    assert 0 < frames <= longest
    assert frames >= min(speech, longest)


def test_a_short_window_model_sees_the_speech_and_half_a_second() -> None:
    assert rule_for(500, None).frames_for(120) == 170
    assert rule_for(500, None).frames_for(480) == 500


def test_stock_whisper_sees_at_least_ten_seconds_and_a_margin_of_two() -> None:
    rule = rule_for(3000, None)
    assert rule.frames_for(120) == 1000
    assert rule.frames_for(1500) == 1700
    assert rule.frames_for(2990) == 3000


def test_the_operator_chooses_the_floor() -> None:
    assert rule_for(3000, 0.0).frames_for(120) == 320
    assert rule_for(500, 3.0).frames_for(120) == 300
    assert rule_for(500, 30.0).frames_for(120) == 500


def test_only_audio_that_ends_in_a_word_gets_the_margin() -> None:
    spoken = say("가로등이 꺼졌어요")
    assert not sounding(spoken, 8000).cut_off
    assert sounding(spoken[: spoken.shape[0] // 2], 8000).cut_off
    assert sounding(spoken[:1000], 8000).cut_off
    rule = rule_for(500, None)
    assert (rule.frames_for(120, cut_off=False), rule.frames_for(120, cut_off=True)) == (120, 170)
    assert rule_for(3000, 0.0).frames_for(120, cut_off=False) == 320


def test_silence_around_a_word_does_not_sound() -> None:
    rng = np.random.default_rng(1)
    line = rng.normal(0.0, 8.0, 16000)
    word = np.zeros(16000)
    word[6400:9600] = 3000.0 * np.sin(np.arange(3200) * 0.3)  # 0.4 s
    assert sounding((line + word).astype(np.int16), 8000).seconds == pytest.approx(0.4)
    assert sounding(line.astype(np.int16), 8000).seconds == pytest.approx(2.0)
    assert sounding(np.zeros(16000, np.int16), 8000).seconds == 0.0
    assert sounding(np.full(900, 500, np.int16), 8000).seconds == pytest.approx(0.1125)
