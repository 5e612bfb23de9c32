"""The AMI adapter against a real Asterisk, with the rights that the shipped manager.conf gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from tests.acceptance.engine_hands import hands_of
from tests.acceptance.plain_calls import LIMIT_S, Citizen, citizen_of
from tests.acceptance.wire import wire_to
from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.ami.events import (
    AmiConnected,
    AmiEvent,
    AmiLost,
    DialplanReported,
    QueueCallerAbandoned,
    QueueCallerJoined,
    QueueCallerLeft,
)
from voicebot.adapters.asterisk.ami.fields import DeviceState
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.errors import ChannelGone, TelephonyError

CALLER = "01012345678"
E = TypeVar("E", bound=object)


class Watcher:
    """Keeps the events of a client for the test to take one by one."""

    def __init__(self, client: AmiClient) -> None:
        self.events: asyncio.Queue[AmiEvent] = asyncio.Queue()
        client.subscribe(self.events.put_nowait)

    async def event(self, kind: type[E], matches: Callable[[E], bool] = lambda event: True) -> E:
        """The next event of a kind; those before it are passed over."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                event = await self.events.get()
                if isinstance(event, kind) and matches(event):
                    return event


@pytest.fixture
def endpoints(engine_asterisk: EmbeddedAsterisk) -> Endpoints:
    return engine_asterisk.endpoints


@pytest.fixture
async def citizen(citizen_asterisk: EmbeddedAsterisk) -> AsyncIterator[Citizen]:
    async with citizen_of(citizen_asterisk.endpoints) as calling:
        yield calling


def client_of(endpoints: Endpoints, port: int | None = None) -> AmiClient:
    return AmiClient(
        endpoints.host,
        port or endpoints.ami_port,
        endpoints.ami_user,
        endpoints.ami_password,
        ping_interval_s=0.5,
    )


@pytest.fixture
async def ami(endpoints: Endpoints) -> AsyncIterator[AmiClient]:
    async with client_of(endpoints) as client:
        yield client


async def test_asterisk_tells_its_state(ami: AmiClient) -> None:
    status = await ami.core_status()
    assert int(status.version.split(".")[0]) >= 20
    assert await ami.endpoint_state("trunk") in (DeviceState.NOT_IN_USE, DeviceState.UNKNOWN)
    assert await ami.registrations() == ()
    with pytest.raises(TelephonyError, match=r"add it to queues\.conf"):
        await ami.queue_status("nowhere")


async def test_a_wrong_secret_is_told(endpoints: Endpoints) -> None:
    client = AmiClient(endpoints.host, endpoints.ami_port, endpoints.ami_user, "wrong")
    with pytest.raises(TelephonyError, match="Authentication failed"):
        await client.connect()


async def test_a_caller_is_seen_waiting_and_leaving(ami: AmiClient, citizen: Citizen) -> None:
    watcher = Watcher(ami)
    # Nobody answers the dialplan's question here, so that it takes its default.
    calling = await citizen.dial("1000", CALLER)
    joined = await watcher.event(QueueCallerJoined)
    assert (joined.queue, joined.waiting, joined.caller_number) == ("duty", 1, CALLER)
    status = await ami.queue_status("duty")
    assert [(caller.channel_id, caller.position) for caller in status.callers] == [(joined.channel_id, 1)]
    assert [member.interface for member in status.members] == ["PJSIP/staff-1"]
    await citizen.session.delete(f"{citizen.base}/channels/{calling}")
    assert (await watcher.event(QueueCallerAbandoned)).channel_id == joined.channel_id
    assert (await watcher.event(QueueCallerLeft)).waiting == 0
    assert (await ami.queue_status("duty")).callers == ()
    report = await watcher.event(DialplanReported, lambda event: event.name == "VoicebotHangup")
    assert (report.channel_id, report.fields["called"]) == (joined.channel_id, "1000")


async def test_a_call_that_nobody_looks_after_is_redirected_to_the_queue(
    endpoints: Endpoints, ami: AmiClient, citizen: Citizen
) -> None:
    async with hands_of(endpoints) as hands:
        watcher = Watcher(ami)
        await citizen.dial("1000", CALLER)
        channel_id = await hands.citizen_arrives()
        name = (await hands.client.channel(channel_id)).name
        await ami.redirect(name, context="voicebot-duty", extension="s")
        assert (await watcher.event(QueueCallerJoined)).channel_id == channel_id
        with pytest.raises(ChannelGone):
            await ami.redirect("PJSIP/nobody-00000000", context="voicebot-duty", extension="s")


@pytest.mark.parametrize("aloud", [True, False], ids=["closed", "silent"])
async def test_a_cut_link_is_made_again(endpoints: Endpoints, aloud: bool) -> None:
    async with wire_to(endpoints.ami_port) as wire, client_of(endpoints, wire.port) as client:
        watcher = Watcher(client)
        if aloud:
            wire.cut()
        else:
            wire.intact.clear()
        assert "ping" in (await watcher.event(AmiLost)).reason or aloud
        wire.intact.set()
        await watcher.event(AmiConnected)
        assert (await client.core_status()).version
