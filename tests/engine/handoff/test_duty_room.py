"""Who is on duty, as AMI tells it."""

from __future__ import annotations

from typing import cast

import pytest

from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.ami.fields import DeviceState
from voicebot.adapters.asterisk.ami.models import QueueMember, QueueStatus
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.engine.handoff.duty_room import AmiDutyRoom
from voicebot.engine.handoff.policy import Member, Presence
from voicebot.errors import AsteriskUnavailable


class _Ami:
    """AMI with one queue; it may be away."""

    def __init__(self, *members: QueueMember, refusals: int = 0) -> None:
        self._members = members
        self._refusals = refusals
        self.connected = False

    async def connect(self) -> None:
        if self._refusals:
            self._refusals -= 1
            raise AsteriskUnavailable("AMI 127.0.0.1:5038: no login within 5 s")
        self.connected = True

    async def close(self) -> None:
        self.connected = False

    async def queue_status(self, queue: str) -> QueueStatus:
        assert queue == "duty"
        return QueueStatus(queue=queue, members=self._members, callers=())


def _member(name: str, state: DeviceState, *, paused: bool = False, last_call_s: int = 0) -> QueueMember:
    return QueueMember(
        name=name, interface=name, state=state, paused=paused, penalty=1, last_call_s=last_call_s
    )


def _room(ami: _Ami, *engaged: str) -> AmiDutyRoom:
    return AmiDutyRoom(cast(AmiClient, ami), "duty", engaged=lambda: engaged, wall_clock=lambda: 500.0)


@pytest.mark.parametrize(
    ("state", "paused", "engaged", "presence"),
    [
        (DeviceState.NOT_IN_USE, False, False, Presence.FREE),
        (DeviceState.UNKNOWN, False, False, Presence.FREE),
        (DeviceState.NOT_IN_USE, False, True, Presence.BUSY),
        (DeviceState.IN_USE, False, False, Presence.BUSY),
        (DeviceState.RINGING, False, False, Presence.BUSY),
        (DeviceState.NOT_IN_USE, True, False, Presence.AWAY),
        (DeviceState.UNAVAILABLE, False, False, Presence.AWAY),
        (DeviceState.INVALID, False, False, Presence.AWAY),
    ],
)
async def test_presence(state: DeviceState, paused: bool, engaged: bool, presence: Presence) -> None:
    room = _room(_Ami(_member("a", state, paused=paused)), *(["a"] if engaged else []))
    assert await room.members() == (Member(interface="a", presence=presence, penalty=1),)


async def test_who_took_a_call_of_ours_comes_later() -> None:
    room = _room(_Ami(_member("a", DeviceState.NOT_IN_USE, last_call_s=400)))
    assert (await room.members())[0].last_call_s == 400.0
    room.took_call("a")
    assert (await room.members())[0].last_call_s == 500.0


async def test_ami_is_waited_for_without_end() -> None:
    ami = _Ami(refusals=3)
    room = _room(ami)
    await room.keep_connected(Backoff(lambda: 0.0, first_s=0.0))
    assert ami.connected
    await room.close()
    assert not ami.connected
