"""G.711 against values of the recommendation."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.audio.g711 import (
    ALAW_SILENCE,
    ULAW_SILENCE,
    decode_alaw,
    decode_ulaw,
    encode_alaw,
    encode_ulaw,
)

ALL = np.arange(-32768, 32768, dtype=np.int64).astype(np.int16)
CODES = np.arange(256, dtype=np.uint8)


@pytest.mark.parametrize(
    ("code", "value"),
    [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0x00, -5504), (0xC5, 264)],
)
def test_alaw_values(code: int, value: int) -> None:
    """G.711 table 1a, scaled from 13 to 16 bits."""
    assert decode_alaw(np.array([code], np.uint8))[0] == value


@pytest.mark.parametrize(
    ("code", "value"),
    [(0xFF, 0), (0x7F, 0), (0x80, 32124), (0x00, -32124), (0xFE, 8), (0x7E, -8), (0xF0, 120), (0xEF, 132)],
)
def test_ulaw_values(code: int, value: int) -> None:
    """G.711 table 2a, scaled from 14 to 16 bits."""
    assert decode_ulaw(np.array([code], np.uint8))[0] == value


def test_each_code_is_its_own_nearest() -> None:
    assert np.array_equal(encode_alaw(decode_alaw(CODES)), CODES)
    again = encode_ulaw(decode_ulaw(CODES))
    again[0x7F] = 0x7F  # µ-law has two zeros; the positive one is sent
    assert np.array_equal(again, CODES)


@pytest.mark.parametrize(
    ("encode", "decode", "least"), [(encode_alaw, decode_alaw, 16), (encode_ulaw, decode_ulaw, 12)]
)
def test_the_error_of_every_value_is_within_its_segment(encode, decode, least) -> None:  # type: ignore[no-untyped-def]
    """Half a step: a sixteenth of a segment, whose lower edge is at least half of the value."""
    back = decode(encode(ALL)).astype(np.int64)
    within = np.abs(ALL.astype(np.int64)) <= 32124
    error = np.abs(back - ALL)[within]
    allowed = np.maximum(least, np.abs(ALL.astype(np.int64))[within] / 16)
    assert (error <= allowed).all()
    assert (np.diff(back) >= 0).all(), "louder never becomes softer"


def test_silence() -> None:
    assert encode_alaw(np.zeros(1, np.int16))[0] == ALAW_SILENCE
    assert encode_ulaw(np.zeros(1, np.int16))[0] == ULAW_SILENCE


def test_any_shape_goes_through() -> None:
    frames = np.random.default_rng(1).integers(-32768, 32767, (7, 160)).astype(np.int16)
    codes = encode_alaw(frames)
    assert codes.shape == (7, 160)
    assert np.array_equal(decode_alaw(codes)[3], decode_alaw(codes[3]))
    assert np.array_equal(encode_ulaw(frames)[3], encode_ulaw(frames[3]))
