"""RTP bleed: who is heard and who is not."""

from __future__ import annotations

from voicebot.rtp.packet import RtpPacket
from voicebot.rtp.source_lock import SourceChanged, SourceLock, SourceVerdict

ASTERISK = ("10.0.0.1", 12000)


def packet(ssrc: int, sequence_number: int) -> RtpPacket:
    return RtpPacket(8, False, sequence_number, 0, ssrc, b"")


def test_only_the_address_that_signalling_named_is_heard() -> None:
    lock = SourceLock(ASTERISK)
    assert lock.judge(("10.0.0.1", 12001), packet(1, 1)) is SourceVerdict.FOREIGN_ADDRESS
    assert lock.judge(("10.0.0.2", 12000), packet(1, 1)) is SourceVerdict.FOREIGN_ADDRESS
    assert lock.judge(ASTERISK, packet(1, 1)) is SourceVerdict.HEARD
    assert lock.refused == 2


def test_a_stray_source_does_not_take_the_call_over() -> None:
    lock = SourceLock(ASTERISK)
    lock.judge(ASTERISK, packet(1, 1))
    assert lock.judge(ASTERISK, packet(2, 70)) is SourceVerdict.UNPROVEN_SSRC
    assert lock.judge(ASTERISK, packet(1, 2)) is SourceVerdict.HEARD
    assert lock.judge(ASTERISK, packet(2, 71)) is SourceVerdict.UNPROVEN_SSRC, "the old stream goes on"
    assert lock.ssrc == 1
    assert lock.changes == []


def test_a_new_source_in_order_is_heard_from_its_first_packet() -> None:
    lock = SourceLock(ASTERISK)
    lock.judge(ASTERISK, packet(1, 1))
    first = packet(2, 70)
    assert lock.judge(ASTERISK, first) is SourceVerdict.UNPROVEN_SSRC
    assert lock.judge(ASTERISK, packet(2, 71)) is SourceVerdict.CHANGED_SSRC
    assert lock.take_held() is first
    assert lock.take_held() is None
    assert lock.refused == 0
    assert lock.changes == [SourceChanged(address=ASTERISK, previous_ssrc=1, ssrc=2)]
    assert lock.judge(ASTERISK, packet(1, 2)) is SourceVerdict.UNPROVEN_SSRC


def test_two_candidates_do_not_help_each_other() -> None:
    lock = SourceLock(ASTERISK)
    lock.judge(ASTERISK, packet(1, 1))
    for number in range(10):
        assert lock.judge(ASTERISK, packet(2 + number % 2, number)) is SourceVerdict.UNPROVEN_SSRC
