from __future__ import annotations

import numpy as np
import pytest

from benchmarks.recognition.clips import RATE_HZ, on_line
from benchmarks.recognition.gate import through_gate, ungated
from benchmarks.recognition.measuring import open_model
from benchmarks.recognition.non_speech import KINDS, non_speech
from models.train.sound.voices import HELD_OUT_VOICES
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.adapters.voice_activity.two_stage import TwoStageVoiceActivity
from voicebot.audio.level import level_dbfs


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return open_model("embedded").pipeline


def test_each_kind_has_its_share_and_sounds() -> None:
    made = non_speech(80.0)
    assert list(made) == list(KINDS)
    assert all(len(samples) == 10 * RATE_HZ for samples in made.values())
    assert all(-60 < level_dbfs(samples) < -15 for samples in made.values())
    again = non_speech(80.0)
    assert np.array_equal(made["hold music"], again["hold music"])


def test_noise_does_not_pass_the_gate(pipeline: Pipeline) -> None:
    made = non_speech(8.0)
    for kind in ("steady noise", "hum", "clicks"):
        heard = through_gate(pipeline, TwoStageVoiceActivity(RATE_HZ), made[kind])
        assert heard.turns == (), kind


def test_speech_passes_the_gate(pipeline: Pipeline) -> None:
    samples = np.concatenate([on_line("아니요", HELD_OUT_VOICES[0], 1), np.zeros(8000, np.int16)])
    heard = through_gate(pipeline, TwoStageVoiceActivity(RATE_HZ), samples)
    assert heard.turns == ("아니요",)
    assert heard.decodes >= 1


def test_without_the_gate_all_of_it_is_decoded(pipeline: Pipeline) -> None:
    assert ungated(pipeline, np.zeros(10 * RATE_HZ, np.int16)).decodes == 3
