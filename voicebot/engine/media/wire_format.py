"""How audio looks on the wire to Asterisk, and what it is in memory: 20 ms frames of int16 samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from voicebot.audio.g711 import ALAW_SILENCE, decode_alaw, encode_alaw
from voicebot.ports import Samples

FRAME_MS = 20
FRAME_S = FRAME_MS / 1000


def _decode_alaw(data: bytes) -> Samples:
    return decode_alaw(np.frombuffer(data, np.uint8))


def _encode_alaw(samples: Samples) -> bytes:
    return encode_alaw(np.ascontiguousarray(samples)).tobytes()


def _decode_big_endian(data: bytes) -> Samples:
    return np.frombuffer(data, ">i2").astype(np.int16)


def _encode_big_endian(samples: Samples) -> bytes:
    return samples.astype(">i2").tobytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFormat:
    """One of the formats that Asterisk's externalMedia knows without negotiation."""

    name: str
    """Asterisk's name of the format, for ARI."""
    payload_type: int
    sample_rate_hz: int
    silence_sample: bytes
    """One encoded sample of silence; its length is that of a sample."""
    _decode: Callable[[bytes], Samples]
    _encode: Callable[[Samples], bytes]

    @property
    def frame_samples(self) -> int:
        """Samples of 20 ms."""
        return self.sample_rate_hz * FRAME_MS // 1000

    @property
    def frame_bytes(self) -> int:
        """Bytes of the payload of 20 ms."""
        return self.frame_samples * len(self.silence_sample)

    @property
    def silence(self) -> bytes:
        """The payload of 20 ms of silence."""
        return self.silence_sample * self.frame_samples

    def decode_frames(self, payloads: Sequence[bytes]) -> Samples:
        """Decode the payloads of ``B`` frames at once: ``[B, frame_samples]``."""
        return self._decode(b"".join(payloads)).reshape(len(payloads), self.frame_samples)

    def encode_frames(self, samples: Samples) -> list[bytes]:
        """Payloads of 20 ms for ``[n]`` samples; the last one is filled up with silence."""
        data = self._encode(samples)
        size = self.frame_bytes
        payloads = [data[start : start + size] for start in range(0, len(data), size)]
        if payloads and len(payloads[-1]) < size:
            payloads[-1] += self.silence[len(payloads[-1]) :]
        return payloads


ALAW = WireFormat(
    name="alaw",
    payload_type=8,  # RFC 3551 table 4
    sample_rate_hz=8000,
    silence_sample=bytes([ALAW_SILENCE]),
    _decode=_decode_alaw,
    _encode=_encode_alaw,
)
"""What Korean trunks carry: 160 bytes a packet, decoded to 8 kHz."""

SLIN16 = WireFormat(
    name="slin16",
    payload_type=118,  # Asterisk's static table (main/rtp_engine.c): slin at 16 kHz
    sample_rate_hz=16000,
    silence_sample=b"\0\0",
    _decode=_decode_big_endian,
    _encode=_encode_big_endian,
)
"""Linear, big-endian (RFC 3551 section 4.5.11): 640 bytes a packet, 16 kHz.

Only for benchmarks: Asterisk 22.10 sends it but drops what comes in with this dynamic payload type.
"""
