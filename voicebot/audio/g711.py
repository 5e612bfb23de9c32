"""G.711, A-law and µ-law, both ways, for whole arrays (ITU-T G.711, tables 1 and 2).

Coding and decoding are one table look-up a sample; any shape goes in and the same shape comes out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]

ALAW_SILENCE = 0xD5
"""The smallest positive value; A-law has no zero: this decodes to 8 of 32768 (−72 dBFS)."""
ULAW_SILENCE = 0xFF

_ALAW_TOGGLE = 0x55  # G.711 table 1a, note 2: even bits are inverted, against long runs of zeros
_ULAW_BIAS = 33  # in 14-bit units: makes every segment start at a power of two
_ULAW_CLIP = 8158  # 14-bit units: with the bias the last value of the last segment


def _alaw_decode_table() -> Samples:
    codes = np.arange(256) ^ _ALAW_TOGGLE
    mantissa = (codes & 0x0F) << 4
    segment = (codes & 0x70) >> 4
    linear = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.where(codes & 0x80, linear, -linear).astype(np.int16)


def _ulaw_decode_table() -> Samples:
    codes = ~np.arange(256) & 0xFF
    linear = ((((codes & 0x0F) << 3) + 0x84) << ((codes & 0x70) >> 4)) - 0x84
    return np.where(codes & 0x80, -linear, linear).astype(np.int16)


def _alaw_encode_table() -> Codes:
    linear = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int64) >> 3  # 13 bits
    magnitude = np.where(linear >= 0, linear, -linear - 1)
    segment = np.searchsorted(np.array([0x20 << step for step in range(7)]), magnitude, side="right")
    mantissa = (magnitude >> np.maximum(segment, 1)) & 0x0F
    sign = np.where(linear >= 0, 0x80, 0)
    return (((segment << 4) | mantissa | sign) ^ _ALAW_TOGGLE).astype(np.uint8)


def _ulaw_encode_table() -> Codes:
    linear = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int64) >> 2  # 14 bits
    magnitude = np.minimum(np.abs(linear), _ULAW_CLIP) + _ULAW_BIAS
    segment = np.searchsorted(np.array([0x40 << step for step in range(7)]), magnitude, side="right")
    mantissa = (magnitude >> (segment + 1)) & 0x0F
    sign = np.where(linear < 0, 0x80, 0)
    codes: Codes = (~((segment << 4) | mantissa | sign) & 0xFF).astype(np.uint8)
    return codes


_ALAW_TO_LINEAR = _alaw_decode_table()
_ULAW_TO_LINEAR = _ulaw_decode_table()
_LINEAR_TO_ALAW = _alaw_encode_table()  # 64 KiB, indexed by the sample's 16 bits as an unsigned number
_LINEAR_TO_ULAW = _ulaw_encode_table()


def decode_alaw(codes: Codes) -> Samples:
    """A-law bytes of any shape to 16-bit samples of the same shape."""
    return _ALAW_TO_LINEAR[codes]


def encode_alaw(samples: Samples) -> Codes:
    """16-bit samples of any shape to A-law bytes of the same shape."""
    codes: Codes = _LINEAR_TO_ALAW[samples.view(np.uint16)]
    return codes


def decode_ulaw(codes: Codes) -> Samples:
    """µ-law bytes of any shape to 16-bit samples of the same shape."""
    return _ULAW_TO_LINEAR[codes]


def encode_ulaw(samples: Samples) -> Codes:
    """16-bit samples of any shape to µ-law bytes of the same shape."""
    codes: Codes = _LINEAR_TO_ULAW[samples.view(np.uint16)]
    return codes
