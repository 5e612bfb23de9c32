"""The ARI and FastAGI adapters against a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import cycle

import pytest

from tests.acceptance.engine_hands import Hands, hands_of
from tests.acceptance.fault_hands import until
from tests.acceptance.plain_calls import LIMIT_S, Citizen, citizen_of
from tests.acceptance.wire import wire_to
from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    PlaybackFinished,
    StasisEnd,
)
from voicebot.adapters.asterisk.ari.http import AriHttp
from voicebot.adapters.asterisk.ari.resync import AdoptCall, KnownCall
from voicebot.adapters.asterisk.ari.resynchroniser import DialplanTarget, Resynchroniser
from voicebot.adapters.asterisk.ari.stream import StreamConnected, StreamLost
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.errors import ChannelGone, DuplicateIdentifier, TelephonyError

CALLER = "01012345678"
DUTY = DialplanTarget(context="voicebot-duty", extension="s")
# Nobody listens there: these tests look at Asterisk, not at the audio.
NOWHERE = 9


@pytest.fixture
def endpoints(engine_asterisk: EmbeddedAsterisk) -> Endpoints:
    return engine_asterisk.endpoints


@pytest.fixture
async def citizen(citizen_asterisk: EmbeddedAsterisk) -> AsyncIterator[Citizen]:
    async with citizen_of(citizen_asterisk.endpoints) as calling:
        yield calling


@pytest.fixture
async def hands(endpoints: Endpoints, citizen: Citizen) -> AsyncIterator[Hands]:
    async with hands_of(endpoints) as engine:
        yield engine


class Media(asyncio.DatagramProtocol):
    """Counts what comes to the engine's media socket."""

    def __init__(self) -> None:
        self.packets: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.packets.put_nowait((data, addr))


async def test_asterisk_answers(hands: Hands) -> None:
    assert int((await hands.client.asterisk_version()).split(".")[0]) >= 20


async def test_a_wrong_password_is_told(endpoints: Endpoints) -> None:
    url = f"http://{endpoints.host}:{endpoints.ari_port}"
    async with AriClient(url, endpoints.ari_user, "wrong", endpoints.application) as client:
        with pytest.raises(TelephonyError, match="user and password"):
            await client.channels()
        with pytest.raises(TelephonyError, match="user and password"):
            await client.open_events(heartbeat_s=1.0)


async def test_no_id_is_used_twice(hands: Hands, citizen: Citizen) -> None:
    async def dial() -> None:
        await hands.client.originate(
            "attempt-1", f"PJSIP/{CALLER}@trunk", context="voicebot-answered", extension="care"
        )

    async def media() -> None:
        await hands.client.external_media(
            "vb-media-1", external_host=f"127.0.0.1:{NOWHERE}", media_format="alaw"
        )

    async def bridge() -> None:
        await hands.client.create_bridge("vb-bridge-1")

    for create in (dial, media, bridge):
        await create()
        with pytest.raises(DuplicateIdentifier):
            await create()


async def test_no_change_of_a_telephone_meets_the_end_of_a_link(endpoints: Endpoints) -> None:
    """With ``res_stasis_device_state.so`` ARI hung here for good after a few links."""
    access = (f"http://{endpoints.host}:{endpoints.ari_port}", endpoints.ari_user, endpoints.ari_password)
    http = AriHttp(*access)

    async def change(states: Iterable[str]) -> None:
        for state in states:
            body = {"variable": "DEVICE_STATE(Custom:telephone)", "value": state}
            await http.request("POST", "asterisk", "variable", body=body)

    async with AriClient(*access, "telephone") as client:
        assert not await client.has_module("res_stasis_device_state.so")
        changing = [asyncio.create_task(change(cycle(("INUSE", "NOT_INUSE")))) for _ in range(2)]
        for _ in range(150):
            link = await client.open_events(heartbeat_s=2.0)
            await change(("RINGING", "BUSY") * 5)
            await link.close()
        assert not any(task.done() for task in changing)
        for task in changing:
            task.cancel()
        await asyncio.wait(changing)
    await http.close()


async def test_an_attempt_tells_why_it_failed(hands: Hands, citizen: Citizen) -> None:
    await hands.client.originate(
        "attempt-busy", f"PJSIP/{CALLER}@trunk", context="voicebot-answered", extension="care"
    )
    ringing = await citizen.rung()
    await citizen.session.delete(f"{citizen.base}/channels/{ringing}", params={"reason": "busy"})
    ended = await hands.event(ChannelDestroyed)
    assert (ended.channel.id, ended.cause, ended.technical_cause) == ("attempt-busy", 17, 486)


@pytest.mark.parametrize(("media_format", "payload_type", "size"), [("slin16", 118, 652), ("alaw", 8, 172)])
async def test_a_call_is_routed_taken_and_heard(
    hands: Hands, citizen: Citizen, media_format: str, payload_type: int, size: int
) -> None:
    loop = asyncio.get_running_loop()
    transport, media = await loop.create_datagram_endpoint(Media, local_addr=("127.0.0.1", 0))
    calling = await citizen.dial("1000", CALLER)
    channel_id = await hands.citizen_arrives()
    request = hands.router.asked[0]
    assert (request.script, request.arguments, request.caller_number) == ("route", (CALLER, "1000"), CALLER)
    assert request.channel_id == channel_id
    leg = await hands.take(channel_id, transport.get_extra_info("sockname")[1], media_format)
    mouth = await citizen.listen(calling)
    talking = asyncio.create_task(mouth.talk())
    async with asyncio.timeout(LIMIT_S):
        packet, source = await media.packets.get()
    talking.cancel()
    transport.close()
    assert source == (leg.host, leg.port)
    assert (packet[1] & 0x7F, len(packet)) == (payload_type, size)

    bridge_id = naming.bridge_id(channel_id)
    await hands.client.remove_from_bridge(bridge_id, leg.channel.id)
    assert await hands.client.hang_up(leg.channel.id)
    async with asyncio.timeout(LIMIT_S):
        while await hands.client.hang_up(leg.channel.id):
            pass  # until Asterisk has taken it down, there is something to hang up
    assert await hands.client.destroy_bridge(bridge_id)
    assert await hands.application_of(channel_id) == "Stasis"


@pytest.mark.real_time
async def test_keys_sounds_and_the_way_back_into_the_dialplan(hands: Hands, citizen: Citizen) -> None:
    calling = await citizen.dial("1000", CALLER)
    channel_id = await hands.citizen_arrives()
    client = hands.client
    await client.ring(channel_id)
    await client.stop_ringing(channel_id)
    await client.answer(channel_id)
    await citizen.arrived(calling)
    await citizen.post(f"/channels/{calling}/dtmf", dtmf="5")
    assert (await hands.event(ChannelDtmfReceived)).digit == "5"
    await client.start_music(channel_id)
    await client.stop_music(channel_id)
    await client.play(channel_id, "playback-1", "tone:ring")
    assert await client.stop_playback("playback-1")
    assert (await hands.event(PlaybackFinished)).playback.id == "playback-1"
    await client.send_digits(channel_id, "1")
    await client.set_variable(channel_id, "VB_NOTE", '따옴표 " 와 ${EXTEN}')
    assert await client.variable(channel_id, "VB_NOTE") == '따옴표 " 와 ${EXTEN}'

    await client.continue_in_dialplan(channel_id, context=DUTY.context, extension=DUTY.extension)
    assert (await hands.event(StasisEnd)).channel.id == channel_id
    with pytest.raises(ChannelGone):
        await client.answer(channel_id)
    # Left to itself, the call stays with the duty room: its dead man's switch is off.
    assert float(await _timeout_of(hands, channel_id)) == 0.0


async def _timeout_of(hands: Hands, channel_id: str) -> str:
    """What is left of a channel's TIMEOUT(absolute); ARI tells it of any channel."""
    for _ in range(100):
        left = await hands.client.variable(channel_id, "TIMEOUT(absolute)")
        if float(left) == 0.0:
            break
        await asyncio.sleep(0.01)
    return left


async def test_a_cut_link_loses_no_call(endpoints: Endpoints, citizen: Citizen) -> None:
    async with wire_to(endpoints.ari_port) as wire, hands_of(endpoints, ari_port=wire.port) as hands:
        kept, lost, gone = [await _taken(hands, citizen) for _ in range(3)]
        wire.cut()
        await citizen.session.delete(f"{citizen.base}/channels/{gone[1]}")
        assert isinstance(await hands.event(StreamLost), StreamLost)
        assert not (await hands.event(StreamConnected)).first
        known = [KnownCall(call_id=name, citizen_channel_id=name) for name in (kept[0], gone[0])]
        resynchroniser = Resynchroniser(hands.client, lambda: known, DUTY)
        report = await resynchroniser.run()
        assert report.adopted == (AdoptCall(call_id=kept[0], media_found=True, bridge_found=True),)
        assert report.closed == (gone[0],)
        # The call that this process does not know: citizen to the queue, its leg and its bridge away; and the
        # leg and the bridge of the citizen who hung up.
        assert (report.released, report.hung_up, report.destroyed, report.failed) == (1, 2, 2, 0)
        # The citizen moves on, and a bridge is listed until it is taken down, a moment after the answer.
        await until(lambda: _in_queue(hands, lost[0]), "the citizen whom nobody knows is in the queue")
        await until(lambda: _only_one_bridge(hands), "the bridges of no use are gone")
        assert await _our_bridges(hands) == [naming.bridge_id(kept[0])]
        known.pop()
        assert (await resynchroniser.run()) == type(report)(adopted=report.adopted)


async def _in_queue(hands: Hands, channel_id: str) -> bool:
    return await hands.application_of(channel_id) == "Queue"


async def _only_one_bridge(hands: Hands) -> bool:
    return len(await _our_bridges(hands)) == 1


async def _our_bridges(hands: Hands) -> list[str]:
    return [bridge.id for bridge in await hands.client.bridges() if bridge.id.startswith("vb-")]


async def _taken(hands: Hands, citizen: Citizen) -> tuple[str, str]:
    """A call that is bridged with a media leg: its channel's id here, and at the citizen's."""
    calling = await citizen.dial("1000", CALLER)
    channel_id = await hands.citizen_arrives()
    await hands.take(channel_id, NOWHERE)
    await hands.client.set_variable(channel_id, "TIMEOUT(absolute)", "0")
    return channel_id, calling


@pytest.mark.real_time
async def test_a_link_that_was_cut_without_a_word_is_noticed(endpoints: Endpoints) -> None:
    async with (
        wire_to(endpoints.ari_port) as wire,
        hands_of(endpoints, ari_port=wire.port, heartbeat_s=0.5) as hands,
    ):
        with pytest.raises(TimeoutError):
            await hands.event(StreamLost, limit_s=2.5)  # over two roll calls
        wire.intact.clear()
        assert "ping" in (await hands.event(StreamLost)).reason
        wire.intact.set()
        await hands.event(StreamConnected)


@pytest.mark.real_time
async def test_the_dead_mans_switch_holds_and_falls(hands: Hands, citizen: Citizen) -> None:
    await citizen.dial("1000", CALLER)
    channel_id = await hands.citizen_arrives()
    await hands.take(channel_id, NOWHERE)
    switch = DeadManSwitch(hands.client, period_s=0.4, timeout_s=1.2)
    await switch.arm(channel_id)
    running = asyncio.create_task(switch.run())
    with pytest.raises(TimeoutError):
        await hands.event(StasisEnd, limit_s=2.5)
    running.cancel()
    await asyncio.wait({running})
    assert (await hands.event(StasisEnd)).channel.id == channel_id
    assert switch.failures == 0


async def test_a_disarmed_switch_does_not_fall(hands: Hands, citizen: Citizen) -> None:
    await citizen.dial("1000", CALLER)
    channel_id = await hands.citizen_arrives()
    await hands.take(channel_id, NOWHERE)
    switch = DeadManSwitch(hands.client, timeout_s=1.0)
    await switch.arm(channel_id)
    await switch.disarm(channel_id)
    with pytest.raises(TimeoutError):
        await hands.event(StasisEnd, limit_s=1.5)
