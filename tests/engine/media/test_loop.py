"""The media loop on real sockets, in imagined time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import numpy as np
import pytest

from tests.engine.media.stepped import Asterisk, Listener, LoudIsVoice, SteppedLoop, run
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.loop import TICK_S, MediaLoop
from voicebot.engine.media.prompt import GrowingPrompt
from voicebot.engine.media.wire_format import ALAW, FRAME_S, SLIN16, WireFormat
from voicebot.errors import ConfigurationError, TelephonyError
from voicebot.rtp.packet import RtpPacket

LOUD = bytes([0x2A]) * 160  # A-law, −0.1 dBFS
SOUND = [bytes([index]) * 160 for index in range(50)]


@asynccontextmanager
async def media_loop(wire_format: WireFormat = ALAW) -> AsyncIterator[MediaLoop]:
    media = MediaLoop("127.0.0.1", 0, wire_format, LoudIsVoice(), lambda bits: (1 << bits) - 3)
    media.start()
    try:
        yield media
    finally:
        media.close()


@asynccontextmanager
async def one_call(
    wire_format: WireFormat = ALAW,
) -> AsyncIterator[tuple[MediaLoop, MediaLeg, Asterisk, Listener]]:
    async with media_loop(wire_format) as media:
        asterisk, listener = Asterisk(media, wire_format), Listener()
        try:
            yield media, media.attach("call", asterisk.address, listener), asterisk, listener
        finally:
            asterisk.close()


def prompt(payloads: list[bytes], complete: bool = True) -> GrowingPrompt:
    source = GrowingPrompt()
    source.append(payloads)
    if complete:
        source.complete()
    return source


@pytest.mark.parametrize("wire_format", [ALAW, SLIN16])
def test_a_caller_is_heard_frame_by_frame(wire_format: WireFormat) -> None:
    async def scene(loop: SteppedLoop) -> Listener:
        async with one_call(wire_format) as (_, leg, asterisk, listener):
            arrived = [leg.media_arrived]
            await asterisk.talk(10)
            arrived.append(leg.media_arrived)
            assert arrived == [False, True]
            [loud] = wire_format.encode_frames(np.full(wire_format.frame_samples, 16_384, np.int16))
            await asterisk.talk(10, loud)
            return listener

    heard = run(scene).heard
    ends = [end for end, *_ in heard]
    assert np.diff(ends).tolist() == [wire_format.frame_samples] * (len(heard) - 1)
    assert len(heard) == 20
    for index, (_, samples, probability, level, _) in enumerate(heard):
        assert samples.dtype == np.int16
        assert samples.shape == (wire_format.frame_samples,)
        assert probability == (0.0 if index < 10 else 1.0)
        assert (level == pytest.approx(-6.0, abs=0.3)) if index >= 10 else level < -70
    times = [now for *_, now in heard]
    assert np.diff(times).max() <= FRAME_S + 1e-6


def test_a_packet_is_heard_within_one_tick() -> None:
    async def scene(loop: SteppedLoop) -> list[float]:
        async with one_call() as (_, _, asterisk, listener):
            delays = []
            for index in range(40):
                await asyncio.sleep(0.0203)  # drifts through all phases of the clock
                sent, before = loop.time(), len(listener.heard)
                asterisk.send()
                await asyncio.sleep(TICK_S + 1e-6)
                assert len(listener.heard) > before
                if index > 2:
                    delays.append(listener.heard[-1][4] - sent)
            return delays

    assert max(run(scene)) <= TICK_S + 1e-6


def test_silence_is_sent_without_pause_when_nothing_is_said() -> None:
    async def scene(loop: SteppedLoop) -> list[RtpPacket]:
        async with one_call() as (_, _, asterisk, _):
            await asyncio.sleep(1.0)
            return asterisk.received()

    packets = run(scene)
    assert 49 <= len(packets) <= 50
    assert {packet.payload for packet in packets} == {ALAW.silence}
    assert [(p.sequence_number - packets[0].sequence_number) % 65_536 for p in packets] == list(
        range(len(packets))
    )
    assert (packets[1].timestamp - packets[0].timestamp) % 2**32 == 160


def test_a_prompt_begins_at_once_and_is_sent_whole() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, asterisk, _):
            for pause in (0.1031, 0.0977, 0.1, 0.0892):
                await asyncio.sleep(pause)
                asterisk.received()
                finished: list[float] = []
                leg.play(prompt(SOUND), lambda finished=finished: finished.append(loop.time()))  # type: ignore[misc]
                playing = [leg.playing]
                began = loop.time()
                first = asterisk.received()
                assert [packet.payload for packet in first] == SOUND[:1], "no tick is waited for"
                assert first[0].marker
                await asyncio.sleep(1.2)
                packets = asterisk.received()
                assert [packet.payload for packet in packets[:49]] == SOUND[1:]
                assert {packet.payload for packet in packets[49:]} == {ALAW.silence}
                assert len(finished) == 1
                assert finished[0] - began == pytest.approx(0.98, abs=TICK_S + 1e-6)
                assert [*playing, leg.playing] == [True, False]
                sent = [first[0], *packets]
                steps = {(b.timestamp - a.timestamp) % 2**32 for a, b in pairwise(sent)}
                assert steps == {160}, "time is continuous over the prompt's beginning and end"

    run(scene)


def test_prompts_that_follow_each_other_have_no_seam() -> None:
    async def scene(loop: SteppedLoop) -> list[bytes]:
        async with one_call() as (_, leg, asterisk, _):
            await asyncio.sleep(0.107)
            asterisk.received()
            leg.play(
                prompt(SOUND[:5]),
                lambda: leg.play(prompt(SOUND[5:10]), lambda: leg.play(prompt(SOUND[10:12]))),
            )
            await asyncio.sleep(0.5)
            return [packet.payload for packet in asterisk.received()]

    payloads = run(scene)
    assert payloads[:12] == SOUND[:12]
    assert set(payloads[12:]) == {ALAW.silence}


def test_many_prompts_do_not_run_ahead_of_time() -> None:
    async def scene(loop: SteppedLoop) -> tuple[int, float]:
        async with one_call() as (_, leg, asterisk, _):
            began, count = loop.time(), 0
            for _ in range(40):
                leg.play(prompt(SOUND[:3]))
                await asyncio.sleep(0.0931)
                count += len(asterisk.received())
            return count, loop.time() - began

    count, took = run(scene)
    assert count * FRAME_S == pytest.approx(took, abs=2 * FRAME_S)


def test_a_prompt_is_stopped_at_once() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, asterisk, _):
            finished: list[bool] = []
            leg.play(prompt(SOUND), lambda: finished.append(True))
            await asyncio.sleep(0.2 - 0.001)
            asterisk.received()
            assert leg.stop() == 200.0
            assert leg.stop() == 0.0
            await asyncio.sleep(0.1)
            assert {packet.payload for packet in asterisk.received()} == {ALAW.silence}
            assert finished == []

    run(scene)


def test_a_prompt_that_is_not_ready_plays_silence_and_goes_on() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, asterisk, _):
            finished: list[bool] = []
            source = prompt(SOUND[:2], complete=False)
            leg.play(source, lambda: finished.append(True))
            await asyncio.sleep(0.099)
            assert leg.statistics.underruns == 3
            assert leg.playing
            source.append(SOUND[2:4])
            source.complete()
            await asyncio.sleep(0.1)
            sounds = [packet.payload for packet in asterisk.received() if packet.payload != ALAW.silence]
            assert sounds == SOUND[:4]
            assert finished == [True]
            assert leg.stop() == 0.0

    run(scene)


def test_an_empty_prompt_ends_after_play_has_returned() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, _, _):
            await asyncio.sleep(0.05)
            finished: list[bool] = []
            leg.play(prompt([]), lambda: finished.append(True))
            assert finished == []
            await asyncio.sleep(0.025)
            assert finished == [True]

    run(scene)


def test_levels_of_what_was_sent_are_remembered() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, _, _):
            await asyncio.sleep(0.05)
            assert leg.sent_levels() == []
            leg.play(prompt([LOUD, LOUD, ALAW.silence]))
            await asyncio.sleep(0.099)
            assert leg.sent_levels()[-5:] == pytest.approx([-0.14, -0.14, -72.2, -100.0, -100.0], abs=0.1)
            await asyncio.sleep(1.0)
            assert leg.sent_levels() == []

    run(scene)


def test_frames_that_came_in_a_burst_are_told_from_those_in_time() -> None:
    """Each is compared with what had been sent when it was due, not with what is sent now."""

    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, asterisk, listener):
            await asterisk.talk(10)
            leg.play(prompt([LOUD] * 10))
            await asyncio.sleep(0.199)
            for _ in range(10):
                asterisk.send()
            await asyncio.sleep(0.02)
            ends = [end for end, *_ in listener.heard[-10:]]
            assert [leg.frames_behind(end) for end in ends] == list(range(9, -1, -1))
            newest = leg.sent_levels()
            assert newest[-11:] == pytest.approx([-0.14] * 10 + [-100.0], abs=0.1)
            assert leg.sent_levels(9) == newest[:-9]

    run(scene)


def test_only_the_address_of_a_leg_is_heard() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (media, _, asterisk, listener):
            stranger = Asterisk(media)
            stranger.number, stranger.timestamp = asterisk.number, asterisk.timestamp
            for _ in range(20):
                stranger.send(LOUD)
                await asterisk.talk(1)
            assert len(listener.heard) >= 19
            assert all(probability == 0.0 for _, _, probability, _, _ in listener.heard)
            assert media.statistics.foreign_datagrams == 20
            assert stranger.received() == [], "and nothing is sent to strangers"
            stranger.close()

    run(scene)


def test_what_cannot_be_used_is_counted_and_disturbs_nobody() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, asterisk, listener):
            await asterisk.talk(5)
            for data in (b"", b"\x80", b"\xff" * 172, b"\x80\xc8" + bytes(30), bytes(2000)):
                asterisk.send_raw(data)
            asterisk.send(b"\x05\x0a\x00\xa0", payload_type=101)
            asterisk.number -= 1
            asterisk.timestamp -= 160
            await asterisk.talk(5, LOUD)
            reception = leg.statistics.reception
            assert (reception.malformed, reception.wrong_payload) == (5, 1)
            assert [probability for _, _, probability, _, _ in listener.heard] == [0.0] * 5 + [1.0] * 5

    run(scene)


def test_an_ssrc_is_believed_only_after_two_packets(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, leg, asterisk, listener):
            await asterisk.talk(5)
            asterisk.ssrc = 99
            asterisk.send(LOUD)
            asterisk.number, asterisk.timestamp, asterisk.ssrc = (
                asterisk.number - 1,
                asterisk.timestamp - 160,
                77,
            )
            await asterisk.talk(5)
            assert max(probability for _, _, probability, _, _ in listener.heard) == 0.0
            assert leg.statistics.reception.wrong_source == 1
            asterisk.ssrc, asterisk.number, asterisk.timestamp = 100, 5, 9_999
            await asterisk.talk(5, LOUD)
            assert [probability for _, _, probability, _, _ in listener.heard[-5:]] == [1.0] * 5
            reception = leg.statistics.reception
            assert (reception.source_changes, reception.wrong_source) == (1, 1)

    with caplog.at_level("INFO"):
        run(scene)
    [record] = [record for record in caplog.records if getattr(record, "action", "") == "source_changed"]
    assert record.__dict__["call_id"] == "call"


def test_what_never_came_is_digital_silence() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (_, _, asterisk, listener):
            await asterisk.talk(5)
            asterisk.number += 2
            asterisk.timestamp += 320
            await asterisk.talk(10)
            silent = [(samples, level) for _, samples, _, level, _ in listener.heard if level == -100.0]
            assert len(silent) == 2
            assert not any(samples.any() for samples, _ in silent)
            ends = [end for end, *_ in listener.heard]
            assert np.diff(ends).tolist() == [160] * (len(ends) - 1)

    run(scene)


def test_a_call_that_fails_does_not_disturb_another(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(GrowingPrompt):
        def next_payload(self) -> bytes | None:
            raise RuntimeError("the prompt is broken")

    def fail() -> None:
        raise RuntimeError("the call is broken")

    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (media, leg, asterisk, listener):
            other, other_listener = Asterisk(media), Listener()
            other_leg = media.attach("other", other.address, other_listener)
            listener.then = dict.fromkeys(range(3, 10), fail)
            leg.play(prompt(SOUND[:1]), fail)
            for _ in range(10):
                asterisk.send()
                await other.talk(1)
            leg.play(Broken())
            await asyncio.sleep(0.1)
            assert not leg.playing
            assert leg.statistics.listener_errors == 7 + 1 + 1
            assert len(listener.heard) == len(other_listener.heard) == 10
            assert other_leg.statistics.listener_errors == 0
            assert len(asterisk.received()) == pytest.approx(len(other.received()), abs=1)
            other.close()

    run(scene)
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1, "logged once"


def test_a_call_may_end_itself_or_another_while_it_hears() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (media, leg, asterisk, listener):
            other, other_listener = Asterisk(media), Listener()
            other_leg = media.attach("other", other.address, other_listener)

            def end_both() -> None:
                other_leg.detach()
                leg.detach()
                leg.detach()

            listener.then = {4: end_both}
            for _ in range(10):
                asterisk.send()
                await other.talk(1)
            assert len(listener.heard) == 4
            assert len(other_listener.heard) in (3, 4)
            assert media.statistics.legs == 0
            asterisk.received()
            leg.play(prompt(SOUND))
            await asyncio.sleep(0.1)
            assert asterisk.received() == []
            other.close()

    run(scene)


def test_an_address_is_free_again_after_its_call_and_old_packets_are_not_heard() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (media, leg, asterisk, _):
            with pytest.raises(TelephonyError, match="of call next already belongs to call call"):
                media.attach("next", asterisk.address, Listener())
            leg.detach()
            asterisk.send(LOUD)
            listener = Listener()
            media.attach("next", asterisk.address, listener)
            asterisk.ssrc = 5
            await asterisk.talk(5)
            assert len(listener.heard) == 5
            assert all(probability == 0.0 for _, _, probability, _, _ in listener.heard)

    run(scene)


def test_a_short_stall_is_caught_up_and_a_long_one_skipped() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (media, leg, asterisk, _):
            await asterisk.talk(10)
            asterisk.received()
            leg.play(prompt(SOUND))
            loop.stall(0.05)
            await asyncio.sleep(0.05)
            assert [packet.payload for packet in asterisk.received()] == SOUND[:6]
            assert leg.statistics.frames_skipped == 0
            before = media.statistics.ticks_skipped
            loop.stall(1.0)
            await asyncio.sleep(0.05)
            assert media.statistics.ticks_skipped - before >= 195
            packets = asterisk.received()
            assert [packet.payload for packet in packets] == SOUND[6 : 6 + len(packets)], (
                "nothing is left out"
            )
            assert len(packets) <= 5, "and no burst is sent"
            assert 46 <= leg.statistics.frames_skipped <= 50
            assert media.statistics.lateness_worst_ms == pytest.approx(1000, abs=6)

    run(scene)


@pytest.mark.parametrize("pauses", [False, True], ids=["continuous", "pausing"])
def test_a_stall_of_the_whole_machine_is_no_silence(pauses: bool) -> None:
    """Asterisk stood still as well: what it sends afterwards follows on what came before."""

    async def scene(loop: SteppedLoop) -> tuple[list[float], float]:
        async with one_call() as (media, _, asterisk, listener):
            await asterisk.talk(10, LOUD)
            if pauses:
                asterisk.timestamp += 5 * 160
                await asyncio.sleep(0.1)
            await asterisk.talk(10, LOUD)
            before = len(listener.heard)
            loop.stall(0.4)
            await asterisk.talk(10, LOUD)
            heard = [probability for _, _, probability, _, _ in listener.heard[before:]]
            return heard, media.statistics.stalled_s

    heard, stalled_s = run(scene)
    assert heard == [1.0] * 10
    assert stalled_s == pytest.approx(0.4, abs=0.01)


def test_what_came_during_a_stall_is_heard_in_its_place() -> None:
    async def scene(loop: SteppedLoop) -> list[int]:
        async with one_call() as (_, _, asterisk, listener):
            await asterisk.talk(10, LOUD)
            for _ in range(20):
                asterisk.send(LOUD)
            loop.stall(0.4)
            await asterisk.talk(10, LOUD)
            return [end for end, _, probability, _, _ in listener.heard if probability == 1.0]

    assert run(scene) == [160 * (number + 1) for number in range(40)]


def test_the_clock_does_not_drift() -> None:
    async def count(loop: SteppedLoop) -> tuple[int, float]:
        async with one_call() as (_, leg, asterisk, _):
            began = loop.time()
            for _ in range(200):
                await asyncio.sleep(0.1)
                loop.stall(0.0013)
                asterisk.received()
            return leg.statistics.frames_sent, loop.time() - began

    frames, took = run(count)
    assert frames == pytest.approx(took / FRAME_S, abs=2)


def test_the_clock_stands_still_without_calls() -> None:
    async def scene(loop: SteppedLoop) -> None:
        async with one_call() as (media, leg, _, _):
            await asyncio.sleep(0.1)
            leg.detach()
            ticks = media.statistics.ticks
            await asyncio.sleep(1.0)
            assert media.statistics.ticks == ticks

    run(scene)


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError) as caught:
            MediaLoop("127.0.0.1", port, ALAW, LoudIsVoice()).start()
    assert str(caught.value) == (
        f"media socket 127.0.0.1:{port}: the port is in use; choose another as port in [media], "
        "or 0 for a free one"
    )


@pytest.mark.parametrize("host", ["203.0.113.9", "no such host", "::1"])
def test_a_wrong_host_is_a_clear_error(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"correct host in \[media\]"):
        MediaLoop(host, 0, ALAW, LoudIsVoice()).start()


def test_attaching_needs_a_started_loop_and_an_address() -> None:
    async def scene(loop: SteppedLoop) -> None:
        with pytest.raises(TelephonyError, match="has not been started"):
            MediaLoop("127.0.0.1", 0, ALAW, LoudIsVoice()).attach("a", ("127.0.0.1", 4), Listener())
        async with media_loop() as media:
            with pytest.raises(TelephonyError, match="is not an IPv4 address"):
                media.attach("a", ("localhost", 4), Listener())

    run(scene)
