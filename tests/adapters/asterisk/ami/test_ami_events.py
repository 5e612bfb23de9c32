from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from panoramisk import Message

from voicebot.adapters.asterisk.ami import events
from voicebot.adapters.asterisk.ami.events import WANTED, read_event
from voicebot.adapters.asterisk.ami.fields import DeviceState, Fields, member_state, named_state
from voicebot.adapters.asterisk.ami.protocol import GuardedProtocol
from voicebot.errors import TelephonyError

CALLER = {
    "queue": "duty",
    "channel": "PJSIP/trunk-1",
    "uniqueid": "1.1",
    "position": "2",
    "count": "3",
    "calleridnum": "<unknown>",
    "holdtime": "12",
}
MEMBER = {"queue": "duty", "membername": "당직실", "interface": "PJSIP/s-1", "status": "6", "paused": "1"}


def read(name: str, fields: Fields) -> events.AmiEvent | None:
    return read_event({"event": name, **fields})


def test_what_the_events_tell() -> None:
    assert read("QueueCallerJoin", CALLER) == events.QueueCallerJoined(
        queue="duty", channel_name="PJSIP/trunk-1", channel_id="1.1", position=2, waiting=3, caller_number=""
    )
    assert read("QueueCallerLeave", CALLER) == events.QueueCallerLeft(
        queue="duty", channel_name="PJSIP/trunk-1", channel_id="1.1", position=2, waiting=3
    )
    assert read("QueueCallerAbandon", CALLER) == events.QueueCallerAbandoned(
        queue="duty", channel_id="1.1", position=2, waited_s=12
    )
    assert read("AgentConnect", {**CALLER, "membername": "당직실"}) == events.AgentConnected(
        queue="duty", channel_id="1.1", member_name="당직실", waited_s=12
    )
    assert read("QueueMemberStatus", MEMBER) == events.QueueMemberStatusChanged(
        queue="duty", member_name="당직실", interface="PJSIP/s-1", state=DeviceState.RINGING, paused=True
    )
    contact = {"uri": "sip:x", "contactstatus": "Unreachable", "aor": "trunk", "endpointname": "trunk"}
    assert read("ContactStatus", contact) == events.ContactStatusChanged(
        endpoint="trunk", address_of_record="trunk", uri="sip:x", status="Unreachable"
    )
    registry = {"username": "u", "domain": "d", "status": "Rejected", "cause": "403"}
    assert read("Registry", registry) == events.RegistrationChanged(
        user="u", domain="d", status="Rejected", cause="403"
    )
    assert read("Newchannel", CALLER) is None


def test_states_come_as_numbers_and_as_words() -> None:
    assert [member_state({"status": str(index)}) for index in (0, 1, 5, 8)] == [
        DeviceState.UNKNOWN,
        DeviceState.NOT_IN_USE,
        DeviceState.UNAVAILABLE,
        DeviceState.ON_HOLD,
    ]
    assert member_state({"status": "99"}) is DeviceState.UNKNOWN
    assert named_state({"state": "RINGINUSE"}) is DeviceState.RINGING_IN_USE
    assert named_state({"state": "new"}) is DeviceState.UNKNOWN


@pytest.mark.parametrize("value", ["", "-1", "1.5", "२", "9" * 19, "x"])
def test_only_numbers_are_numbers(value: str) -> None:
    with pytest.raises(TelephonyError, match="'position' is"):
        read("QueueCallerJoin", {**CALLER, "position": value})


@given(
    st.sampled_from(sorted(WANTED)),
    st.dictionaries(st.sampled_from(sorted({*CALLER, *MEMBER, "device", "state", "userevent"})), st.text()),
)
def test_any_headers_are_read_or_refused(name: str, fields: dict[str, str]) -> None:
    try:
        assert read(name, fields) is not None
    except TelephonyError as error:
        assert str(error).startswith("AMI ")


class Manager:
    """What the protocol tells its manager."""

    def __init__(self) -> None:
        self.events: list[Message] = []

    def dispatch(self, event: Message) -> None:
        self.events.append(event)


PIECES = st.lists(
    st.sampled_from(
        [
            b"Event: DeviceStateChange\r\n",
            b"Event: Other\r\n",
            b"Response: Success\r\n",
            b"Response: Follows\r\n",
            b"ActionID: 1\r\n",
            b"A: \r\n",
            b"\r\n",
            b": ",
            b"\r",
            b"\n",
            b"\0",
            "한".encode(),
            b"\xed\x95",
        ]
    ),
    max_size=30,
)


@given(PIECES | st.lists(st.binary(max_size=30), max_size=10))
def test_any_bytes_leave_the_reader_working(pieces: list[bytes]) -> None:
    protocol = GuardedProtocol(WANTED)
    protocol.connection_made(None)
    protocol.factory = manager = Manager()
    for piece in pieces:
        protocol.data_received(piece)
    protocol.data_received(b"\r\n\r\n\r\n\r\nEvent: DeviceStateChange\r\nDevice: a\r\nState: BUSY\r\n\r\n")
    assert manager.events[-1].device == "a"
