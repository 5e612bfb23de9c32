"""Sequence numbers and timestamps that wrap (RFC 3550 section 5.1 and appendix A.1)."""

from __future__ import annotations

from enum import Enum

SEQUENCE_MODULUS = 1 << 16
TIMESTAMP_MODULUS = 1 << 32

MAXIMUM_DROPOUT = 3000
"""Largest jump ahead that is still the same stream (RFC 3550 A.1: one minute at 50 packets a second)."""
MAXIMUM_MISORDER = 100
"""Largest step back that is a reordered packet and not a restart (RFC 3550 A.1: two seconds)."""
MINIMUM_SEQUENTIAL = 2
"""Packets in order before an unknown source is believed (RFC 3550 A.1)."""


def sequence_difference(later: int, earlier: int) -> int:
    """How far ``later`` is ahead of ``earlier``, −32768 to 32767, over the wrap at 16 bits."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def timestamp_difference(later: int, earlier: int) -> int:
    """How far ``later`` is ahead of ``earlier`` in samples, over the wrap at 32 bits."""
    return ((later - earlier + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


class SequenceVerdict(Enum):
    """What a sequence number says about its packet."""

    ACCEPTED = "accepted"
    """Part of the stream: new, reordered or repeated."""
    PROBATION = "probation"
    """The source must first send packets in order."""
    JUMPED = "jumped"
    """So far away that it is noise, or the first packet after a restart."""
    RESTARTED = "restarted"
    """The second packet in order after a jump: the source began anew, and so did the counting."""


class SequenceTracker:
    """Follows the sequence numbers of one source and extends them beyond 16 bits (RFC 3550 A.1).

    Args:
        minimum_sequential: Packets in order before the source is believed; 1 believes the first one, which
            is right where the address has already been checked.
    """

    __slots__ = ("_expected_after_jump", "_probation", "extended_highest", "extended_latest")

    def __init__(self, minimum_sequential: int = MINIMUM_SEQUENTIAL) -> None:
        self._probation = minimum_sequential
        self._expected_after_jump = -1  # matches no sequence number
        self.extended_highest = -1
        """Highest number so far with its wraps counted; −1 before the first packet."""
        self.extended_latest = -1
        """The number that was received last, extended; below the highest where it was reordered."""

    def receive(self, sequence_number: int) -> SequenceVerdict:
        """Judge one received number; after ``ACCEPTED`` ``extended_latest`` is its extended form."""
        if self._probation > 0:
            return self._receive_on_probation(sequence_number)
        difference = ((sequence_number - self.extended_highest + 0x8000) & 0xFFFF) - 0x8000
        if 0 < difference < MAXIMUM_DROPOUT:
            self.extended_highest += difference
            self.extended_latest = self.extended_highest
        elif -MAXIMUM_MISORDER < difference <= 0:
            self.extended_latest = self.extended_highest + difference
        elif sequence_number == self._expected_after_jump:
            # Two in order at the new place: the other side restarted without telling (RFC 3550 A.1).
            self._begin(sequence_number)
            return SequenceVerdict.RESTARTED
        else:
            self._expected_after_jump = (sequence_number + 1) & 0xFFFF
            return SequenceVerdict.JUMPED
        self._expected_after_jump = -1
        return SequenceVerdict.ACCEPTED

    def _receive_on_probation(self, sequence_number: int) -> SequenceVerdict:
        in_order = self.extended_latest >= 0 and sequence_number == (self.extended_latest + 1) & 0xFFFF
        if self.extended_latest >= 0 and not in_order:
            self._probation = MINIMUM_SEQUENTIAL
        self._probation -= 1
        self.extended_latest = sequence_number
        if self._probation > 0:
            return SequenceVerdict.PROBATION
        self._begin(sequence_number)
        return SequenceVerdict.ACCEPTED

    def _begin(self, sequence_number: int) -> None:
        # One cycle ahead, so that a reordered packet from before the first one stays positive.
        self.extended_highest = self.extended_latest = SEQUENCE_MODULUS + sequence_number
        self._expected_after_jump = -1
