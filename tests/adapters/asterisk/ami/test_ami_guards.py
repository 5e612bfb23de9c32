"""Each guard around panoramisk, against a fake Asterisk that shows the fault."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.adapters.asterisk.ami.conftest import client_of
from tests.adapters.asterisk.ami.fake_ami import LIMIT_S, FakeAmi, message
from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.ami.connection import AmiConnection
from voicebot.adapters.asterisk.ami.events import AmiConnected, AmiEvent, AmiLost, DeviceStateChanged
from voicebot.adapters.asterisk.ami.fields import DeviceState
from voicebot.errors import AsteriskUnavailable, TelephonyError

BUSY = message("Event: DeviceStateChange", "Privilege: call,all", "Device: PJSIP/당직", "State: BUSY")
BUSY_READ = DeviceStateChanged(device="PJSIP/당직", state=DeviceState.BUSY)


class Listener:
    """Keeps what a client tells, for the test to take one by one."""

    def __init__(self, client: AmiConnection) -> None:
        self.queue: asyncio.Queue[AmiEvent] = asyncio.Queue()
        self.end = client.subscribe(self.queue.put_nowait)

    async def next(self) -> AmiEvent:
        async with asyncio.timeout(LIMIT_S):
            return await self.queue.get()


class ClosedTransport:
    """A connection that Asterisk ended while the loop was busy elsewhere."""

    def is_closing(self) -> bool:
        return True


@pytest.mark.parametrize("action", ["Originate", "Redirect", "QueueStatus"])
async def test_an_action_is_never_sent_twice(fake: FakeAmi, client: AmiClient, action: str) -> None:
    fake.silent = True
    listener = Listener(client)
    asking = asyncio.create_task(client._ask(action, Channel="PJSIP/1"))
    await fake.until(actions=1)
    fake.silent = False
    fake.drop()
    with pytest.raises(AsteriskUnavailable, match="lost before the answer"):
        await asking
    assert isinstance(await listener.next(), AmiLost)
    assert isinstance(await listener.next(), AmiConnected)
    # What panoramisk sends again goes out when Asterisk says that it has booted.
    fake.emit(message("Event: FullyBooted", "Status: Fully Booted"))
    fake.emit(BUSY)
    assert await listener.next() == BUSY_READ
    assert (await client._ask("CoreStatus"))[0]["response"] == "Success"
    assert [asked["action"] for asked in fake.actions] == [action, "CoreStatus"]


@pytest.mark.parametrize("cut", range(1, len(BUSY) - 1))
async def test_korean_survives_being_cut_anywhere(fake: FakeAmi, client: AmiClient, cut: int) -> None:
    listener = Listener(client)
    fake.emit(BUSY[:cut])
    await fake.writers[-1].drain()
    # One round trip lets the first half arrive on its own.
    fake.answers["coresettings"] = []
    asking = asyncio.create_task(client._ask("CoreSettings"))
    await fake.until(actions=1)
    fake.emit(BUSY[cut:])
    assert await listener.next() == BUSY_READ
    asking.cancel()


async def test_a_broken_character_does_not_take_its_neighbours(fake: FakeAmi, client: AmiClient) -> None:
    listener = Listener(client)
    fake.emit(BUSY.replace("당".encode(), b"\xff"))
    assert await listener.next() == DeviceStateChanged(device="PJSIP/\ufffd직", state=DeviceState.BUSY)


async def test_a_failing_subscriber_harms_neither_the_connection_nor_the_others(
    fake: FakeAmi, client: AmiClient, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: AmiEvent) -> None:
        raise RuntimeError("broken subscriber")

    client.subscribe(broken)
    listener = Listener(client)
    for _ in range(2):
        fake.emit(BUSY)
        assert await listener.next() == BUSY_READ
    assert fake.logins == 1
    assert [record.message for record in caplog.records] == ["a subscriber of AMI events failed"] * 2


async def test_a_message_that_panoramisk_cannot_digest_is_left_out(fake: FakeAmi, client: AmiClient) -> None:
    listener = Listener(client)
    fake.answers["corestatus"] = [("Response: Success", "Message: one", "Message: two")]
    asking = asyncio.create_task(client._ask("CoreStatus"))
    await fake.until(actions=1)
    fake.emit(message("Event: DeviceStateChange", "Event: DeviceStateChange") + BUSY)
    assert await listener.next() == BUSY_READ
    assert fake.logins == 1
    asking.cancel()


@pytest.mark.parametrize("bad", ["x\r\nAction: Originate", "x\ny", "x\ry", "x\0y", "\ud800"])
async def test_no_value_becomes_a_header_or_an_action(fake: FakeAmi, client: AmiClient, bad: str) -> None:
    with pytest.raises(TelephonyError, match="AMI header"):
        await client.redirect(bad, context="duty", extension="s")
    with pytest.raises(TelephonyError, match="AMI header"):
        await client.redirect("PJSIP/1", context=bad, extension="s")
    assert fake.actions == []
    assert b"Originate" not in fake.raw


async def test_a_link_that_was_cut_without_a_word_is_noticed(fake: FakeAmi) -> None:
    async with client_of(fake, ping_interval_s=0.05) as client:
        listener = Listener(client)
        await fake.until(pings=2)
        fake.silent = True
        assert await listener.next() == AmiLost(reason="no answer to a ping")
        assert not client.ready
        fake.silent = False
        assert await listener.next() == AmiConnected()
        assert client.ready


async def test_a_connection_that_ends_before_the_login_is_tried_again(fake: FakeAmi) -> None:
    fake.close_at_once = True
    client = client_of(fake)
    connecting = asyncio.create_task(client.connect())
    while len(fake.writers) < 3:  # noqa: ASYNC110 - a connection that is refused tells nobody
        await asyncio.sleep(0.005)
    fake.close_at_once = False
    await connecting
    assert client.ready
    await client.close()


async def test_a_connection_that_ended_before_the_manager_heard_of_it_is_tried_again(
    fake: FakeAmi, client: AmiClient
) -> None:
    manager = client._manager
    assert manager is not None

    async def already_closed() -> tuple[ClosedTransport, None]:
        return ClosedTransport(), None

    listener = Listener(client)
    attempt = asyncio.create_task(already_closed())
    attempt.add_done_callback(manager.connection_made)
    lost = await listener.next()
    assert isinstance(lost, AmiLost)
    assert "closed before the login" in lost.reason
    assert await listener.next() == AmiConnected()
    assert fake.logins == 2


async def test_a_closed_client_does_not_come_back(fake: FakeAmi) -> None:
    client = client_of(fake)
    await client.connect()
    listener = Listener(client)
    fake.drop()
    assert isinstance(await listener.next(), AmiLost)
    await client.close()
    # Longer than several of its delays.
    await asyncio.sleep(0.1)
    assert fake.logins == 1
    assert listener.queue.empty()


async def test_callers_numbers_stay_out_of_the_log(
    fake: FakeAmi, client: AmiClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listener = Listener(client)
    fake.emit(message("Event: UserEvent", "UserEvent: VoicebotRescue", "Caller: 0311234567"))
    await listener.next()
    fake.drop()
    await listener.next()
    assert "0311234567" not in caplog.text
    assert "geheim" not in caplog.text


async def test_a_flood_without_an_end_is_cut(fake: FakeAmi, client: AmiClient) -> None:
    listener = Listener(client)
    fake.emit(b"x" * ((1 << 20) + 1))
    assert isinstance(await listener.next(), AmiLost)
    assert await listener.next() == AmiConnected()
