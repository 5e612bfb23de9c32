"""The citizens' telephone: A-law packets of 20 ms, and which of them are audible or hold voice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.audio.level import AUDIBLE_DBFS, AUDIBLE_WINDOW_MS, levels_dbfs
from voicebot.ports import Samples

SAMPLE_RATE_HZ = 8000
"""G.711's clock (RFC 3551 table 4)."""

FRAME_SAMPLES = 160
"""20 ms; in A-law as many bytes."""

VOICED_MARGIN_DB = 20.0
"""Voice lies at most so far below the active speech level. ITU-T P.56 takes 15.9 dB over long speech; 4 dB
more keep soft final vowels. With the voices that have no echo the end of an answer moves by 0 to 5 ms."""

_ACTIVE_RANGE_DB = 30.0
"""Windows within so much of the loudest one make up the active level; pauses and breaths do not."""

_WINDOW_SAMPLES = SAMPLE_RATE_HZ * AUDIBLE_WINDOW_MS // 1000
_POWER: npt.NDArray[np.float32] = decode_alaw(np.arange(256, dtype=np.uint8)).astype(np.float32) ** 2
_LEAST_ENERGY = 32768.0**2 * 10 ** (AUDIBLE_DBFS / 10) * _WINDOW_SAMPLES
"""Of one window of the shared definition of audible, in squared samples."""


_SILENT_PAYLOADS = frozenset(bytes([code]) * FRAME_SAMPLES for code in (0xD5, 0x55))
"""The two codes nearest to zero: what most packets hold while a side listens."""


def is_silence(payload: bytes) -> bool:
    """Whether a packet's A-law payload holds one of the two codes nearest to zero and nothing else."""
    return payload in _SILENT_PAYLOADS


def is_audible(payload: bytes) -> bool:
    """Whether an A-law payload holds an audible window (``voicebot.audio.level``), by one table look-up."""
    if is_silence(payload):
        return False
    power = _POWER[np.frombuffer(payload, dtype=np.uint8)]
    if len(payload) % _WINDOW_SAMPLES:
        power = np.pad(power, (0, -len(payload) % _WINDOW_SAMPLES))
    return bool(power.reshape(-1, _WINDOW_SAMPLES).sum(axis=1).max() >= _LEAST_ENERGY)


def voiced_frames(samples: Samples) -> tuple[bool, ...]:
    """For each whole frame of 20 ms whether it holds voice: a window near the active speech level.

    Audible is not enough for a citizen's answer: some voices of espeak-ng (f2, f4) are followed by an echo,
    130 ms later and more than 20 dB softer, which is audible but says nothing; counted as voice it would
    make every response gap look 130 ms shorter. Active level and margin are in the manner of ITU-T P.56.
    """
    levels = levels_dbfs(samples.reshape(-1, _WINDOW_SAMPLES))
    power = 10.0 ** (levels / 10.0)
    active = power[levels > levels.max() - _ACTIVE_RANGE_DB].mean()
    least_dbfs = max(AUDIBLE_DBFS, 10.0 * float(np.log10(active)) - VOICED_MARGIN_DB)
    loudest = levels.reshape(-1, FRAME_SAMPLES // _WINDOW_SAMPLES).max(axis=1)
    return tuple(level >= least_dbfs for level in loudest.tolist())


def to_payloads(samples: Samples) -> tuple[bytes, ...]:
    """Whole frames as A-law payloads."""
    return tuple(frame.tobytes() for frame in encode_alaw(samples.reshape(-1, FRAME_SAMPLES)))


def from_payloads(payload: bytes) -> Samples:
    """A-law bytes as samples."""
    return decode_alaw(np.frombuffer(payload, dtype=np.uint8))
