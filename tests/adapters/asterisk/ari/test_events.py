from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.asterisk.ari.samples import bridge_json, channel_json, event_json
from tests.adapters.asterisk.ari.test_models import JSON
from voicebot.adapters.asterisk.ari import events
from voicebot.adapters.asterisk.ari.events import EVENT_TYPES, read_event
from voicebot.errors import TelephonyError

PLAYBACK = {
    "id": "p1",
    "media_uri": "tone:ring",
    "target_uri": "channel:1",
    "language": "en",
    "state": "done",
}
SAMPLES: dict[str, dict[str, object]] = {
    "StasisStart": event_json("StasisStart", args=["duty", "x"]),
    "StasisEnd": event_json("StasisEnd"),
    "ChannelDtmfReceived": event_json("ChannelDtmfReceived", digit="#", duration_ms=120),
    "ChannelDestroyed": event_json("ChannelDestroyed", cause=17, cause_txt="User busy", tech_cause=486),
    "ChannelStateChange": event_json("ChannelStateChange"),
    "ChannelHangupRequest": event_json("ChannelHangupRequest", cause=16),
    "ChannelLeftBridge": event_json("ChannelLeftBridge", bridge=bridge_json()),
    "PlaybackFinished": {"type": "PlaybackFinished", "application": "voicebot", "playback": PLAYBACK},
    "Dial": event_json("Dial", peer=channel_json("attempt-1"), dialstatus="BUSY"),
    "ApplicationReplaced": {"type": "ApplicationReplaced", "application": "voicebot"},
    "ChannelUserevent": {"type": "ChannelUserevent", "eventname": "hello", "userevent": {}},
}


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_kind_is_read_into_its_own_type(kind: str) -> None:
    assert type(read_event(json.dumps(SAMPLES[kind]))) is getattr(events, kind)


def test_what_the_events_tell() -> None:
    start = read_event(json.dumps(SAMPLES["StasisStart"]))
    assert isinstance(start, events.StasisStart)
    assert (start.arguments, start.channel.caller_number) == (("duty", "x"), "0311234567")
    destroyed = read_event(json.dumps(SAMPLES["ChannelDestroyed"]).encode())
    assert isinstance(destroyed, events.ChannelDestroyed)
    assert (destroyed.cause, destroyed.cause_text, destroyed.technical_cause) == (17, "User busy", 486)
    hangup = read_event(json.dumps(SAMPLES["ChannelHangupRequest"]))
    assert isinstance(hangup, events.ChannelHangupRequest)
    assert hangup.technical_cause is None


def test_kinds_that_we_do_not_use_are_left_out() -> None:
    assert read_event('{"type": "ChannelVarset", "variable": "X"}') is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"type": 3}',
        "{",
        b"\xff\xfe",
        "[" * 100_000,
        '{"type":"StasisStart","args":["a"]}',
    ],
)
def test_broken_messages_are_one_error(message: str | bytes) -> None:
    with pytest.raises(TelephonyError, match=r"^ARI "):
        read_event(message)


@pytest.mark.parametrize("digit", ["", "12", "x", "२", " "])
def test_only_telephone_keys_are_keys(digit: str) -> None:
    with pytest.raises(TelephonyError, match="not a telephone key"):
        read_event(json.dumps(event_json("ChannelDtmfReceived", digit=digit, duration_ms=1)))


@given(
    kind=st.sampled_from(EVENT_TYPES),
    name=st.sampled_from(sorted(event_json("x", args=[], cause=1))),
    value=JSON,
)
def test_a_spoilt_field_never_raises_anything_else(kind: str, name: str, value: object) -> None:
    try:
        read_event(json.dumps({**SAMPLES[kind], name: value}))
    except TelephonyError:
        pass


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    try:
        read_event(message)
    except TelephonyError:
        pass
