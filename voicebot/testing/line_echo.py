"""What a line sends back of the voice it carries: the echo of a hybrid, or of a loudspeaker's room.

Every packet that arrives comes back weaker and later, mixed into what the citizen says (ITU-T G.131 calls the
two numbers echo loss and echo path delay). Silence costs a comparison, an echo into silence one look-up in a
table of A-law codes; only where citizen and echo meet are samples added.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.testing.packet_log import PACKET_S
from voicebot.testing.persona import Echo
from voicebot.testing.telephone import is_silence

_LATE_S = 3 * PACKET_S
"""Packets overdue by more are left out: the bot's clock runs ahead of ours, or it sent a burst."""


class LineEcho:
    """Keeps what arrives until it comes back.

    Args:
        echo: How loud and how late.
    """

    def __init__(self, echo: Echo) -> None:
        self._delay_s = echo.delay_ms / 1000.0
        codes = decode_alaw(np.arange(256, dtype=np.uint8)).astype(np.float64)
        self._weakened = encode_alaw((codes * 10 ** (-echo.loss_db / 20)).astype(np.int16)).tobytes()
        self._coming: deque[tuple[float, bytes]] = deque()

    def hear(self, payload: bytes, at: float) -> None:
        """A packet's A-law payload arrived at ``at`` (monotonic seconds)."""
        self._coming.append((at + self._delay_s, payload))

    def mix(self, payload: bytes, now: float) -> bytes:
        """Add what comes back now to 20 ms of A-law; the same object where nothing does."""
        coming = self._coming
        while coming and coming[0][0] < now - _LATE_S:
            coming.popleft()
        if not coming or coming[0][0] > now:
            return payload
        returned = coming.popleft()[1]
        if is_silence(returned) or len(returned) != len(payload):
            return payload
        returned = returned.translate(self._weakened)
        if is_silence(payload):
            return returned
        both = decode_alaw(np.frombuffer(payload + returned, dtype=np.uint8)).astype(np.int32)
        said, echoed = both.reshape(2, -1)
        return encode_alaw(np.clip(said + echoed, -32768, 32767).astype(np.int16)).tobytes()
