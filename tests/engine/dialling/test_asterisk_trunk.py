"""The dialler's words in ARI's, and ARI's events in the dialler's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from tests.engine.fake_asterisk import channel
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import ChannelDestroyed, ChannelStateChange, StasisStart
from voicebot.adapters.asterisk.ari.stream import StreamConnected, StreamLost
from voicebot.engine.dialling.asterisk_trunk import AsteriskTrunk, tell
from voicebot.engine.dialling.dialler import Dialler
from voicebot.engine.dialling.trunk import OutboundCall


class _Ari:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        async def ask(*values: Any, **named: Any) -> Any:
            self.asked.append((name, values, named))
            return (replace(channel("a"), state="Up"), replace(channel("b"), state="Ringing"))

        return ask


class _Told:
    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.heard.append((name, *values))


async def test_a_call_goes_by_the_trunk_into_the_dialplan() -> None:
    ari = _Ari()
    trunk = AsteriskTrunk(cast(AriClient, ari))
    call = OutboundCall(
        attempt_id="attempt-1", number="01012345678", service="care", caller_id="0311234000", ring_s=40
    )
    await trunk.dial(call)
    await trunk.watch("attempt-1")
    await trunk.hang_up("attempt-1")
    assert await trunk.live() == {"a": True, "b": False}
    (name, values, named), *others = ari.asked
    assert (name, values) == ("originate", ("attempt-1", "PJSIP/01012345678@trunk"))
    assert named == {
        "context": "voicebot-answered",
        "extension": "care",
        "caller_id": "0311234000",
        "ring_s": 40,
        "variables": {"VB_ATTEMPT": "attempt-1"},
    }
    assert [name for name, _, _ in others] == ["channel", "hang_up", "channels"]


def test_what_asterisk_tells_reaches_the_dialler() -> None:
    told = _Told()
    ringing = replace(channel("a"), state="Ringing")
    for event in (
        StreamConnected(first=True),
        ChannelStateChange(channel=ringing),
        ChannelStateChange(channel=replace(ringing, state="Up")),
        StasisStart(channel=channel("b"), arguments=()),
        StreamLost(reason="link"),
        ChannelDestroyed(channel=ringing, cause=17, cause_text="User busy", technical_cause=486),
    ):
        tell(cast(Dialler, told), event)
    assert told.heard == [
        ("connected",),
        ("answered", "a"),
        ("answered", "b"),
        ("disconnected",),
        ("destroyed", "a", 17, 486),
    ]
