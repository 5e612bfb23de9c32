from __future__ import annotations

import numpy as np

from benchmarks.recognition.clips import RATE_HZ, clips, on_line
from benchmarks.recognition.sets import CONDITIONS, load
from models.train.sound.voices import HELD_OUT_VOICES, SEEN_VOICES
from voicebot.audio.level import audible_span, level_dbfs

QUIET = next(condition for condition in CONDITIONS if condition.corpus == "domain")
NOISY = next(condition for condition in CONDITIONS if condition.snr_db is not None)


def test_each_sentence_is_spoken_by_as_many_voices_as_are_needed() -> None:
    made = list(clips(NOISY, every=85, least=6))
    assert len({clip.sentence.text for clip in made}) == len(load("domain")[::85]) == 3
    assert len(made) == 6
    assert all(clip.voice in HELD_OUT_VOICES for clip in made)
    assert len({clip.voice for clip in made}) == 6
    assert next(iter(clips(QUIET, every=200, least=1))).voice in SEEN_VOICES


def test_a_clip_has_a_lead_and_a_tail_of_line_noise() -> None:
    samples = on_line("물이 안 나와요", HELD_OUT_VOICES[0], 1)
    span = audible_span(samples, RATE_HZ)
    assert span is not None
    assert span[0] >= 0.15 * RATE_HZ and len(samples) - span[1] >= 0.08 * RATE_HZ
    assert -75 < level_dbfs(samples[:800]) < -58


def test_noise_lies_ten_decibels_below_the_speech() -> None:
    samples = on_line("물이 안 나와요", HELD_OUT_VOICES[1], 1, snr_db=10.0)
    lead = level_dbfs(samples[:1200])
    speech = level_dbfs(samples[1600:-800])
    assert 5 < speech - lead < 14
    assert samples.dtype == np.int16
