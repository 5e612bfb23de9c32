"""What goes over the wire, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.engine.media.wire_format import ALAW, SLIN16, WireFormat


def test_the_formats_are_those_that_asterisk_knows() -> None:
    assert (ALAW.payload_type, ALAW.sample_rate_hz, ALAW.frame_samples, ALAW.frame_bytes) == (
        8,
        8000,
        160,
        160,
    )
    assert (SLIN16.payload_type, SLIN16.sample_rate_hz, SLIN16.frame_samples, SLIN16.frame_bytes) == (
        118,
        16000,
        320,
        640,
    )
    assert ALAW.silence == b"\xd5" * 160
    assert SLIN16.silence == bytes(640)


def test_linear_audio_is_big_endian() -> None:
    samples = np.array([0x0102, -2], np.int16)
    [payload] = SLIN16.encode_frames(samples)
    assert payload[:4] == b"\x01\x02\xff\xfe"
    assert len(payload) == 640
    assert not any(payload[4:]), "filled up with silence"


@pytest.mark.parametrize("wire_format", [ALAW, SLIN16])
def test_frames_survive_the_wire_in_a_batch(wire_format: WireFormat) -> None:
    samples = (np.random.default_rng(2).normal(size=5 * wire_format.frame_samples) * 3000).astype(np.int16)
    payloads = wire_format.encode_frames(samples)
    assert [len(payload) for payload in payloads] == [wire_format.frame_bytes] * 5
    decoded = wire_format.decode_frames(payloads)
    assert decoded.shape == (5, wire_format.frame_samples)
    assert decoded.dtype == np.int16
    assert decoded.flags.writeable
    tolerance = 0 if wire_format is SLIN16 else 600
    assert np.abs(decoded.reshape(-1).astype(int) - samples).max() <= tolerance
    assert wire_format.encode_frames(samples[:0]) == []
