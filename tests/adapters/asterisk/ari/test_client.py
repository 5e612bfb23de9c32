from __future__ import annotations

import asyncio
import base64

import pytest

from tests.adapters.asterisk.ari.fake_ari import FakeAri
from tests.adapters.asterisk.ari.samples import bridge_json, channel_json
from voicebot.adapters.asterisk.ari.channels import HangupReason
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.errors import AsteriskUnavailable, ChannelGone, DuplicateIdentifier, TelephonyError

GONE = (404, {"message": "Channel not found"})
LEFT = (409, {"message": "Channel not in Stasis application"})
ENTERING = (422, {"message": "Channel not in Stasis application"})


async def test_requests_carry_the_password_in_a_header_and_values_in_the_body(
    fake: FakeAri, client: AriClient
) -> None:
    await client.set_variable("att/1;2", "TIMEOUT(absolute)", "4")
    asked = fake.asked[0]
    assert asked.path == "/channels/att%2F1%3B2/variable"
    assert asked.body == {"variable": "TIMEOUT(absolute)", "value": "4"}
    assert asked.query == {}
    assert asked.authorization == "Basic " + base64.b64encode(b"voicebot:geheim").decode()


async def test_one_connection_serves_many_requests(fake: FakeAri, client: AriClient) -> None:
    fake.answer("GET", "/asterisk/info", (200, {"system": {"version": "22.10.1"}}))
    for _ in range(3):
        assert await client.asterisk_version() == "22.10.1"
    assert fake.times("GET", "/asterisk/info") == 3


async def test_a_module_is_loaded_or_not(fake: FakeAri, client: AriClient) -> None:
    fake.answer("GET", "/asterisk/modules/res_stasis.so", (200, {"name": "res_stasis.so"}))
    fake.answer("GET", "/asterisk/modules/res_no.so", (404, {"message": "Module could not be found"}))
    assert await client.has_module("res_stasis.so")
    assert not await client.has_module("res_no.so")


async def test_originate_dials_into_the_dialplan_and_watches_the_attempt(
    fake: FakeAri, client: AriClient
) -> None:
    fake.answer("POST", "/channels/attempt-1", (200, channel_json("attempt-1")))
    channel = await client.originate(
        "attempt-1",
        "PJSIP/0311234567@trunk",
        context="answered",
        extension="care",
        variables={"이름": "홍길동"},
    )
    assert channel.id == "attempt-1"
    assert fake.asked[0].body == {
        "endpoint": "PJSIP/0311234567@trunk",
        "context": "answered",
        "extension": "care",
        "priority": 1,
        "callerId": "",
        "timeout": 30,
        "variables": {"이름": "홍길동"},
    }
    assert len(fake.asked) == 1


async def test_the_same_attempt_is_never_dialled_twice(fake: FakeAri, client: AriClient) -> None:
    fake.answer("POST", "/channels/attempt-1", (409, {"message": "already exists"}))
    with pytest.raises(DuplicateIdentifier, match="already exists"):
        await client.originate("attempt-1", "PJSIP/1@trunk", context="c", extension="s")
    with pytest.raises(DuplicateIdentifier):
        await client.dial_into_application("attempt-1", "PJSIP/1@trunk")


async def test_external_media_tells_its_address_and_a_duplicate_from_a_fault(
    fake: FakeAri, client: AriClient
) -> None:
    async def make() -> int:
        media = await client.external_media(
            "vb-media-1", external_host="127.0.0.1:40000", media_format="slin16"
        )
        return media.port

    variables = {"UNICASTRTP_LOCAL_PORT": "21232", "UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1"}
    fake.answer("POST", "/channels/externalMedia", (200, channel_json("vb-media-1", channelvars=variables)))
    assert await make() == 21232
    fake.answer("POST", "/channels/externalMedia", (500, {"message": "An internal error"}))
    fake.answer("GET", "/channels/vb-media-1", (200, channel_json("vb-media-1")))
    with pytest.raises(DuplicateIdentifier, match="there already"):
        await make()
    fake.answer("GET", "/channels/vb-media-1", GONE)
    with pytest.raises(TelephonyError, match="internal error") as caught:
        await make()
    assert type(caught.value) is TelephonyError


async def test_a_bridge_waits_for_a_leg_that_is_just_entering(fake: FakeAri, client: AriClient) -> None:
    fake.answer("POST", "/bridges/b/addChannel", ENTERING, ENTERING, (204, None))
    await client.add_to_bridge("b", "citizen", "vb-media-1")
    assert fake.times("POST", "/bridges/b/addChannel") == 3
    assert fake.asked[-1].body == {"channel": ["citizen", "vb-media-1"]}


@pytest.mark.parametrize("answer", [(400, {"message": "Channel not found"}), GONE])
async def test_a_bridge_does_not_wait_for_a_channel_that_is_gone(
    fake: FakeAri, client: AriClient, answer: tuple[int, object]
) -> None:
    fake.answer("POST", "/bridges/b/addChannel", answer)
    with pytest.raises(ChannelGone):
        await client.add_to_bridge("b", "citizen")
    assert fake.times("POST", "/bridges/b/addChannel") == 1


async def test_a_bridge_gives_up_on_a_leg_that_never_enters(fake: FakeAri, client: AriClient) -> None:
    fake.answer("POST", "/bridges/b/addChannel", ENTERING)
    with pytest.raises(ChannelGone, match="422"):
        await client.add_to_bridge("b", "citizen")


@pytest.mark.parametrize("answer", [GONE, LEFT])
async def test_a_channel_that_left_is_gone(
    fake: FakeAri, client: AriClient, answer: tuple[int, object]
) -> None:
    fake.answer("POST", "/channels/c/answer", answer)
    fake.answer("POST", "/channels/c/continue", answer)
    with pytest.raises(ChannelGone, match="has left our application"):
        await client.answer("c")
    with pytest.raises(ChannelGone):
        await client.continue_in_dialplan("c", context="duty", extension="s")


async def test_ending_what_has_ended_is_no_error(fake: FakeAri, client: AriClient) -> None:
    assert await client.hang_up("c", HangupReason.BUSY)
    assert fake.asked[0].query == {"reason": "busy"}
    for path in ("/channels/c", "/bridges/b", "/playbacks/p"):
        fake.answer("DELETE", path, GONE)
    assert not await client.hang_up("c")
    assert not await client.destroy_bridge("b")
    assert not await client.stop_playback("p")


async def test_the_small_calls_ask_what_they_say(fake: FakeAri, client: AriClient) -> None:
    playback = {"id": "p", "media_uri": "tone:ring", "target_uri": "channel:c", "state": "queued"}
    fake.answer("POST", "/channels/c/play/p", (201, playback))
    fake.answer("GET", "/channels/c/variable", (200, {"value": "duty"}))
    fake.answer("POST", "/bridges/vb-bridge-1", (200, bridge_json()))
    fake.answer("GET", "/bridges", (200, [bridge_json()]))
    fake.answer("GET", "/channels", (200, [channel_json()]))
    assert (await client.play("c", "p", "tone:ring")).state == "queued"
    assert await client.variable("c", "VB_ROUTE") == "duty"
    assert (await client.create_bridge("vb-bridge-1")).id == "vb-bridge-1"
    assert [item.id for item in await client.bridges()] == ["vb-bridge-1"]
    assert [item.id for item in await client.channels()] == ["1795307254.1"]
    await client.ring("c")
    await client.stop_ringing("c")
    await client.start_music("c")
    await client.stop_music("c")
    await client.send_digits("c", "12#")
    await client.remove_from_bridge("vb-bridge-1", "c")
    assert [f"{asked.method} {asked.path} {asked.query or asked.body}" for asked in fake.asked] == [
        "POST /channels/c/play/p {'media': 'tone:ring'}",
        "GET /channels/c/variable {'variable': 'VB_ROUTE'}",
        "POST /bridges/vb-bridge-1 {'type': 'mixing', 'name': 'voicebot'}",
        "GET /bridges None",
        "GET /channels None",
        "POST /channels/c/ring None",
        "DELETE /channels/c/ring None",
        "POST /channels/c/moh {'mohClass': 'default'}",
        "DELETE /channels/c/moh None",
        "POST /channels/c/dtmf {'dtmf': '12#'}",
        "POST /bridges/vb-bridge-1/removeChannel {'channel': 'c'}",
    ]


@pytest.mark.parametrize(
    ("status", "content", "kind", "sentence"),
    [
        (401, {"message": "Authentication required"}, TelephonyError, "user and password"),
        (503, None, AsteriskUnavailable, "sessionlimit"),
        (500, b"<html>", TelephonyError, "refused with 500; see Asterisk's log"),
        (302, None, TelephonyError, "refused with 302"),
        (200, b"<html>", TelephonyError, "not JSON"),
        (200, {"no": "list"}, TelephonyError, "not a JSON array"),
    ],
)
async def test_every_refusal_tells_what_to_do(
    fake: FakeAri, client: AriClient, status: int, content: object, kind: type[Exception], sentence: str
) -> None:
    fake.answer("GET", "/channels", (status, content))
    with pytest.raises(kind, match=sentence) as caught:
        await client.channels()
    assert type(caught.value) is kind


async def test_a_silent_asterisk_is_unavailable_after_the_deadline(fake: FakeAri) -> None:
    fake.hang.clear()
    async with AriClient(fake.url, "voicebot", "geheim", "voicebot", timeout_s=0.05) as client:
        with pytest.raises(AsteriskUnavailable, match=r"no answer within 0\.05 s"):
            await client.answer("c")


async def test_an_absent_asterisk_is_unavailable() -> None:
    async with AriClient("http://127.0.0.1:1", "voicebot", "geheim", "voicebot") as client:
        with pytest.raises(AsteriskUnavailable, match=r"http\.conf"):
            await client.channels()
        with pytest.raises(AsteriskUnavailable, match=r"http\.conf"):
            await client.open_events(heartbeat_s=1.0)


async def test_requests_of_many_calls_do_not_wait_for_each_other(fake: FakeAri, client: AriClient) -> None:
    fake.hang.clear()
    waiting = [asyncio.create_task(client.answer(f"c{index}")) for index in range(20)]
    for _ in range(20):
        await fake.arrivals.acquire()
    fake.hang.set()
    await asyncio.gather(*waiting)
