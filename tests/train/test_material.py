"""Clips of texts, with a speaker who takes a tenth of a second for each syllable."""

from __future__ import annotations

from random import Random

import numpy as np

from models.train.material import Clip, make_clip
from models.train.sound.clips import LONGEST, Samples, Voice

_SYLLABLE = 800
_TEXT = "우리 동네 가로등이 나갔어요"


def _speak(text: str, voice: Voice) -> Samples:
    return np.full(_SYLLABLE * len(text.replace(" ", "")), 1000, dtype=np.int16)


def _many(text: str = _TEXT, count: int = 2000) -> list[Clip]:
    random = Random(1)
    return [make_clip(text, Voice(), random, _speak) for _ in range(count)]


def test_most_clips_say_the_text_in_full() -> None:
    clips = _many()
    full = [clip for clip in clips if clip.text == _TEXT and len(clip.samples) == 12 * _SYLLABLE]
    assert 0.8 < len(full) / len(clips) < 0.9


def test_a_clip_that_is_broken_off_holds_the_syllables_that_were_said() -> None:
    broken = [clip for clip in _many() if clip.broken_off]
    assert 100 < len(broken) < 220
    for clip in broken:
        assert _TEXT.startswith(clip.text)
        said = len(clip.text.replace(" ", ""))
        assert (said - 0.6) * _SYLLABLE < len(clip.samples) < (said + 0.2) * _SYLLABLE
    assert {len(clip.text.replace(" ", "")) for clip in broken} == set(range(1, 12))


def test_a_pause_keeps_both_halves() -> None:
    paused = [clip for clip in _many() if clip.text == _TEXT and (clip.samples == 0).any()]
    assert 130 < len(paused) < 270
    for clip in paused:
        quiet = np.flatnonzero(clip.samples == 0)
        assert 0.09 * 8000 < len(quiet) < 1.25 * 8000
        assert quiet[-1] - quiet[0] + 1 == len(quiet)
        assert (clip.samples != 0).sum() == 12 * _SYLLABLE


def test_a_word_said_again_and_again_is_written_as_often() -> None:
    repeated = {clip.text for clip in _many("네", count=4000)} - {"네"}
    assert repeated == {"네" * times for times in (2, 3, 4)} | {" ".join("네" * times) for times in (2, 3, 4)}


def test_words_that_do_not_fit_are_left_unsaid() -> None:
    for text in ("오늘은 " * 60, "아" * 90):
        clips = _many(text.strip(), count=200)
        assert all(0 < len(clip.samples) <= LONGEST for clip in clips)
        assert all(
            len(clip.samples) == _SYLLABLE * len(clip.text.replace(" ", ""))
            for clip in clips
            if not clip.broken_off and (clip.samples != 0).all()
        )
