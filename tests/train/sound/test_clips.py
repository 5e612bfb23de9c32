"""Clips: lengths, seeds, cuts, pauses, and nothing that is not sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng

from models.train.sound.clips import LONGEST, TRAINING_MIX, Mix, distort, join, no_speech
from models.train.sound.mix import NOISE_WEIGHTS
from models.train.sound.signals import FRAME, Samples

_NOTHING = Mix(
    clean=1.0,
    clean_snr_db=(90.0, 90.0),
    loud_noise=0.0,
    cut_start=0.0,
    cut_end=0.0,
    inner_pause=0.0,
    lead_ms=(0.0, 0.0),
    trail_ms=(0.0, 0.0),
    echo=0.0,
    room=0.0,
    suppressor=0.0,
    gain_control=0.0,
    clipping=0.0,
    rough_coding=0.0,
    gain_db=(0.0, 0.0),
    g711=0.0,
    packet_loss=0.0,
)


def _speech(seconds: float = 2.0, seed: int = 0) -> Samples:
    """Noise in syllables of 250 ms, with 40 ms of silence between them."""
    count = int(seconds * 8000)
    loud = (np.arange(count) % 2000) < 1680
    return (default_rng(seed).standard_normal(count) * 3000 * loud).astype(np.int16)


_OTHERS = [_speech(1.0, seed) for seed in range(1, 5)]


def test_the_same_seed_makes_the_same_clip() -> None:
    speech = _speech()
    for seed in range(20):
        first = distort(speech, default_rng(seed), voices=_OTHERS)
        assert np.array_equal(first, distort(speech, default_rng(seed), voices=_OTHERS))
        assert np.array_equal(
            no_speech(default_rng(seed), voices=_OTHERS), no_speech(default_rng(seed), voices=_OTHERS)
        )


@pytest.mark.parametrize("seconds", [0.02, 0.2, 2.0, 4.9, 5.0])
def test_every_clip_is_sound_of_a_lawful_length(seconds: float) -> None:
    speech = _speech(seconds)
    for seed in range(60):
        clip = distort(speech, default_rng(seed), voices=_OTHERS)
        assert clip.dtype == np.int16 and 0.6 * len(speech) <= len(clip) <= LONGEST
        assert clip.any()
        assert np.mean(np.abs(clip.astype(np.int32)) >= 32000) < 0.05


def test_too_long_a_clip_is_refused() -> None:
    with pytest.raises(ValueError, match="speak less text"):
        distort(_speech(5.01), default_rng(1))


def test_without_others_nothing_is_made_of_them() -> None:
    only_people = replace(TRAINING_MIX, noises={"babble": 1.0, "television": 1.0}, clean=0.0, echo=1.0)
    assert all(distort(_speech(1.0), default_rng(seed), mixture=only_people).any() for seed in range(10))


def test_nothing_asked_for_leaves_the_speech_in_its_place() -> None:
    speech = _speech()
    clip = distort(speech, default_rng(3), mixture=_NOTHING)
    assert len(clip) == len(speech)
    quiet = np.abs(clip[1720:1960].astype(np.int32)).max()
    assert quiet < 0.2 * np.abs(clip.astype(np.int32)).max()


def test_at_most_half_a_syllable_and_a_sixth_goes_at_either_end() -> None:
    cuts = replace(_NOTHING, cut_start=1.0, cut_end=1.0)
    for seed in range(40):
        for seconds, syllable_ms, most_ms in ((2.0, 200.0, 100.0), (0.3, 300.0, 50.0), (3.0, 400.0, 150.0)):
            speech = _speech(seconds)
            missing = len(speech) - len(
                distort(speech, default_rng(seed), syllable_ms=syllable_ms, mixture=cuts)
            )
            assert 2 * 20 * 8 <= missing <= 2 * most_ms * 8 + 2


def test_an_inner_pause_stands_between_syllables() -> None:
    paused = replace(_NOTHING, inner_pause=1.0)
    speech = _speech()
    for seed in range(20):
        clip = distort(speech, default_rng(seed), mixture=paused)
        assert 0.3 * 8000 - 1 <= len(clip) - len(speech) <= 1.2 * 8000 + 1
        frames = np.abs(clip[: len(clip) // FRAME * FRAME].astype(np.int32)).reshape(-1, FRAME).max(axis=1)
        runs = np.split(frames, np.flatnonzero(np.diff((frames < 500).astype(int))) + 1)
        assert max(len(run) for run in runs if run[0] < 500) >= 14  # 0.28 s


def test_no_pause_where_there_is_no_quiet_point_or_no_space() -> None:
    paused = replace(_NOTHING, inner_pause=1.0)
    steady = (default_rng(0).standard_normal(16000) * 3000).astype(np.int16)
    assert len(distort(steady, default_rng(1), mixture=paused)) == len(steady)
    long = _speech(4.9)
    assert len(distort(long, default_rng(1), mixture=paused)) == len(long)


def test_an_echo_is_faint_and_at_the_beginning() -> None:
    echoing = replace(_NOTHING, echo=1.0, lead_ms=(500.0, 500.0))
    clip = distort(_speech(), default_rng(2), voices=_OTHERS, mixture=echoing).astype(np.float64)
    plain = distort(_speech(), default_rng(2), mixture=replace(echoing, echo=0.0)).astype(np.float64)
    lead, speech = np.sqrt(np.mean(clip[:3000] ** 2)), np.sqrt(np.mean(clip[4000:] ** 2))
    assert -36 < 20 * np.log10(lead / speech) < -15
    assert lead > 5 * np.sqrt(np.mean(plain[:3000] ** 2))


def test_joined_clips_have_pauses_between_and_nothing_is_lost() -> None:
    pieces = [_speech(0.5, 1), _speech(0.7, 2)]
    joined = join(pieces, default_rng(1))
    pause = len(joined) - sum(len(piece) for piece in pieces)
    assert 0.3 * 8000 - 1 <= pause <= 1.2 * 8000 + 1
    assert np.array_equal(joined[: len(pieces[0])], pieces[0])
    assert np.array_equal(joined[-len(pieces[1]) :], pieces[1])
    assert len(join([], default_rng(1))) == 0


def test_noise_comes_at_all_strengths() -> None:
    """The level of the trail tells the noise; between clean and loud all is met."""
    steady = replace(
        _NOTHING,
        clean=0.15,
        clean_snr_db=(38.0, 55.0),
        loud_noise=0.12,
        noises={"coloured": 1.0},
        trail_ms=(400.0, 400.0),
    )
    ratios = []
    for seed in range(150):
        clip = distort(_speech(1.0), default_rng(seed), mixture=steady).astype(np.float64)
        ratios.append(10 * np.log10(np.mean(clip[:6400] ** 2) / np.mean(clip[8400:10800] ** 2)))
    shares = np.histogram(ratios, [-10, 7, 33, 70])[0] / 150
    assert shares == pytest.approx([0.15, 0.70, 0.15], abs=0.1)


def test_no_speech_is_as_long_and_as_loud_as_callers_are() -> None:
    lengths, levels = [], []
    for seed in range(150):
        clip = no_speech(default_rng(seed), voices=_OTHERS)
        assert clip.dtype == np.int16 and clip.any()
        lengths.append(len(clip) / 8000)
        levels.append(20 * np.log10(np.sqrt(np.mean(clip.astype(np.float64) ** 2)) / 32768 + 1e-9))
    assert 0.2 <= min(lengths) < 0.5 and 4.5 < max(lengths) <= 5.0
    assert np.percentile(levels, 10) < -55 and np.percentile(levels, 90) > -36


def test_the_table_in_the_text_is_that_in_force() -> None:
    text = Mix.__doc__ or ""
    for name, value in (
        ("clean", TRAINING_MIX.clean),
        ("loud noise", TRAINING_MIX.loud_noise),
        ("first part missing", TRAINING_MIX.cut_start),
        ("last part missing", TRAINING_MIX.cut_end),
        ("inner pause", TRAINING_MIX.inner_pause),
        ("own prompt's echo", TRAINING_MIX.echo),
        ("room", TRAINING_MIX.room),
        ("suppressor", TRAINING_MIX.suppressor),
        ("gain control", TRAINING_MIX.gain_control),
        ("clipping", TRAINING_MIX.clipping),
        ("rough coding", TRAINING_MIX.rough_coding),
        ("G.711", TRAINING_MIX.g711),
        ("lost packets", TRAINING_MIX.packet_loss),
    ):
        row = next(line for line in text.splitlines() if line.strip().startswith(name + " "))
        assert f" {value:.2f} " in row
    assert set(TRAINING_MIX.noises) == set(NOISE_WEIGHTS)
