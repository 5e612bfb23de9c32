"""Who may be heard: the lock on one address and one SSRC against RTP bleed.

Anybody who can reach the port can send packets to it ("RTP bleed"). Only the address that signalling named
is heard. Within it another SSRC must first send packets in order (RFC 3550 A.1), so that a stray packet
cannot take the call over; the packets that it proved itself with are then heard too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from voicebot.rtp.packet import RtpPacket
from voicebot.rtp.sequence import SequenceTracker, SequenceVerdict

Address = tuple[str, int]
"""IP address as text and port."""


class SourceVerdict(Enum):
    """What the lock says about a packet."""

    HEARD = "heard"
    FOREIGN_ADDRESS = "foreign_address"
    UNPROVEN_SSRC = "unproven_ssrc"
    """From the right address, but from an SSRC that has not yet sent packets in order: held back."""
    CHANGED_SSRC = "changed_ssrc"
    """The new SSRC is believed: first hear ``take_held()``, then this packet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged:
    """The stream of a call changed its SSRC; worth a line in the log."""

    address: Address
    previous_ssrc: int
    ssrc: int


class SourceLock:
    """Accepts the packets of one address and, at any time, of one SSRC there.

    Args:
        address: Where signalling says that the media comes from.
    """

    __slots__ = ("_candidate", "_candidate_ssrc", "_held", "address", "changes", "refused", "ssrc")

    def __init__(self, address: Address) -> None:
        self.address = address
        self.ssrc = -1
        """The SSRC that is heard; −1 before the first packet."""
        self.refused = 0
        """Packets not heard."""
        self.changes: list[SourceChanged] = []
        """Changes since the owner last took them away."""
        self._candidate_ssrc = -1
        self._candidate = SequenceTracker()
        self._held: RtpPacket | None = None

    def judge(self, address: Address, packet: RtpPacket) -> SourceVerdict:
        """Say whether a packet is heard."""
        if address != self.address:
            self.refused += 1
            return SourceVerdict.FOREIGN_ADDRESS
        if packet.ssrc == self.ssrc:
            self._candidate_ssrc = -1
            return SourceVerdict.HEARD
        if self.ssrc < 0:
            self.ssrc = packet.ssrc
            return SourceVerdict.HEARD
        return self._judge_candidate(packet)

    def take_held(self) -> RtpPacket | None:
        """The packet that was held back while its source had to prove itself."""
        held, self._held = self._held, None
        return held

    def _judge_candidate(self, packet: RtpPacket) -> SourceVerdict:
        if packet.ssrc != self._candidate_ssrc:
            self._candidate_ssrc = packet.ssrc
            self._candidate = SequenceTracker()
        if self._candidate.receive(packet.sequence_number) is SequenceVerdict.PROBATION:
            self._held = packet
            self.refused += 1
            return SourceVerdict.UNPROVEN_SSRC
        self.changes.append(SourceChanged(address=self.address, previous_ssrc=self.ssrc, ssrc=packet.ssrc))
        self.ssrc = packet.ssrc
        self._candidate_ssrc = -1
        if self._held is not None:
            self.refused -= 1
        return SourceVerdict.CHANGED_SSRC
