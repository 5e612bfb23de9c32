"""Clips for training and evaluation: clean speech becomes a telephone call, and some calls have no speech.

``speak`` makes clean clips (see ``synthesis``), ``distort`` what a caller's line makes of them, ``no_speech``
what comes over a line on which nobody speaks to us. How often what happens is told by the table in ``mix``.
Everything drawn comes from the generator given: the same seed gives the same clip.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from models.train.sound import channel, mix, noise, room
from models.train.sound.mix import TRAINING_MIX, Mix, happens
from models.train.sound.noise import at_snr
from models.train.sound.signals import (
    FRAME,
    LONGEST,
    RATE_HZ,
    Samples,
    Signal,
    active_power,
    decibels_to_gain,
    samples_of,
    to_samples,
)
from models.train.sound.synthesis import speak
from models.train.sound.voices import Voice

__all__ = [
    "LONGEST",
    "RATE_HZ",
    "TRAINING_MIX",
    "Mix",
    "Samples",
    "Voice",
    "at_snr",
    "distort",
    "join",
    "no_speech",
    "speak",
]

_SHORTEST_SYLLABLE_MS = 150.0
"""At 210 words a minute, the fastest trained: measured 205 ms at 160."""
_CUT_PART = 1 / 6  # of the clip: of "네" (about 250 ms) 40 ms may go, and it is still "네"
_FAINT_DB = 20.0  # an inner pause goes where 20 ms are this far below the speech, as in a stop consonant
_PEOPLE = frozenset({"babble", "television"})

_NO_SPEECH_S = (0.2, 5.0)
_NO_SPEECH_DBFS = (-55.0, -24.0)
"""From what a voice gate barely lets pass to as loud as speech."""
_DISTANT_DBFS = (-55.0, -32.0)
"""Other people count as no speech when they are well below a caller (−26 dBFS nominal, ITU-T G.111)."""
_LINE_DBFS = (-75.0, -50.0)
"""Idle lines: ITU-T G.712 allows −65 dBm0p; bad analogue ones carry more."""


def distort(
    samples: Samples,
    random: Generator,
    *,
    voices: Sequence[Samples] = (),
    syllable_ms: float = _SHORTEST_SYLLABLE_MS,
    mixture: Mix = TRAINING_MIX,
) -> Samples:
    """Make of clean speech what a telephone call might have made of it.

    Args:
        samples: Clean speech ``[n]`` at 8 kHz, at most 5 s.
        random: Draws everything.
        voices: Clean clips of others, for babble and the own prompt's echo; without them neither happens.
        syllable_ms: How long this speaker's syllables are; half of one at most is cut off.
        mixture: How often what happens.

    Returns:
        At least what was left of the speech, with noise before and after; at most 5 s.

    Raises:
        ValueError: The speech is longer than 5 s.
    """
    if len(samples) > LONGEST:
        raise ValueError(
            f"a clip of {len(samples)} samples is longer than {LONGEST}; speak less text in one clip"
        )
    speech = _with_inner_pause(_cut(samples, random, syllable_ms, mixture), random, mixture)
    placed = _place(speech, random, mixture)
    if len(voices) and happens(mixture.echo, random):
        _add_echo(placed, voices, random, mixture)
    heard = _through_the_air(placed, voices, random, mixture)
    return _over_the_line(heard, random, mixture)


def join(pieces: Sequence[Samples], random: Generator, mixture: Mix = TRAINING_MIX) -> Samples:
    """One clip of several, said by one speaker with pauses of 0.3 to 1.2 s between; not cut to any length."""
    parts: list[Samples] = []
    for number, piece in enumerate(pieces):
        if number:
            parts.append(np.zeros(samples_of(random.uniform(*mixture.inner_pause_ms)), np.int16))
        parts.append(piece)
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)


def no_speech(random: Generator, *, voices: Sequence[Samples] = (), mixture: Mix = TRAINING_MIX) -> Samples:
    """A clip in which nobody speaks to us, 0.2 to 5 s long, over the same kinds of line as speech.

    Args:
        random: Draws everything.
        voices: Clean clips of people, for distant babble; without them there is steady noise in its place.
        mixture: How often what happens on the line.
    """
    length = int(random.uniform(*_NO_SPEECH_S) * RATE_HZ)
    kind = mix.draw(mix.NO_SPEECH_WEIGHTS, random)
    line = noise.line_noise(length, random.uniform(*_LINE_DBFS), random)
    if kind == "silence":
        return _over_the_line(line, random, mixture)
    sound = noise.make(kind, length, random, voices)
    level = random.uniform(*(_DISTANT_DBFS if kind in _PEOPLE else _NO_SPEECH_DBFS))
    sound = channel.handset(sound, random, _room(random, mixture))
    # By their active pieces rare clicks are as loud as speech; by the mean they would be far louder.
    sound *= np.float32(32768 * decibels_to_gain(level) / max(active_power(sound), 1e-9) ** 0.5)
    return _over_the_line(sound + line, random, mixture)


def _cut(samples: Samples, random: Generator, syllable_ms: float, mixture: Mix) -> Samples:
    """Take away up to half a syllable at either end: a voice gate that was late, a turn that ended early."""
    lowest, highest = mixture.cut_ms
    most = min(highest, syllable_ms / 2, len(samples) / RATE_HZ * 1000 * _CUT_PART)
    begin = samples_of(random.uniform(min(lowest, most), most)) if happens(mixture.cut_start, random) else 0
    end = samples_of(random.uniform(min(lowest, most), most)) if happens(mixture.cut_end, random) else 0
    return samples[begin : len(samples) - end]


def _with_inner_pause(samples: Samples, random: Generator, mixture: Mix) -> Samples:
    """Stop for a while at a quiet inner point, if there is one and the clip stays short enough."""
    if not happens(mixture.inner_pause, random):
        return samples
    pause = samples_of(random.uniform(*mixture.inner_pause_ms))
    frames = len(samples) // FRAME
    if len(samples) + pause > LONGEST or frames < 8:
        return samples
    pieces = samples[: frames * FRAME].astype(np.float32).reshape(frames, FRAME)
    powers = np.einsum("fn,fn->f", pieces, pieces) / FRAME
    inner = powers[frames // 4 : frames - frames // 4]
    faint = np.flatnonzero(inner < powers.max() * 10 ** (-_FAINT_DB / 10))
    if not len(faint):
        return samples
    at = (frames // 4 + int(random.choice(faint))) * FRAME + FRAME // 2
    return np.concatenate([samples[:at], np.zeros(pause, np.int16), samples[at:]])


def _place(speech: Samples, random: Generator, mixture: Mix) -> Signal:
    """Put the speech between a lead and a trail; both shrink alike if the clip would be too long."""
    lead = samples_of(random.uniform(*mixture.lead_ms))
    trail = samples_of(random.uniform(*mixture.trail_ms))
    spare = LONGEST - len(speech)
    if lead + trail > spare:
        lead, trail = lead * spare // (lead + trail), trail * spare // (lead + trail)
    placed = np.zeros(lead + len(speech) + trail, np.float32)
    placed[lead : lead + len(speech)] = speech
    return placed


def _add_echo(placed: Signal, voices: Sequence[Samples], random: Generator, mixture: Mix) -> None:
    """What is left of our own prompt when the caller speaks into it: the end of another clip, faint."""
    prompt = voices[int(random.integers(len(voices)))]
    heard = min(int(random.integers(len(prompt) // 4, len(prompt) + 1)), len(placed))
    echo = prompt[len(prompt) - heard :].astype(np.float32)
    ratio = active_power(placed) / max(active_power(echo), 1e-6)
    placed[:heard] += echo * np.float32(ratio**0.5 * decibels_to_gain(random.uniform(*mixture.echo_db)))


def _through_the_air(speech: Signal, voices: Sequence[Samples], random: Generator, mixture: Mix) -> Signal:
    """Noise, room and handset, which speech and noise pass together; the ratio is that before the handset."""
    if happens(mixture.clean, random):
        behind, ratio_db = noise.coloured(len(speech), random), random.uniform(*mixture.clean_snr_db)
    else:
        kind = mix.draw(mixture.noises, random)
        loud = happens(mixture.loud_noise / (1 - mixture.clean), random)
        ratio_db = random.uniform(*(mixture.loud_noise_snr_db if loud else mixture.noise_snr_db))
        if kind in _PEOPLE:
            ratio_db = max(ratio_db, mixture.least_voices_snr_db)
        behind = noise.make(kind, len(speech), random, voices)
    behind *= noise.noise_gain(speech, behind, ratio_db)
    behind += speech
    return channel.handset(behind, random, _room(random, mixture))


def _room(random: Generator, mixture: Mix) -> Signal | None:
    return room.impulse_response(random) if happens(mixture.room, random) else None


def _over_the_line(signal: Signal, random: Generator, mixture: Mix) -> Samples:
    """From the microphone to us: levels, coding and packets."""
    if happens(mixture.suppressor, random):
        signal = channel.noise_suppression(signal, random)
    if happens(mixture.gain_control, random):
        signal = channel.gain_control(signal, random)
    if happens(mixture.clipping, random):
        signal = channel.clipped(signal, random)
    if happens(mixture.rough_coding, random):
        signal = channel.modulated_noise(signal, random)
    signal = signal * np.float32(decibels_to_gain(random.uniform(*mixture.gain_db)))
    if happens(mixture.g711, random):
        signal = channel.g711(signal, mu_law=not happens(mixture.a_law, random))
        if happens(mixture.g711_twice, random):
            signal = channel.g711(signal, mu_law=not happens(mixture.a_law, random))
    if happens(mixture.packet_loss, random):
        signal = channel.packet_loss(signal, random)
    return to_samples(signal)
