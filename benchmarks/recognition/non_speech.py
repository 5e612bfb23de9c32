"""Ten minutes of what a line carries besides speech, made here and apart from the training's own noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from benchmarks.recognition.clips import RATE_HZ
from benchmarks.recognition.sets import load
from models.train.sound.synthesis import speak
from models.train.sound.voices import HELD_OUT_VOICES
from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.ports import Samples

Floats = npt.NDArray[np.float64]
Random = np.random.Generator

_LEVELS_DBFS = (-45.0, -22.0)  # from hardly above an idle line to as loud as speech
_PIECE_S = 5.0  # each piece is drawn anew: pitch, colour, level
_LINE = 15.0  # RMS of 32768, −67 dBFS: an idle line under all of it
_FAR_DBFS = (-48.0, -36.0)  # people in the next room: 10 to 20 dB below the citizen
_TALKERS = (3, 7)
_DTMF_HZ = ((697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0))  # ITU-T Q.23
_CALL_TONES = (((440.0, 480.0), 2.0, 1.0), ((480.0, 620.0), 0.5, 0.5), ((425.0,), 1.0, 2.0))  # Hz, on, off
_SCALE = (0, 2, 4, 7, 9, 12)  # semitones: a pentatonic melody


def _times(seconds: float) -> Floats:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _coloured(seconds: float, slope: float, random: Random) -> Floats:
    """Gaussian noise whose amplitude spectrum goes as frequency to the power of ``slope``."""
    count = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(random.standard_normal(count))
    bins = np.maximum(np.arange(spectrum.shape[0]), 50.0 * seconds)  # level below 50 Hz
    return np.asarray(np.fft.irfft(spectrum * bins**slope, count))


def _steady(seconds: float, random: Random) -> Floats:
    return _coloured(seconds, random.choice([0.0, -0.5, -1.0]), random)


def _traffic(seconds: float, random: Random) -> Floats:
    swell = 1.0 + 0.8 * np.sin(2 * np.pi * random.uniform(0.1, 0.4) * _times(seconds) + random.uniform(0, 6))
    return _coloured(seconds, -1.2, random) * swell


def _music(seconds: float, random: Random) -> Floats:
    """A plucked melody over a held chord."""
    time, total = _times(seconds), np.zeros(round(seconds * RATE_HZ))
    root = 220.0 * 2 ** (random.integers(-5, 7) / 12)
    for step in (0, 4, 7):
        total += 0.3 * np.sin(2 * np.pi * root * 2 ** (step / 12) * time)
    beat = random.uniform(0.2, 0.45)
    for number in range(int(seconds / beat)):
        since = time - number * beat
        tone = root * 2 ** (1 + random.choice(_SCALE) / 12)
        pluck = np.where(since >= 0, np.exp(-4.0 * np.maximum(since, 0.0)), 0.0)
        total += pluck * sum(np.sin(2 * np.pi * tone * part * since) / part for part in (1, 2, 3))
    return total


def _tones(seconds: float, random: Random) -> Floats:
    """Ringing, busy, dial tones, keys, a fax's whistle."""
    time = _times(seconds)
    kind = random.integers(5)
    if kind < len(_CALL_TONES):
        frequencies, on, off = _CALL_TONES[kind]
        tone = sum(np.sin(2 * np.pi * hz * time) for hz in frequencies)
        return np.asarray(tone * (time % (on + off) < on))
    if kind == len(_CALL_TONES):
        return np.asarray(np.sin(2 * np.pi * 1100.0 * time) * (time % 3.5 < 0.5), np.float64)
    keys = [tuple(random.choice(group) for group in _DTMF_HZ) for _ in range(int(seconds / 0.25) + 1)]
    number = (time / 0.25).astype(int)
    low, high = (np.array([pair[side] for pair in keys])[number] for side in (0, 1))
    pair = np.sin(2 * np.pi * low * time) + np.sin(2 * np.pi * high * time)
    return np.asarray(pair * (time % 0.25 < 0.12), np.float64)


def _breath(seconds: float, random: Random) -> Floats:
    """In and out, close to the microphone."""
    period = random.uniform(1.2, 2.5)
    envelope = np.maximum(np.sin(2 * np.pi * _times(seconds) / period), 0.0) ** 2
    return np.asarray(_coloured(seconds, -0.4, random) * envelope, np.float64)


def _clicks(seconds: float, random: Random) -> Floats:
    """Knocks, a dropped receiver, dishes: decaying resonances."""
    total = np.zeros(round(seconds * RATE_HZ))
    for start in random.uniform(0.0, seconds, int(seconds * random.uniform(0.5, 4.0))):
        time = _times(min(0.25, seconds - start))
        knock = np.exp(-time * random.uniform(20, 120)) * np.sin(2 * np.pi * random.uniform(150, 3000) * time)
        first = int(start * RATE_HZ)
        knock = knock[: total.shape[0] - first]
        total[first : first + knock.shape[0]] += knock * random.uniform(0.2, 1.0)
    return total


def _hum(seconds: float, random: Random) -> Floats:
    """Mains, a refrigerator, a fan."""
    time, base = _times(seconds), random.choice([50.0, 60.0, 97.0, 118.0])
    parts = (np.sin(2 * np.pi * base * part * time + random.uniform(0, 6)) / part for part in range(1, 20))
    return np.asarray(sum(parts)) + 0.1 * random.standard_normal(time.shape[0])


def _babble(seconds: float, random: Random) -> Floats:
    """Three to six people talking at once in another room."""
    sentences = load("everyday")
    total = np.zeros(round(seconds * RATE_HZ))
    for _ in range(int(random.integers(*_TALKERS))):
        text = sentences[int(random.integers(len(sentences)))].text
        spoken = speak(text, HELD_OUT_VOICES[int(random.integers(len(HELD_OUT_VOICES)))])
        total += np.roll(np.resize(spoken, total.shape[0]), int(random.integers(total.shape[0])))
    echo = random.standard_normal(1600) * np.exp(-np.arange(1600) / 400.0)  # a room of 0.35 s
    echo[0] = 5.0  # the direct sound, 9 dB below what the room adds
    size = total.shape[0] + echo.shape[0]
    return np.asarray(np.fft.irfft(np.fft.rfft(total, size) * np.fft.rfft(echo, size), size)[: len(total)])


KINDS: Mapping[str, Callable[[float, Random], Floats]] = {
    "steady noise": _steady,
    "traffic": _traffic,
    "hold music": _music,
    "tones": _tones,
    "breath": _breath,
    "clicks": _clicks,
    "hum": _hum,
    "far babble": _babble,
}


def non_speech(seconds: float, seed: int = 7) -> dict[str, Samples]:
    """Each kind for its share of the time, 8 kHz, over an idle line, through A-law.

    Args:
        seconds: All kinds together; at least one piece of each is made.
        seed: Of everything in it.
    """
    share = max(1, round(seconds / len(KINDS) / _PIECE_S))
    made = {}
    for place, (kind, source) in enumerate(KINDS.items()):
        random = np.random.default_rng((seed, place))
        levels = _FAR_DBFS if source is _babble else _LEVELS_DBFS
        pieces = [_at_level(source(_PIECE_S, random), random.uniform(*levels)) for _ in range(share)]
        line = np.concatenate(pieces)
        line += random.standard_normal(line.shape[0]) * _LINE
        made[kind] = decode_alaw(encode_alaw(np.clip(line, -32768, 32767).astype(np.int16)))
    return made


def _at_level(signal: Floats, level_dbfs: float) -> Floats:
    return signal * (32768 * 10 ** (level_dbfs / 20) / max(float(np.sqrt(np.mean(signal**2))), 1e-9))
