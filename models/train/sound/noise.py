"""Noise, all of it made here: coloured noise, street, babble, hum, wind, rustling, breath, coughs, clicks.

Every source is ``f(length, random, voices) -> [length]`` with an RMS of about 1 where it sounds; ``voices``
are clean clips of other people, of which only those that need some make use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.random import Generator

from models.train.sound import tones
from models.train.sound.signals import (
    RATE_HZ,
    Samples,
    Signal,
    active_power,
    decibels_to_gain,
    envelope,
    fast_length,
    frequencies,
    inverse,
    mean_power,
    samples_of,
    to_samples,
    white,
)

Source = Callable[[int, Generator, Sequence[Samples]], Signal]

_LOWEST_HZ = (
    200.0  # below it there is nothing: no telephone carries it, and the slope would put all power there
)


@lru_cache(maxsize=256)
def _octaves(length: int) -> Signal:
    """Octaves above 1 kHz of each bin; not to be written to."""
    return np.log2(np.maximum(frequencies(length), _LOWEST_HZ) / 1000).astype(np.float32)


def _sloped(length: int, db_per_octave: float, random: Generator) -> Signal:
    """Gaussian noise of RMS 1 whose spectrum falls (or rises) by so much."""
    size = fast_length(length)
    octaves = _octaves(size)
    # Evenly distributed bins are enough: the transform adds them up to normally distributed samples.
    spectrum = white(2 * len(octaves), random).view(np.complex64)
    spectrum *= np.exp2(octaves * np.float32(db_per_octave / 6.02))
    spectrum[: int(_LOWEST_HZ * size / RATE_HZ)] = 0
    noise = inverse(spectrum, size)[:length]
    noise *= np.float32(1 / max(mean_power(noise), 1e-20) ** 0.5)
    return noise


def _wander(length: int, every_ms: float, decibels: float, random: Generator) -> Signal:
    """A slow gain: a random level about every so many milliseconds, straight lines between."""
    knots = 2 + int(length / samples_of(every_ms))
    levels = np.power(10.0, random.normal(0.0, decibels, knots) / 20)
    return envelope(length, np.linspace(0, length, knots), levels)


def _bursts(length: int, starts: Sequence[int], rise: int, fall: int) -> Signal:
    """An envelope of bumps: up in ``rise`` samples, exponentially down with ``fall`` as the time constant."""
    up = np.linspace(0, 1, max(rise, 1), dtype=np.float32)
    down = np.exp(-np.arange(4 * max(fall, 1), dtype=np.float32) / max(fall, 1))
    bump = np.concatenate([up, down])
    total = np.zeros(length + len(bump), np.float32)
    for start in starts:
        total[start : start + len(bump)] += bump
    return total[:length]


def _starts(length: int, every_ms: float, random: Generator) -> list[int]:
    """Random instants, as many as come about every so often, at least one."""
    count = 1 + int(random.poisson(length / samples_of(every_ms)))
    return [int(start) for start in random.integers(0, max(length, 1), count)]


def coloured(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Steady noise between brown (−6 dB an octave) and a hissing line's blue (+2)."""
    return _sloped(length, random.uniform(-6.0, 2.0), random)


def street(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Traffic that swells and fades, an engine's rumble, now and then a horn."""
    noise = _sloped(length, random.uniform(-7.0, -3.0), random) * _wander(length, 500.0, 4.0, random)
    noise += 0.5 * tones.harmonics(length, random.uniform(55.0, 110.0), 12, 0.8, random)
    if random.random() < 0.2:
        sounding = min(samples_of(random.uniform(200.0, 900.0)), length)
        start = int(random.integers(length - sounding + 1))
        base = random.uniform(330.0, 480.0)
        for hz in (base, base * 1.26):  # two horns, a major third apart
            noise[start : start + sounding] += random.uniform(0.7, 2.0) * tones.harmonics(
                sounding, hz, 8, 0.8, random
            )
    return noise


def babble(length: int, random: Generator, voices: Sequence[Samples]) -> Signal:
    """Three to eight others talking at once, each over and over from some place on."""
    total = np.zeros(length, np.float32)
    for _ in range(int(random.integers(3, 9))):
        voice = voices[int(random.integers(len(voices)))]
        offset = int(random.integers(len(voice)))
        repeated = np.resize(voice, offset + length)[offset:]
        total += repeated * np.float32(decibels_to_gain(random.uniform(-8.0, 0.0)))
    total *= 1 / max(active_power(total), 1e-6) ** 0.5
    return total


def hum(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Mains at 50 or 60 Hz with the harmonics that a telephone band lets through, and a little hiss."""
    mains = float(random.choice((50.0, 60.0)))
    noise = tones.harmonics(length, mains, int(random.integers(8, 40)), random.uniform(0.75, 0.97), random)
    noise += np.float32(decibels_to_gain(-random.uniform(10.0, 30.0))) * white(length, random)
    return noise


def wind(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Gusts against the microphone: low, and much louder one moment than the next."""
    return _sloped(length, random.uniform(-12.0, -7.0), random) * _wander(length, 150.0, 7.0, random)


def rustle(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Cloth, paper, dishes: short bursts of bright noise."""
    bumps = _bursts(length, _starts(length, random.uniform(60.0, 300.0), random), 20, samples_of(15.0))
    return _sloped(length, random.uniform(-1.0, 4.0), random) * (bumps + 0.02)


def breath(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Breathing into the receiver: soft noise for half a second, every two seconds or so."""
    rise, fall = samples_of(random.uniform(100.0, 300.0)), samples_of(random.uniform(60.0, 200.0))
    bumps = _bursts(length, _starts(length, 2000.0, random), rise, fall)
    return _sloped(length, random.uniform(-5.0, 0.0), random) * (bumps + 0.01)


def cough(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """One to three coughs: a hard beginning and a fifth of a second of rough noise."""
    first = int(random.integers(max(length // 2, 1)))
    gap = samples_of(random.uniform(250.0, 450.0))
    starts = [
        first + gap * number for number in range(int(random.integers(1, 4))) if first + gap * number < length
    ]
    bumps = _bursts(length, starts, 30, samples_of(random.uniform(40.0, 90.0)))
    rough = _sloped(length, random.uniform(-6.0, -2.0), random)
    rough += 0.5 * tones.harmonics(length, random.uniform(90.0, 220.0), 15, 0.9, random)
    return rough * (bumps + 0.005)


def clicks(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """A bad contact: single clicks of a millisecond or two in near silence."""
    bumps = _bursts(length, _starts(length, random.uniform(100.0, 900.0), random), 1, samples_of(0.5))
    return white(length, random) * (3 * bumps + 0.01)


def television(length: int, random: Generator, voices: Sequence[Samples]) -> Signal:
    """Music behind people talking in the same room, swelling and fading."""
    sound = tones.music(length, random) * _wander(length, 800.0, 4.0, random)
    if len(voices):
        sound += random.uniform(0.3, 1.2) * babble(length, random, voices)
    return sound


def hold_music(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """A melody on a cheap synthesiser."""
    return tones.music(length, random)


def signalling(length: int, random: Generator, voices: Sequence[Samples] = ()) -> Signal:
    """Call-progress tones, keys, fax and beeps."""
    return tones.signalling(length, random)


NOISES: Mapping[str, Source] = {
    "coloured": coloured,
    "street": street,
    "babble": babble,
    "hum": hum,
    "television": television,
    "hold music": hold_music,
    "wind": wind,
    "rustle": rustle,
    "clicks": clicks,
    "breath": breath,
    "cough": cough,
    "tones": signalling,
}
"""Every source by the name that the tables of ``mix`` use."""

_NEEDS_VOICES = frozenset({"babble"})


def make(name: str, length: int, random: Generator, voices: Sequence[Samples]) -> Signal:
    """Noise of one kind; steady noise in place of babble when there are no voices to make it of."""
    source = coloured if name in _NEEDS_VOICES and not len(voices) else NOISES[name]
    return source(length, random, voices)


def at_snr(
    samples: Samples, snr_db: float, random: Generator, *, noise: Signal | Samples | None = None
) -> Samples:
    """Add noise at a ratio to the speech's active level.

    Args:
        samples: Speech ``[n]``; its pauses of 20 ms and more do not count for its level.
        snr_db: Active speech power over mean noise power.
        random: Draws the noise, and the place in the noise that is given.
        noise: Instead of steady noise of a random colour; repeated as needed.

    Returns:
        ``[n]``. Softer than what was given if the sum would not fit into 16 bits: the ratio stays.
    """
    speech = samples.astype(np.float32)
    if noise is None:
        added = coloured(len(samples), random)
    else:
        start = int(random.integers(len(noise)))
        added = np.resize(noise, start + len(samples))[start:].astype(np.float32)
    speech += added * noise_gain(speech, added, snr_db)
    highest = float(np.abs(speech).max(initial=0.0))
    return to_samples(speech * min(1.0, 32767 / max(highest, 1.0)))


def noise_gain(speech: Signal, noise: Signal, snr_db: float) -> np.float32:
    """The factor that brings noise to so many decibels below the speech's active level."""
    ratio = active_power(speech) / max(mean_power(noise), 1e-12)
    return np.float32(ratio**0.5 * decibels_to_gain(-snr_db))


def line_noise(length: int, dbfs: float, random: Generator) -> Signal:
    """What an idle line carries: hiss at a level in dBFS, in units of 16-bit samples."""
    return _sloped(length, random.uniform(-3.0, 1.0), random) * np.float32(32768 * decibels_to_gain(dbfs))
