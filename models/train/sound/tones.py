"""Tones and tunes: what a telephone network signals with, and music of a synthesiser's kind.

Tones are read from a table of one period, which costs a tenth of adding up sines.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.random import Generator

from models.train.sound.signals import RATE_HZ, Signal, inverse, mean_power, samples_of, white

_TABLE = 2048  # places in a period: the error of the nearest one is −55 dB, of no matter in noise
_LOWEST_HZ = 200.0  # the telephone band's lower end
_HIGHEST_HZ = 3600.0  # harmonics above the telephone band would fold over at 4 kHz


@lru_cache(maxsize=4)
def _counting(length: int) -> Signal:
    return np.arange(length, dtype=np.float32)


def _count(length: int) -> Signal:
    """0, 1, 2 …; a view, not to be written to."""
    return _counting(max(RATE_HZ * 5, length))[:length]


def _read(table: Signal, length: int, hz: float) -> Signal:
    places = (_count(length) * np.float32(hz * _TABLE / RATE_HZ)).astype(np.int32)
    places &= _TABLE - 1
    return table[places]


@lru_cache(maxsize=1)
def _sine() -> Signal:
    return (2**0.5 * np.sin(2 * np.pi * np.arange(_TABLE) / _TABLE)).astype(np.float32)


def tone(length: int, hz: float) -> Signal:
    """A sine of RMS 1."""
    return _read(_sine(), length, hz)


def harmonics(length: int, hz: float, count: int, fall: float, random: Generator) -> Signal:
    """A tone of RMS 1 with harmonics in random phases.

    Args:
        length: Samples.
        hz: The fundamental.
        count: Harmonics at most, the fundamental included.
        fall: Each one's amplitude as a part of the one before.
        random: Draws the phases.
    """
    return _read(_period(hz, count, fall, random), length, hz)


def _period(hz: float, count: int, fall: float, random: Generator) -> Signal:
    """The table of a tone with harmonics; those below the telephone band are as faint as it makes them."""
    orders = np.arange(1, max(1, min(count, int(_HIGHEST_HZ / hz))) + 1)
    amplitudes = fall**orders * np.minimum(orders * hz / _LOWEST_HZ, 1.0) ** 2
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex64)
    spectrum[1 : len(orders) + 1] = amplitudes * np.exp(2j * np.pi * random.random(len(orders)))
    table = inverse(spectrum, _TABLE)
    table *= np.float32(1 / mean_power(table) ** 0.5)
    return table


# --- signalling

_Pattern = tuple[tuple[float, ...], tuple[float, ...]]
"""Frequencies sounding together in Hz; how long they sound, pause, sound … in ms."""

_PATTERNS: Sequence[_Pattern] = (
    ((350.0, 440.0), (5000.0,)),  # dial tone
    ((440.0, 480.0), (1000.0, 2000.0)),  # ring-back (Korea; ITU-T E.180 supplement 2)
    ((480.0, 620.0), (500.0, 500.0)),  # busy
    ((480.0, 620.0), (300.0, 200.0)),  # congestion
    ((350.0, 440.0), (250.0, 250.0)),  # call waiting
    ((1100.0,), (500.0, 3000.0)),  # fax calling (ITU-T T.30)
    ((2100.0,), (3000.0, 500.0)),  # fax or modem answering (ITU-T V.25)
    ((1004.0,), (5000.0,)),  # a line's test tone
    ((1400.0,), (200.0, 800.0)),  # an answering machine's beep
    ((425.0,), (200.0, 200.0)),
)
_KEYS_LOW_HZ, _KEYS_HIGH_HZ = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)  # ITU-T Q.23


def signalling(length: int, random: Generator) -> Signal:
    """Call-progress tones, fax and beeps, or keys being pressed; from any point of the pattern."""
    if random.random() < 0.35:
        return _keys(length, random)
    sounding, rhythm = _PATTERNS[int(random.integers(len(_PATTERNS)))]
    gate = np.concatenate(
        [np.full(samples_of(ms), number % 2 == 0, np.float32) for number, ms in enumerate(rhythm)]
    )
    start = int(random.integers(len(gate)))
    level = np.float32(1 / len(sounding) ** 0.5)
    total = np.zeros(length, np.float32)
    for hz in sounding:
        total += tone(length, hz)
    return total * level * np.resize(gate, start + length)[start:]


def _keys(length: int, random: Generator) -> Signal:
    """Keys for 50 to 300 ms each with pauses between."""
    total = np.zeros(length, np.float32)
    at = int(random.integers(max(length // 4, 1)))
    while at < length:
        pressed = min(samples_of(random.uniform(50.0, 300.0)), length - at)
        low, high = random.choice(_KEYS_LOW_HZ), random.choice(_KEYS_HIGH_HZ)
        total[at : at + pressed] = (tone(pressed, float(low)) + tone(pressed, float(high))) * 0.707
        at += pressed + samples_of(random.uniform(60.0, 800.0))
    return total


# --- music

_SCALES = (
    (0, 2, 4, 7, 9),
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
)  # pentatonic, major, minor; semitones
_CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16))  # I IV V VI of the major key


def music(length: int, random: Generator) -> Signal:
    """Chords, a melody over them and sometimes a beat: ``[length]`` of RMS about 1."""
    key_hz = 220.0 * 2 ** (random.uniform(-6, 6) / 12)
    beat = samples_of(random.uniform(180.0, 500.0))
    scale = _SCALES[int(random.integers(len(_SCALES)))]
    octave = float(random.choice((1.0, 2.0)))
    with_drum = random.random() < 0.4
    total = np.zeros(length, np.float32)
    low, high = _period(2.5 * key_hz, 6, 0.5, random), _period(4.0 * key_hz, 4, 0.4, random)
    phase = int(random.integers(4 * beat))  # a clip begins anywhere in the tune
    for bar in range(-phase, length, 4 * beat):
        for step in _CHORDS[int(random.integers(len(_CHORDS)))]:
            _add_note(total, bar, 4 * beat, low, key_hz * 2 ** (step / 12), 0.4)
        for number in range(4):
            at = bar + number * beat
            if random.random() < 0.8:
                step = scale[int(random.integers(len(scale)))]
                _add_note(total, at, beat, high, octave * key_hz * 2 ** (step / 12), 0.9)
            if with_drum and 0 <= at < length:
                struck = min(samples_of(60.0), length - at)
                decay = np.exp(_count(struck) * np.float32(-1 / samples_of(15.0)))
                total[at : at + struck] += decay * white(struck, random)
    return total


def _add_note(total: Signal, start: int, duration: int, timbre: Signal, hz: float, level: float) -> None:
    """Add what of a plucked note lies inside; its timbre is one period of it."""
    first, last = max(start, 0), min(start + duration, len(total))
    if last <= first:
        return
    note = _read(timbre, last - first, hz)
    note *= np.float32(level) * np.exp(_count(last - first) * np.float32(-2.0 / duration))
    total[first:last] += note
