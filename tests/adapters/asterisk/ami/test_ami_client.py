from __future__ import annotations

import asyncio

import pytest

from tests.adapters.asterisk.ami.conftest import client_of
from tests.adapters.asterisk.ami.fake_ami import FakeAmi, message
from tests.adapters.asterisk.ami.test_ami_guards import Listener
from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.ami.events import AmiLost, DialplanReported
from voicebot.adapters.asterisk.ami.fields import DeviceState
from voicebot.adapters.asterisk.ami.models import CoreStatus, QueueCaller, QueueMember, Registration
from voicebot.errors import AsteriskUnavailable, ChannelGone, TelephonyError

LIST = ("Response: Success", "EventList: start", "Message: will follow")
# As Asterisk 22.10.1 sent it.
QUEUE = [
    LIST,
    ("Event: QueueParams", "Queue: duty", "Max: 0", "Strategy: ringall", "Calls: 1"),
    (
        "Event: QueueMember",
        "Queue: duty",
        "Name: 당직실",
        "Location: PJSIP/staff-1",
        "Penalty: 2",
        "CallsTaken: 1",
        "LastCall: 1795308300",
        "InCall: 0",
        "Status: 1",
        "Paused: 0",
        "PausedReason: ",
    ),
    ("Event: QueueMember", "Queue: duty", "Name: 둘째", "Location: PJSIP/staff-2", "Status: 5", "Paused: 0"),
    ("Event: QueueMember", "Queue: duty", "Name: 셋째", "Location: PJSIP/staff-3", "Status: 1", "Paused: 1"),
    (
        "Event: QueueEntry",
        "Queue: duty",
        "Position: 1",
        "Channel: PJSIP/trunk-00000006",
        "Uniqueid: 1795308402.16",
        "CallerIDNum: unknown",
        "Wait: 7",
        "Priority: 0",
    ),
    ("Event: QueueStatusComplete", "EventList: Complete", "ListItems: 5"),
]


async def test_a_queue_tells_its_members_and_callers(fake: FakeAmi, client: AmiClient) -> None:
    fake.answers["queuestatus"] = QUEUE
    status = await client.queue_status("duty")
    assert status.members[0] == QueueMember(
        name="당직실",
        interface="PJSIP/staff-1",
        state=DeviceState.NOT_IN_USE,
        paused=False,
        penalty=2,
        last_call_s=1795308300,
    )
    assert (status.members[1].penalty, status.members[1].last_call_s) == (0, 0)
    assert [member.name for member in status.free_members] == ["당직실"]
    assert status.callers == (
        QueueCaller(channel_name="PJSIP/trunk-00000006", channel_id="1795308402.16", position=1, waited_s=7),
    )


async def test_a_queue_that_is_not_there_is_told(fake: FakeAmi, client: AmiClient) -> None:
    fake.answers["queuestatus"] = [LIST, QUEUE[-1]]
    with pytest.raises(
        TelephonyError, match=r"'duty': Asterisk has none of this name; add it to queues\.conf"
    ):
        await client.queue_status("duty")


async def test_a_trunk_tells_its_state(fake: FakeAmi, client: AmiClient) -> None:
    fake.answers["devicestatelist"] = [
        LIST,
        ("Event: DeviceStateChange", "Device: Queue:duty", "State: RINGING"),
        ("Event: DeviceStateChange", "Device: PJSIP/trunk", "State: UNAVAILABLE"),
        ("Event: DeviceStateListComplete", "EventList: Complete", "ListItems: 2"),
    ]
    assert await client.endpoint_state("trunk") is DeviceState.UNAVAILABLE
    with pytest.raises(TelephonyError, match="'other': Asterisk knows none"):
        await client.endpoint_state("other")


async def test_registrations_and_core_status(fake: FakeAmi, client: AmiClient) -> None:
    fake.answers["pjsipshowregistrationsoutbound"] = [
        LIST,
        ("Event: OutboundRegistrationDetail", "ObjectName: trunk", "ServerUri: sip:a", "Status: Rejected"),
        ("Event: OutboundRegistrationDetailComplete", "EventList: Complete", "ListItems: 1"),
    ]
    fake.answers["coresettings"] = [("Response: Success", "AsteriskVersion: 22.10.1")]
    fake.answers["corestatus"] = [("Response: Success", "CoreCurrentCalls: 4", "CoreProcessedCalls: 10")]
    assert await client.registrations() == (
        Registration(name="trunk", server_uri="sip:a", status="Rejected"),
    )
    assert await client.core_status() == CoreStatus(version="22.10.1", current_calls=4, processed_calls=10)


async def test_a_call_is_redirected_or_gone(fake: FakeAmi, client: AmiClient) -> None:
    await client.redirect("PJSIP/trunk-1", context="voicebot-duty", extension="s")
    asked = fake.actions[0]
    assert (asked["channel"], asked["context"], asked["exten"], asked["priority"]) == (
        "PJSIP/trunk-1",
        "voicebot-duty",
        "s",
        "1",
    )
    fake.answers["redirect"] = [("Response: Error", "Message: Channel does not exist: PJSIP/trunk-1")]
    with pytest.raises(ChannelGone):
        await client.redirect("PJSIP/trunk-1", context="voicebot-duty", extension="s")
    fake.answers["redirect"] = [("Response: Error", "Message: Permission denied")]
    with pytest.raises(TelephonyError, match=r"write= in manager\.conf"):
        await client.redirect("PJSIP/trunk-1", context="voicebot-duty", extension="s")


async def test_a_wrong_number_in_an_answer_is_named(fake: FakeAmi, client: AmiClient) -> None:
    fake.answers["corestatus"] = [("Response: Success", "CoreCurrentCalls: x", "CoreProcessedCalls: 10")]
    fake.answers["coresettings"] = [("Response: Success", "AsteriskVersion: 22.10.1")]
    with pytest.raises(TelephonyError, match="'corecurrentcalls' is 'x'"):
        await client.core_status()


async def test_wrong_secrets_end_the_start(fake: FakeAmi) -> None:
    fake.refuse = True
    client = client_of(fake)
    with pytest.raises(TelephonyError, match="Authentication failed") as caught:
        await client.connect()
    assert "geheim" not in str(caught.value)
    assert not client.ready


async def test_an_absent_asterisk_is_unavailable() -> None:
    client = AmiClient("127.0.0.1", 1, "voicebot", "geheim")
    with pytest.raises(AsteriskUnavailable, match=r"manager\.conf is enabled on this port"):
        await client.connect(timeout_s=0.1)
    with pytest.raises(AsteriskUnavailable, match="not connected"):
        await client.queue_status("duty")


async def test_a_silent_asterisk_is_unavailable_and_leaves_nothing_behind(fake: FakeAmi) -> None:
    async with client_of(fake, answer_timeout_s=0.05) as client:
        fake.silent = True
        with pytest.raises(AsteriskUnavailable, match=r"no answer within 0\.05 s"):
            await client.queue_status("duty")
        assert client._manager is not None
        assert client._manager.protocol.responses == {}


async def test_many_questions_at_once_get_their_own_answers(fake: FakeAmi, client: AmiClient) -> None:
    fake.answers["queuestatus"] = QUEUE
    fake.answers["coresettings"] = [("Response: Success", "AsteriskVersion: 22.10.1")]
    fake.answers["corestatus"] = [("Response: Success", "CoreCurrentCalls: 4", "CoreProcessedCalls: 10")]
    answers = await asyncio.gather(
        *(client.queue_status("duty") for _ in range(20)), *(client.core_status() for _ in range(20))
    )
    assert len({type(answer) for answer in answers}) == 2


async def test_the_dialplan_reports(fake: FakeAmi, client: AmiClient) -> None:
    listener = Listener(client)
    fake.emit(message("Event: RTCPSent", "Channel: x") * 50)
    fake.emit(
        message(
            "Event: UserEvent", "Uniqueid: 1.1", "UserEvent: VoicebotRescue", "Uniqueid: 1.1", "Called: 1000"
        )
    )
    event = await listener.next()
    assert isinstance(event, DialplanReported)
    assert (event.name, event.channel_id, event.fields["called"]) == ("VoicebotRescue", "1.1", "1000")
    listener.end()
    fake.emit(message("Event: UserEvent", "UserEvent: VoicebotHangup"))
    await client._ask("CoreStatus")
    assert listener.queue.empty()


async def test_a_malformed_event_is_counted_and_no_more(fake: FakeAmi, client: AmiClient) -> None:
    listener = Listener(client)
    fake.emit(message("Event: QueueCallerJoin", "Queue: duty", "Position: one"))
    fake.emit(message("Event: UserEvent", "UserEvent: x"))
    assert isinstance(await listener.next(), DialplanReported)
    assert client.malformed == 1


async def test_asterisks_own_end_is_a_loss_and_it_is_found_again(fake: FakeAmi, client: AmiClient) -> None:
    listener = Listener(client)
    fake.emit(message("Event: Shutdown", "Shutdown: Cleanly", "Restart: True"))
    assert await listener.next() == AmiLost(reason="closed by Asterisk")
    await fake.until(logins=2)


async def test_connecting_twice_is_a_mistake(fake: FakeAmi, client: AmiClient) -> None:
    with pytest.raises(TelephonyError, match="close it first"):
        await client.connect()
