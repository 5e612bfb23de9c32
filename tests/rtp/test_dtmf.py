"""Telephone keys in RTP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.errors import RtpError
from voicebot.rtp.dtmf import (
    KEYS,
    KeyEvent,
    KeyReceiver,
    key_press,
    parse_key_event,
    serialise_key_event,
)


@given(st.sampled_from(KEYS), st.booleans(), st.integers(0, 0xFFFF), st.integers(0, 63))
def test_events_survive_the_wire(key: str, end: bool, duration: int, volume: int) -> None:
    event = KeyEvent(key, end, duration, volume)
    assert parse_key_event(serialise_key_event(event)) == event


@given(st.binary(max_size=8))
def test_any_payload_is_a_key_or_an_rtp_error(payload: bytes) -> None:
    try:
        assert parse_key_event(payload).key in KEYS
    except RtpError as error:
        assert str(error).startswith("telephone event")


def test_the_example_of_a_released_star_key() -> None:
    assert parse_key_event(bytes.fromhex("0a8a0320")) == KeyEvent("*", True, 800, 10)


@pytest.mark.parametrize(
    "event",
    [
        KeyEvent("X", False, 0),
        KeyEvent("", False, 0),
        KeyEvent("1", False, 70_000),
        KeyEvent("1", True, 0, 64),
    ],
)
def test_what_cannot_be_expressed_is_refused(event: KeyEvent) -> None:
    with pytest.raises(RtpError):
        serialise_key_event(event)


def test_a_key_press_is_reported_once_whatever_is_lost_or_repeated() -> None:
    payloads = key_press("5", frames=5, frame_samples=160)
    assert len(payloads) == 8
    events = [parse_key_event(payload) for payload in payloads]
    assert [event.duration_samples for event in events] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [event.end for event in events] == [False] * 5 + [True] * 3
    for first in range(len(payloads)):
        receiver = KeyReceiver()
        keys = [receiver.receive(payload, 1000) for payload in payloads[first:]]
        assert [key for key in keys if key] == ["5"]
        assert receiver.receive(payloads[0], 5000) == "5", "the same key again is another press"
