"""Receiving over a bad network: what is heard is in its true place, and nothing waits without need."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.rtp.packet import RtpPacket
from voicebot.rtp.playout import Playout
from voicebot.rtp.transit import UNPAUSED_WAIT_S

FRAME = 160
TICK_S = 0.005


def packet(number: int, *, position: int | None = None, ssrc: int = 1, samples: int = FRAME) -> RtpPacket:
    """Packet ``number`` of a stream; its payload names it, its numbers are about to wrap."""
    place = number * samples if position is None else position
    return RtpPacket(
        8,
        False,
        (65_500 + number) & 0xFFFF,
        (2**32 - 8000 + place) & 0xFFFF_FFFF,
        ssrc,
        struct.pack("!I", number) * (samples // 4),
    )


def number_of(frame: bytes) -> int:
    return int(struct.unpack_from("!I", frame)[0])


@dataclass
class Call:
    """A playout on a network: packets arrive at given times, ticks pull."""

    playout: Playout = field(default_factory=lambda: Playout(8000, FRAME, b"\xd5", 0.0))
    heard: list[tuple[int, bytes | None, float]] = field(default_factory=list)
    """Position of each frame's beginning, the frame, and when it came out."""

    def run(self, arrivals: list[tuple[float, RtpPacket]], until: float) -> None:
        waiting = sorted(arrivals, key=lambda arrival: arrival[0])
        for tick in range(1, round(until / TICK_S) + 1):
            now = tick * TICK_S
            while waiting and waiting[0][0] <= now:
                self.playout.push(waiting.pop(0)[1], now)
            self.pull(now)

    def pull(self, now: float) -> None:
        position = self.playout.position
        for frame in self.playout.pull(now):
            self.heard.append((position, frame, now))
            position += FRAME
        assert position == self.playout.position

    @property
    def sounds(self) -> dict[int, tuple[int, float]]:
        """Packet number → position and time of its frame."""
        return {number_of(frame): (position, now) for position, frame, now in self.heard if frame}


def test_packets_in_order_are_handed_out_at_once() -> None:
    call = Call()
    for number in range(200):
        now = 0.02 * (number + 1)
        call.playout.push(packet(number), now)
        call.pull(now)
        assert call.heard[-1] == (number * FRAME, packet(number).payload, now)
    assert len(call.heard) == 200
    assert call.playout.report().packets_lost == 0


def test_a_reordered_packet_costs_only_its_own_lateness() -> None:
    call = Call()
    call.run([(0.02, packet(0)), (0.04, packet(2)), (0.05, packet(1)), (0.08, packet(3))], until=0.1)
    assert {number: place for number, (place, _) in call.sounds.items()} == {0: 0, 1: 160, 2: 320, 3: 480}
    assert call.sounds[1][1] == call.sounds[2][1] == 0.05
    report = call.playout.report()
    assert (report.packets_reordered, report.packets_lost, report.silence_ms) == (1, 0, 0.0)


def test_a_lost_packet_becomes_silence_after_a_bounded_wait() -> None:
    call = Call()
    arrivals = [(0.02 * (number + 1), packet(number)) for number in range(50) if number != 10]
    call.run(arrivals, until=1.0)
    assert [position for position, frame, _ in call.heard if frame is None] == [10 * FRAME]
    held_up_s = call.sounds[11][1] - 0.24
    assert 0.0 < held_up_s <= 0.06
    assert call.sounds[49] == (49 * FRAME, 1.0)
    report = call.playout.report()
    assert (report.packets_lost, report.silence_ms) == (1, 20.0)


def test_a_repeated_packet_is_heard_once() -> None:
    call = Call()
    call.run([(0.02 * (n // 2 + 1), packet(n // 2)) for n in range(40)] + [(0.3, packet(2))], until=0.5)
    assert [number_of(frame) for _, frame, _ in call.heard if frame] == list(range(20))
    assert call.playout.report().packets_duplicated == 21


def test_a_packet_that_was_given_up_is_late_not_lost() -> None:
    call = Call()
    arrivals = [(0.02 * (number + 1), packet(number)) for number in range(50) if number != 10]
    call.run([*arrivals, (0.5, packet(10))], until=1.0)
    report = call.playout.report()
    assert (report.packets_lost, report.packets_late, report.packets_duplicated) == (0, 1, 0)
    assert 10 not in call.sounds
    assert report.latest_lateness_ms == pytest.approx(280, abs=6)


def test_silence_follows_the_clock_when_nothing_comes_at_all() -> None:
    call = Call()
    call.run([], until=2.0)
    assert all(frame is None for _, frame, _ in call.heard)
    assert call.playout.position / 8000 == pytest.approx(2.0 - UNPAUSED_WAIT_S, abs=0.02)
    call.playout.push(packet(0), 2.02)
    call.pull(2.02)
    assert call.sounds[0] == (2 * 8000, 2.02), "the first packet stands where the clock is"


def test_pauses_of_the_sender_become_silence_of_the_same_length() -> None:
    """DTX: the timestamp jumps, the sequence does not (RFC 3551 section 4.1)."""
    call = Call()
    arrivals, position = [], 0
    for number in range(100):
        position += FRAME if number % 20 else FRAME * 40
        arrivals.append((position / 8000 + 0.02, packet(number, position=position)))
    call.run(arrivals, until=arrivals[-1][0] + 0.1)
    origin = call.sounds[0][0] - 40 * FRAME
    for number, (arrived, _) in enumerate(arrivals):
        place, heard_at = call.sounds[number]
        assert place - origin == round((arrived - 0.02) * 8000)
        assert heard_at - arrived <= TICK_S, "no packet waits"
    lags = [now - (place - origin) / 8000 for place, frame, now in call.heard if frame is None and now > 2]
    assert max(lags) < 0.1, "once pauses are known, silence is reported soon"
    assert call.playout.report().packets_lost == 0


def test_frames_stay_aligned_after_a_pause_of_any_length() -> None:
    call = Call()
    arrivals, position = [], 0
    for number in range(60):
        position += FRAME if number % 10 else FRAME * 20 + 37
        arrivals.append((position / 8000 + 0.02, packet(number, position=position)))
    call.run(arrivals, until=arrivals[-1][0] + 0.1)
    first = call.sounds[0][0]
    for number, (arrived, _) in enumerate(arrivals):
        place, heard_at = call.sounds[number]
        assert heard_at - arrived <= TICK_S, "a packet does not wait for the next one to fill its frame"
        assert abs(place - first - (arrived - arrivals[0][0]) * 8000) <= FRAME / 2 + 1e-6, "no drift"


@pytest.mark.parametrize("samples", [80, 240, 320])
def test_packets_of_other_lengths_are_cut_into_frames(samples: int) -> None:
    call = Call()
    length_s = samples / 8000
    call.run([((n + 1) * length_s, packet(n, samples=samples)) for n in range(20)], until=21 * length_s)
    sound = b"".join(frame or b"" for _, frame, _ in call.heard)
    expected = b"".join(packet(n, samples=samples).payload for n in range(20))
    assert sound == expected[: len(expected) // FRAME * FRAME]


def test_another_source_goes_on_where_the_old_one_ended() -> None:
    call = Call()
    arrivals = [(0.02 * (n + 1), packet(n)) for n in range(20)]
    arrivals += [(0.02 * (n + 1), packet(n, position=n * FRAME + 12_345, ssrc=9)) for n in range(40, 60)]
    call.run(arrivals, until=1.3)
    assert call.sounds[19][0] == 19 * FRAME
    assert call.sounds[40][0] == 40 * FRAME, "the time between the sources is silence"
    assert call.sounds[59][0] == 59 * FRAME
    assert call.playout.report().source_changes == 1


def test_a_restart_of_the_numbers_is_survived() -> None:
    call = Call()
    arrivals = [(0.02 * (n + 1), packet(n)) for n in range(20)]
    arrivals += [(0.02 * (n + 1), packet(n + 20_000, position=n * FRAME + 777)) for n in range(20, 60)]
    call.run(arrivals, until=1.3)
    assert call.sounds[20_059][0] == 59 * FRAME
    report = call.playout.report()
    assert (report.wrong_source, report.source_changes) == (1, 1)


def test_timestamps_that_jump_while_no_time_passes_are_a_new_count() -> None:
    call = Call()
    call.run(
        [(0.02 * (n + 1), packet(n, position=n * FRAME + (10_000_000 if n >= 25 else 0))) for n in range(50)],
        until=1.1,
    )
    assert {n: place for n, (place, _) in call.sounds.items()} == {n: n * FRAME for n in range(50)}


def test_a_sender_whose_timestamps_stand_still_in_pauses_is_heard_again() -> None:
    call = Call()
    arrivals = [(0.02 * (n + 1), packet(n)) for n in range(20)]
    arrivals += [(3 + 0.02 * (n + 1), packet(n)) for n in range(20, 70)]
    call.run(arrivals, until=5.0)
    assert set(call.sounds) >= set(range(20)) | set(range(30, 70)), "at most 200 ms are missed"
    assert call.playout.position / 8000 == pytest.approx(5.0, abs=0.45)


def test_a_stall_of_ours_loses_nothing() -> None:
    """Packets lay in the socket while the process did not run: late for the clock, but all there."""
    call = Call()
    arrivals = [(0.02 * (n + 1), packet(n)) for n in range(100)]
    stalled = [(1.0 if 0.8 < at < 1.0 else at, each) for at, each in arrivals]
    call.run(stalled, until=2.1)
    assert {n: place for n, (place, _) in call.sounds.items()} == {n: n * FRAME for n in range(100)}


def test_a_network_that_stands_still_for_half_a_second_leaves_no_hole() -> None:
    """A source that has never paused is late, not silent: no silence comes between its packets."""
    call = Call()
    arrivals = [(0.02 * (n + 1) + (0.5 if n >= 40 else 0.0), packet(n)) for n in range(100)]
    call.run(arrivals, until=2.6)
    assert {n: place for n, (place, _) in call.sounds.items()} == {n: n * FRAME for n in range(100)}


def test_a_source_that_pauses_is_silent_after_a_short_wait() -> None:
    call = Call()
    arrivals = [(0.02 * (n + 1), packet(n)) for n in range(20)]
    arrivals += [(0.6 + 0.02 * (n + 1), packet(n, position=(n + 30) * FRAME)) for n in range(20, 40)]
    call.run(arrivals, until=3.0)
    assert call.playout.position / 8000 == pytest.approx(3.0 - 0.06, abs=0.03)


@st.composite
def journeys(draw: st.DrawFn) -> list[tuple[float, float, RtpPacket]]:
    """Packets of a call with pauses over a bad network: ``(sent, arrives, packet)``."""
    loss = draw(st.sampled_from([0, 0, 5, 20]))
    jitter_ms = draw(st.sampled_from([0, 10, 60, 200]))
    random = draw(st.randoms(use_true_random=False))
    journey, position = [], 0
    for number in range(draw(st.integers(50, 250))):
        position += FRAME * (random.randint(2, 100) if random.random() < 0.02 else 1)
        sent = position / 8000
        if random.randrange(100) >= loss:
            each = packet(number, position=position)
            journey.append((sent, sent + random.uniform(0, jitter_ms) / 1000, each))
            if random.random() < 0.02:
                journey.append((sent, sent + random.uniform(0, jitter_ms) / 1000, each))
    return journey


@settings(max_examples=60, deadline=None)
@given(journeys())
def test_what_is_heard_is_in_its_true_place(journey: list[tuple[float, float, RtpPacket]]) -> None:
    call = Call()
    end = max((arrives for _, arrives, _ in journey), default=0.0) + 0.5
    call.run([(arrives, each) for _, arrives, each in journey], until=end)
    sent = {number_of(each.payload): at for at, _, each in journey}
    offsets = {round(place - sent[number] * 8000) for number, (place, _) in call.sounds.items()}
    assert len(offsets) <= 1, "one constant offset between the sender's time and ours"
    numbers = [number_of(frame) for _, frame, _ in call.heard if frame]
    assert numbers == sorted(set(numbers)), "in order, each once"
    assert end - call.playout.position / 8000 <= 0.2 + UNPAUSED_WAIT_S + 0.03, "time is followed"
    report = call.playout.report()
    unheard = len(sent) - len(numbers)
    assert unheard <= report.packets_late + report.packets_duplicated


def test_loss_and_jitter_of_a_bad_line_leave_the_rest_whole() -> None:
    """5 % loss with 200 ms of jitter: once the jitter has been learned, all that arrives is heard."""
    import random

    dice = random.Random(20)
    arrivals = []
    for number in range(1500):
        if dice.random() >= 0.05:
            arrivals.append((0.02 * number + dice.uniform(0.02, 0.22), packet(number)))
    call = Call()
    call.run(arrivals, until=31)
    arrived = {number_of(each.payload) for _, each in arrivals}
    missed = arrived - set(call.sounds)
    assert len(missed) <= 20
    assert all(number < 100 for number in missed), "only while the jitter was not known yet"
    assert call.playout.report().loss_fraction == pytest.approx(0.05, abs=0.02)


packets_of_any_kind = st.builds(
    RtpPacket,
    payload_type=st.just(8),
    marker=st.booleans(),
    sequence_number=st.integers(0, 30) | st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 6000) | st.integers(0, 0xFFFF_FFFF),
    ssrc=st.sampled_from([1, 1, 1, 2]),
    payload=st.binary(max_size=400) | st.just(b"\x00" * FRAME),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(packets_of_any_kind, st.sampled_from([0.0, 0.005, 0.02, 0.3, 5.0])), max_size=60),
    st.sampled_from([b"\xd5", b"\0\0"]),
)
def test_no_packet_whatever_breaks_the_row_of_frames(
    pushed: list[tuple[RtpPacket, float]], silence_sample: bytes
) -> None:
    playout = Playout(8000, FRAME, silence_sample, 0.0)
    now, frames = 0.0, 0
    for each, pause in pushed:
        now += pause
        playout.push(each, now)
        for frame in playout.pull(now):
            frames += 1
            assert frame is None or len(frame) == FRAME * len(silence_sample)
        assert playout.position == frames * FRAME
    report = playout.report()
    assert report.packets_lost >= 0
    # Twice the time and the longest plausible lead of each restart: audio cannot come out of nothing.
    most_s = now + 1.0 + sum(len(each.payload) / 8000 + 1.1 for each, _ in pushed)
    assert playout.position / 8000 <= most_s
