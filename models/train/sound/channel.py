"""The telephone between the speaker and us: band, microphone, gain control, coding, lost packets, clipping.

Each part takes a signal ``[n]`` in units of 16-bit samples and gives one of the same length.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.random import Generator

from models.train.sound.signals import (
    FRAME,
    Signal,
    Values,
    decibels_to_gain,
    envelope,
    fast_length,
    gains,
    inverse,
    to_samples,
    white,
)
from voicebot.audio.g711 import decode_alaw, decode_ulaw, encode_alaw, encode_ulaw

_LOW_EDGE_HZ = (180.0, 420.0)
_HIGH_EDGE_HZ = (3000.0, 3700.0)
"""−3 dB points: 300 to 3400 Hz (ITU-T G.712), from poor handsets to direct digital lines."""
_SKIRT_DB = (20.0, 45.0)  # attenuation an octave below the low edge
_TILT_DB = 3.0  # an octave, either way: dull and shrill receivers
_COLOUR_DB = 3.0  # standard deviation of a handset's response between its edges (mask of ITU-T P.310: ±4 dB)
_COLOUR_PLACES_HZ = (500.0, 900.0, 1500.0, 2200.0, 3000.0)

_LOSSES_PERCENT = (0.5, 6.0)
"""Beyond some 5 % people hang up (ITU-T G.113 appendix I: G.711 is unusable from 10 %)."""
_MEAN_BURST = (1.0, 2.5)  # packets; loss on IP comes in bursts (Gilbert)
_LONGEST_BURST = 4  # packets: 80 ms, half a syllable; a longer gap takes words away, which cannot be learned
_REPEAT_FADE = (
    0.6  # amplitude a repeated packet, about the slope of ITU-T G.711 appendix I (silent after 60 ms)
)

_CONTROL_SMOOTHING = 0.94  # a 20-ms piece: some 300 ms, slower than syllables
_CONTROL_RANGE_DB = 12.0


def line_response(length: int, random: Generator) -> Signal:
    """Draw band limits, tilt and microphone: gains of the bins of a transform of ``length`` samples."""
    low, high = random.uniform(*_LOW_EDGE_HZ), random.uniform(*_HIGH_EDGE_HZ)
    skirt = random.uniform(*_SKIRT_DB)
    tilt = random.uniform(-_TILT_DB, _TILT_DB)
    colour = random.normal(0.0, _COLOUR_DB / 2, len(_COLOUR_PLACES_HZ))
    inner = [tilt * float(np.log2(hz / 1000)) for hz in _COLOUR_PLACES_HZ]
    places = [0.0, low / 2, low, low * 1.15, *_COLOUR_PLACES_HZ[1:-1], high * 0.96, high, high * 1.06, 4000.0]
    levels = [value + float(extra) for value, extra in zip(inner, colour, strict=True)]
    left, right = levels[0], levels[-1]
    decibels = [left - skirt * 1.5, left - skirt, left - 3, left, *levels[1:-1]]
    decibels += [right, right - 3, right - skirt, right - 60]
    return gains(length, places, decibels)


def handset(signal: Signal, random: Generator, impulse: Signal | None = None) -> Signal:
    """Draw a line and its microphone and pass a signal through them.

    Args:
        signal: ``[n]``.
        random: Draws the line.
        impulse: Of the room around the microphone.
    """
    # 20 ms of silence take up what the band filter spreads; without room for them the end wraps around.
    size = fast_length(len(signal) + FRAME + (0 if impulse is None else len(impulse)))
    spectrum = np.fft.rfft(signal, size)
    spectrum *= line_response(size, random)
    if impulse is not None:
        spectrum *= np.fft.rfft(impulse, size)
    return inverse(spectrum, size)[: len(signal)]


def _piece_powers(signal: Signal) -> Signal:
    """Mean square of every 20 ms: ``[ceil(n / 160)]``."""
    padded = np.zeros(-(-len(signal) // FRAME) * FRAME, np.float32)
    padded[: len(signal)] = signal
    pieces = padded.reshape(-1, FRAME)
    powers: Signal = np.einsum("fn,fn->f", pieces, pieces) / FRAME
    return powers


def _with_gains(signal: Signal, piece_gains: Values) -> Signal:
    """Apply a gain a piece, in straight lines from one's middle to the next one's."""
    middles = np.arange(len(piece_gains)) * FRAME + FRAME // 2
    return signal * envelope(len(signal), middles, piece_gains)


def gain_control(signal: Signal, random: Generator) -> Signal:
    """Automatic gain: loud stretches come down and soft ones up, by at most 12 dB, slower than syllables."""
    strength = random.uniform(0.3, 0.8)
    powers = _piece_powers(signal)
    target = max(float(powers.max()) / 4, 1e-3)  # some active level: 6 dB below the loudest piece
    level, levels = target, []
    for power in powers.tolist():
        rising = power > level
        keep = _CONTROL_SMOOTHING**3 if rising else _CONTROL_SMOOTHING  # attack is faster than release
        level = keep * level + (1 - keep) * power
        levels.append(level)
    decibels = 10 * np.log10(target / np.maximum(levels, 1e-3)) * strength
    limited = np.clip(decibels, -_CONTROL_RANGE_DB, _CONTROL_RANGE_DB)
    return _with_gains(signal, np.power(10.0, limited / 20))


def noise_suppression(signal: Signal, random: Generator) -> Signal:
    """A mobile's noise suppressor: pieces well below the speech come down by 6 to 18 dB."""
    powers = _piece_powers(signal)
    threshold = float(powers.max()) * 10 ** (-random.uniform(25.0, 32.0) / 10)
    floor = decibels_to_gain(-random.uniform(6.0, 18.0))
    wanted = np.where(powers < threshold, floor, 1.0)
    # The suppressor opens 20 ms early and closes 100 ms late, as those with a hang-over do.
    kept = np.maximum.reduce([np.roll(wanted, shift) for shift in range(-1, 6)])
    return _with_gains(signal, kept)


def modulated_noise(signal: Signal, random: Generator) -> Signal:
    """A low bit rate's roughness: noise in proportion to the signal at every instant, Q of 12 to 30 dB.

    The modulated noise reference unit, the standard stand-in for a coder's distortion (ITU-T P.810).
    """
    noise = white(len(signal), random)
    noise *= decibels_to_gain(-random.uniform(12.0, 30.0))
    noise += 1
    noise *= signal
    return noise


@lru_cache(maxsize=2)
def _round_trip(mu_law: bool) -> Signal:
    """What coding and decoding make of every sample, by its 16 bits as an unsigned number: ``[65536]``."""
    every = np.arange(65536, dtype=np.uint16).view(np.int16)
    decoded = decode_ulaw(encode_ulaw(every)) if mu_law else decode_alaw(encode_alaw(every))
    return decoded.astype(np.float32)


def g711(signal: Signal, *, mu_law: bool) -> Signal:
    """Coded and decoded once, by A-law or µ-law."""
    return _round_trip(mu_law)[to_samples(signal).view(np.uint16)]


def clipped(signal: Signal, random: Generator) -> Signal:
    """An overdriven microphone: the peaks are cut off at 30 to 80 % of the highest."""
    limit = float(np.abs(signal).max()) * random.uniform(0.3, 0.8)
    return np.clip(signal, -limit, limit)


@lru_cache(maxsize=1)
def _fade() -> Signal:
    """From 1 to ``_REPEAT_FADE`` over a packet."""
    return np.linspace(1.0, _REPEAT_FADE, FRAME, dtype=np.float32)


def lost_packets(packets: int, percent: float, mean_burst: float, random: Generator) -> list[int]:
    """Draw which of so many packets are lost: Gilbert's two-state chain, bursts no longer than 80 ms."""
    begins = percent / 100 / max(mean_burst * (1 - percent / 100), 1e-9)
    lost: list[int] = []
    run = 0
    for number, chance in enumerate(random.random(packets).tolist()):
        goes_on = 0 < run < _LONGEST_BURST and chance < 1 - 1 / mean_burst
        if goes_on or (run == 0 and chance < begins):
            lost.append(number)
            run += 1
        else:
            run = 0
    return lost


def packet_loss(signal: Signal, random: Generator) -> Signal:
    """Lose 0.5 to 6 % of the packets; they become silence (as our own playout does) or faded repetitions."""
    result = signal.copy()
    percent, burst = random.uniform(*_LOSSES_PERCENT), random.uniform(*_MEAN_BURST)
    repeats = random.random() < 0.5
    offset = int(random.integers(FRAME))  # the clip does not begin where a packet does
    previous = -2
    for number in lost_packets(max(len(signal) - offset, 0) // FRAME, percent, burst, random):
        start = offset + number * FRAME
        if not repeats or start < FRAME:
            result[start : start + FRAME] = 0
        else:
            # In a burst the packet before is a faded repetition already: the fade goes on from there.
            fade = _REPEAT_FADE if number == previous + 1 else _fade()
            result[start : start + FRAME] = result[start - FRAME : start] * fade
        previous = number
    return result
