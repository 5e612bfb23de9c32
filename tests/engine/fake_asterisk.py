"""An Asterisk without a telephone: ARI in memory, media over real sockets, in imagined time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.engine.media.stepped import Asterisk as FarEnd
from voicebot.adapters.asterisk.ari.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    StasisEnd,
    StasisStart,
)
from voicebot.adapters.asterisk.ari.models import Bridge, Channel, DialplanPosition, ExternalMedia
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.wire_format import ALAW, FRAME_S
from voicebot.errors import ChannelGone

VOICE = ALAW.encode_frames((8000 * np.sin(np.arange(160) * 2 * np.pi * 200 / 8000)).astype(np.int16))[0]


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something, in steps of a frame.

    Raises:
        AssertionError: It did not come about.
    """
    for _ in range(round(seconds / FRAME_S)):
        if condition():
            return
        await asyncio.sleep(FRAME_S)
    raise AssertionError(f"not within {seconds} s")


def channel(channel_id: str, *, running: str = "Stasis") -> Channel:
    """A channel in our application, or in another one of the dialplan."""
    position = DialplanPosition(
        context="voicebot-inbound",
        extension="1000",
        priority=9,
        application_name=running,
        application_data="voicebot,night,inbound,1000",
    )
    return Channel(
        id=channel_id,
        name=f"PJSIP/trunk-{channel_id}",
        state="Ring",
        caller_number="010-1234-5678",
        connected_number="",
        dialplan=position,
        variables={},
    )


class FakeAsterisk:
    """The calls of ``AriClient`` that the engine uses, and what Asterisk would do."""

    application = "voicebot"

    def __init__(self, media: MediaLoop) -> None:
        self.receive: Callable[[Any], None] = lambda event: None
        self.channels_now: dict[str, Channel] = {}
        self.bridges_now: dict[str, set[str]] = {}
        self.log: list[str] = []
        """What was asked for, e.g. ``continue voicebot-duty c1``."""
        self.refuses: dict[str, Exception] = {}
        """Request → what it fails with."""
        self.delays: dict[str, float] = {}
        """Request → seconds that it takes."""
        self.far_ends: dict[str, FarEnd] = {}
        self.ringing: dict[str, str] = {}
        """Channels of officers that ring → endpoint."""
        self.globals: dict[str, str] = {}
        """Of the dialplan."""
        self._media = media

    async def _ask(self, request: str, *parts: str, needs: str = "") -> None:
        await asyncio.sleep(self.delays.get(request, 0.001))
        self.log.append(" ".join((request, *parts)))
        if request in self.refuses:
            raise self.refuses[request]
        if needs and needs not in self.channels_now:
            raise ChannelGone(f"ARI {request}: {needs} is not there")

    # --- ARI ------------------------------------------------------------------------------------------------

    async def set_variable(self, channel_id: str, name: str, value: str) -> None:
        await self._ask("variable", name, value, channel_id, needs=channel_id)

    async def variable(self, channel_id: str, name: str) -> str:
        await self._ask("read", name, channel_id, needs=channel_id)
        if name not in self.globals:
            raise ChannelGone(f"ARI read: {channel_id} has no {name}")
        return self.globals[name]

    async def originate(self, attempt_id: str, endpoint: str, **more: object) -> Channel:
        self.ringing[attempt_id] = endpoint
        try:
            await self._ask("ring", endpoint, attempt_id)
        except Exception:
            del self.ringing[attempt_id]
            raise
        return channel(attempt_id, running="")

    async def external_media(
        self, channel_id: str, *, external_host: str, media_format: str
    ) -> ExternalMedia:
        await self._ask("media", channel_id)
        self.channels_now[channel_id] = channel(channel_id)
        far_end = self.far_ends[channel_id] = FarEnd(self._media)
        host, port = far_end.address
        return ExternalMedia(channel=channel(channel_id), host=host, port=port)

    async def create_bridge(self, bridge_id: str) -> None:
        await self._ask("bridge", bridge_id)
        self.bridges_now[bridge_id] = set()

    async def add_to_bridge(self, bridge_id: str, *channel_ids: str) -> None:
        for channel_id in channel_ids:
            await self._ask("add", channel_id, needs=channel_id)
        self.bridges_now[bridge_id] |= set(channel_ids)

    async def answer(self, channel_id: str) -> None:
        await self._ask("answer", channel_id, needs=channel_id)

    async def continue_in_dialplan(
        self, channel_id: str, *, context: str, extension: str, priority: int = 1
    ) -> None:
        await self._ask("continue", context, channel_id, needs=channel_id)
        self.leave(channel_id)

    async def hang_up(self, channel_id: str) -> bool:
        await self._ask("hang up", channel_id)
        if far_end := self.far_ends.get(channel_id):
            far_end.close()
        self.ringing.pop(channel_id, None)
        if channel_id in self.channels_now:
            self.leave(channel_id)
        return True

    async def destroy_bridge(self, bridge_id: str) -> bool:
        await self._ask("destroy", bridge_id)
        return self.bridges_now.pop(bridge_id, None) is not None

    async def channels(self) -> tuple[Channel, ...]:
        await self._ask("channels")
        return tuple(self.channels_now.values())

    async def bridges(self) -> tuple[Bridge, ...]:
        await self._ask("bridges")
        return tuple(
            Bridge(id=name, name=self.application, technology="simple_bridge", channel_ids=tuple(members))
            for name, members in self.bridges_now.items()
        )

    # --- what happens at the telephone ----------------------------------------------------------------------

    def enter(self, channel_id: str, *arguments: str) -> None:
        """A citizen calls."""
        self.channels_now[channel_id] = channel(channel_id)
        self.receive(
            StasisStart(channel=channel(channel_id), arguments=arguments or ("night", "inbound", "1000"))
        )

    def leave(self, channel_id: str) -> None:
        """A channel leaves our application, for whatever reason."""
        del self.channels_now[channel_id]
        for members in self.bridges_now.values():
            members.discard(channel_id)
        self.receive(StasisEnd(channel=channel(channel_id)))

    def ring_off(self, channel_id: str) -> None:
        """A citizen hangs up."""
        self.receive(ChannelHangupRequest(channel=channel(channel_id), cause=16, technical_cause=None))
        self.leave(channel_id)

    def pick_up(self, channel_id: str) -> None:
        """An officer answers."""
        del self.ringing[channel_id]
        self.enter(channel_id, "officer")

    def not_answered(self, channel_id: str) -> None:
        """An officer's telephone stops ringing."""
        self.ringing.pop(channel_id, None)
        self.receive(
            ChannelDestroyed(channel=channel(channel_id), cause=19, cause_text="", technical_cause=None)
        )

    def press(self, channel_id: str, key: str) -> None:
        """The citizen presses a key."""
        self.receive(ChannelDtmfReceived(channel=channel(channel_id), digit=key, duration_ms=100))

    async def talk(self, channel_id: str, ms: int, payload: bytes | None = None) -> None:
        """The telephone sends audio, as long as the leg is there; without ``payload`` it is silence."""
        far_end = self.far_ends[f"vb-media-{channel_id}"]
        for _ in range(ms // 20):
            if far_end.socket.fileno() >= 0:
                far_end.send(payload)
            await asyncio.sleep(FRAME_S)

    def asked(self, request: str) -> list[str]:
        """What was asked for of one kind, in order."""
        return [entry for entry in self.log if entry.startswith(request + " ")]
