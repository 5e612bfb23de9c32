from __future__ import annotations

import pytest

from tests.adapters.asterisk.ari.fake_ari import FakeAri
from tests.adapters.asterisk.ari.samples import bridge_json, channel_json
from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.resync import AdoptCall, KnownCall
from voicebot.adapters.asterisk.ari.resynchroniser import DialplanTarget, Resynchroniser, ResyncReport
from voicebot.errors import AsteriskUnavailable

MEDIA, BRIDGE = naming.media_channel_id("1"), naming.bridge_id("1")
DUTY = DialplanTarget(context="duty", extension="s")


def resynchroniser(client: AriClient, *calls: KnownCall) -> Resynchroniser:
    return Resynchroniser(client, lambda: calls, DUTY, settle_s=0.0)


def find(fake: FakeAri, *channel_ids: str, bridges: tuple[str, ...] = ()) -> None:
    fake.answer("GET", "/channels", (200, [channel_json(channel_id) for channel_id in channel_ids]))
    fake.answer("GET", "/bridges", (200, [bridge_json(bridge_id) for bridge_id in bridges]))


async def test_orphans_are_released_and_cleared_away(fake: FakeAri, client: AriClient) -> None:
    find(fake, "citizen", MEDIA, bridges=(BRIDGE,))
    assert await resynchroniser(client).run() == ResyncReport(released=1, hung_up=1, destroyed=1)
    acted = [asked for asked in fake.asked if asked.method != "GET"]
    assert acted[0].path == "/channels/citizen/continue"
    assert acted[0].body == {"context": "duty", "extension": "s", "priority": 1}
    assert [f"{asked.method} {asked.path}" for asked in acted[1:]] == [
        f"DELETE /channels/{MEDIA}",
        f"DELETE /bridges/{BRIDGE}",
    ]


async def test_where_all_is_well_one_look_is_enough(fake: FakeAri, client: AriClient) -> None:
    find(fake, "citizen", MEDIA)
    report = await resynchroniser(client, KnownCall(call_id="1", citizen_channel_id="citizen")).run()
    assert report.adopted == (AdoptCall(call_id="1", media_found=True, bridge_found=False),)
    assert len(fake.asked) == 2


async def test_a_citizen_who_is_just_arriving_is_not_sent_away(fake: FakeAri, client: AriClient) -> None:
    find(fake, "citizen")
    looks = iter([(), (KnownCall(call_id="1", citizen_channel_id="citizen"),)])
    report = await Resynchroniser(client, lambda: next(looks), DUTY, settle_s=0.0).run()
    assert (report.released, len(report.adopted)) == (0, 1)
    assert fake.times("POST", "/channels/citizen/continue") == 0


async def test_a_call_that_is_younger_than_the_list_is_not_closed(fake: FakeAri, client: AriClient) -> None:
    find(fake)
    fake.answer("GET", "/channels", (200, []), (200, [channel_json("citizen")]))
    report = await resynchroniser(client, KnownCall(call_id="1", citizen_channel_id="citizen")).run()
    assert (report.closed, len(report.adopted)) == ((), 1)


async def test_a_call_whose_citizen_is_gone_is_told(fake: FakeAri, client: AriClient) -> None:
    find(fake)
    report = await resynchroniser(client, KnownCall(call_id="1", citizen_channel_id="citizen")).run()
    assert report.closed == ("1",)


async def test_one_failure_holds_up_nobody_else(fake: FakeAri, client: AriClient) -> None:
    find(fake, "a", "b", "c", bridges=(BRIDGE,))
    fake.answer("POST", "/channels/a/continue", (500, None))
    fake.answer("POST", "/channels/b/continue", (404, None))
    assert await resynchroniser(client).run() == ResyncReport(released=1, destroyed=1, failed=1)


async def test_without_the_lists_nothing_is_done(fake: FakeAri, client: AriClient) -> None:
    find(fake, "a")
    fake.answer("GET", "/bridges", (503, None))
    with pytest.raises(AsteriskUnavailable):
        await resynchroniser(client).run()
    assert all(asked.method == "GET" for asked in fake.asked)
