"""The sending side of one call: payloads in, a continuous row of RTP packets out.

Continuous, because a caller to whom nothing is sent hears a dead line, and Asterisk generates no silence in
our place: when nothing is said, silence is sent.
"""

from __future__ import annotations

from voicebot.rtp.packet import serialise_plain


class Pacer:
    """Numbers and stamps the packets of one call (RFC 3550 section 5.1, RFC 3551 section 4.1).

    Args:
        payload_type: RTP payload type of the audio.
        frame_samples: Samples of one frame (20 ms).
        silence: Payload of one frame of silence.
        ssrc: Random, 32 bits.
        sequence_number: Random first value, 16 bits (RFC 3550: makes known-plaintext attacks harder).
        timestamp: Random first value, 32 bits.
    """

    __slots__ = (
        "_frame_samples",
        "_payload_type",
        "_sequence_number",
        "_silence",
        "_silent",
        "_ssrc",
        "_timestamp",
        "frames_sent",
    )

    def __init__(
        self,
        *,
        payload_type: int,
        frame_samples: int,
        silence: bytes,
        ssrc: int,
        sequence_number: int,
        timestamp: int,
    ) -> None:
        self._payload_type = payload_type
        self._frame_samples = frame_samples
        self._silence = silence
        self._ssrc = ssrc & 0xFFFF_FFFF
        self._sequence_number = sequence_number & 0xFFFF
        self._timestamp = timestamp & 0xFFFF_FFFF
        self._silent = True
        self.frames_sent = 0
        """Packets made so far, silence included."""

    def next_packet(self, payload: bytes | None) -> bytes:
        """The datagram for the next 20 ms; ``None`` is silence.

        The marker bit is set where sound begins after silence (RFC 3551 section 4.1): receivers adjust their
        playout delay there.
        """
        marker = payload is not None and self._silent
        datagram = serialise_plain(
            self._payload_type,
            marker,
            self._sequence_number,
            self._timestamp,
            self._ssrc,
            self._silence if payload is None else payload,
        )
        self._silent = payload is None
        self._sequence_number = (self._sequence_number + 1) & 0xFFFF
        self._timestamp = (self._timestamp + self._frame_samples) & 0xFFFF_FFFF
        self.frames_sent += 1
        return datagram

    def skip(self, frames: int) -> None:
        """Leave out frames that could not be sent in time: the timestamp moves on, the sequence does not."""
        self._timestamp = (self._timestamp + frames * self._frame_samples) & 0xFFFF_FFFF
        self._silent = True
