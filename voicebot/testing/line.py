"""What a bad line does to the packets a citizen sends: lost, late, out of order, not sent at all (DTX)."""

from __future__ import annotations

import random

from voicebot.testing.packet_log import PACKET_S
from voicebot.testing.persona import Line

DTX_HANGOVER_PACKETS = 10
"""Packets sent after speech before DTX stops: 200 ms, so that gaps between words do not clip them (G.729
Annex B and AMR use 60–160 ms)."""

REORDERED_LATE_S = 1.5 * PACKET_S
"""A reordered packet leaves between the next one and the one after it."""


class SendingLine:
    """Decides the fate of one packet after the other, by the persona's seed."""

    def __init__(self, line: Line, seed: int) -> None:
        self._line = line
        # One stream of chances each, so that switching jitter on does not change which packets are lost.
        self._loss = random.Random(f"{seed} loss")
        self._jitter = random.Random(f"{seed} jitter")
        self._reorder = random.Random(f"{seed} reorder")
        self._leaves_at = 0.0
        self._silent_packets = DTX_HANGOVER_PACKETS

    def sends(self, silent: bool) -> bool:
        """Whether the telephone sends this packet at all.

        Args:
            silent: It holds nothing but the line's silence.
        """
        self._silent_packets = self._silent_packets + 1 if silent else 0
        return not self._line.dtx or self._silent_packets <= DTX_HANGOVER_PACKETS

    def leaves_at(self, now: float) -> float | None:
        """When a packet sent at ``now`` (monotonic seconds) comes out of the line; ``None``: it is lost."""
        line = self._line
        lost = line.loss > 0 and self._loss.random() < line.loss
        late_s = self._jitter.uniform(0, line.jitter_ms / 1000.0) if line.jitter_ms else 0.0
        reordered = line.reorder > 0 and self._reorder.random() < line.reorder
        if lost:
            return None
        # A queue somewhere on the way keeps the order: nothing overtakes an earlier late packet.
        self._leaves_at = max(now + late_s, self._leaves_at)
        return self._leaves_at + REORDERED_LATE_S if reordered else self._leaves_at
