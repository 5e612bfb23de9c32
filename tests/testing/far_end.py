"""A far end under the test's control: a second Asterisk whose calls are answered by a double of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import numpy as np

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import (
    ChannelDtmfReceived,
    StasisEnd,
    StasisStart,
    read_event,
)
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions
from voicebot.testing.citizen import Action, Frame, HangUp
from voicebot.testing.exchange import APPLICATION, AriAccess, access_to, open_exchange
from voicebot.testing.line import SendingLine
from voicebot.testing.media import CitizenMedia, Leg
from voicebot.testing.persona import Line
from voicebot.testing.rendering import Clip
from voicebot.testing.telephone import FRAME_SAMPLES, SAMPLE_RATE_HZ, to_payloads

SILENT = to_payloads(np.zeros(FRAME_SAMPLES, dtype=np.int16))[0]


def tone(duration_ms: int) -> Clip:
    """440 Hz at −12 dBFS; whole frames."""
    at = np.arange(duration_ms // 20 * FRAME_SAMPLES)
    payloads = to_payloads((8192 * np.sin(2 * np.pi * 440 * at / SAMPLE_RATE_HZ)).astype(np.int16))
    return Clip(payloads=payloads, voiced=(True,) * len(payloads))


class BotDouble:
    """Plays one tone after the other, each a fixed time after the citizen fell silent; then hangs up."""

    def __init__(self, prompts_ms: list[int], reply_after_ms: float, *, hangs_up: bool = True) -> None:
        self.keys = ""
        self.caller = ""
        self.heard_runs_at: list[float] = []
        self.own_gaps_ms: list[float] = []
        """From the last audible packet heard to the first packet sent, as this side saw it."""
        self.done = asyncio.Event()
        self._prompts = [tone(duration) for duration in prompts_ms]
        self._reply_after_s = reply_after_ms / 1000.0
        self._hangs_up = hangs_up
        self._clip: Clip | None = self._prompts.pop(0)
        self._position = 0
        self._last_audible: float | None = None
        self._actions: list[Action] = []

    def hear(self, audible: bool, at: float) -> None:
        if not audible:
            return
        if self._last_audible is None or at - self._last_audible > 0.5:
            self.heard_runs_at.append(at)
        self._last_audible = at
        if self._clip is not None:  # barge-in
            self._clip = None

    def next_frame(self, now: float) -> Frame:
        if (
            self._clip is None
            and self._last_audible is not None
            and now - self._last_audible >= self._reply_after_s
        ):
            self.own_gaps_ms.append((now - self._last_audible) * 1000.0)
            self._last_audible = None
            if self._prompts:
                self._clip, self._position = self._prompts.pop(0), 0
            elif self._hangs_up and not self.done.is_set():
                self._actions.append(HangUp(reason="script"))
                self.done.set()
        if self._clip is None:
            return Frame(SILENT, 0, True)
        frame = Frame(self._clip.payloads[self._position], 1, False)
        self._position += 1
        if self._position == len(self._clip.payloads):
            self._clip = None
        return frame

    def take_actions(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions


class FarEnd:
    """Answers calls with doubles, in the order in which they were given."""

    def __init__(
        self, client: AriClient, media: CitizenMedia, tasks: asyncio.TaskGroup, sip_port: int
    ) -> None:
        self.sip_port = sip_port
        self.make_double: Callable[[], BotDouble] = lambda: BotDouble([1000], 300)
        self.doubles: list[BotDouble] = []
        self._by_channel: dict[str, BotDouble] = {}
        self._remotes: dict[str, tuple[str, int]] = {}
        self._client, self._media, self._tasks = client, media, tasks

    async def read(self, events: aiohttp.ClientWebSocketResponse) -> None:
        async for message in events:
            match read_event(message.data):
                case StasisStart(channel=channel, arguments=("incoming", number)) if number != "h":
                    self._tasks.create_task(self._answer(channel.id, channel.caller_number))
                case ChannelDtmfReceived(channel=channel, digit=digit) if channel.id in self._by_channel:
                    self._by_channel[channel.id].keys += digit
                case StasisEnd(channel=channel) if channel.id in self._by_channel:
                    self._by_channel.pop(channel.id).done.set()
                    self._media.detach(self._remotes.pop(channel.id))
                    self._tasks.create_task(self._release(channel.id))
                case _:
                    pass

    async def _answer(self, channel_id: str, caller: str) -> None:
        double = self.make_double()
        double.caller = caller
        self.doubles.append(double)
        host, port = self._media.address
        await self._client.create_bridge(f"b-{channel_id}")
        leg = await self._client.external_media(
            f"m-{channel_id}", external_host=f"{host}:{port}", media_format="alaw"
        )
        await self._client.add_to_bridge(f"b-{channel_id}", f"m-{channel_id}")
        self._by_channel[channel_id] = double
        self._remotes[channel_id] = (leg.host, leg.port)
        await self._client.answer(channel_id)
        await self._client.add_to_bridge(f"b-{channel_id}", channel_id)

        def act(_: Action) -> None:
            self._tasks.create_task(self._hang_up(channel_id))

        self._media.attach((leg.host, leg.port), Leg(double, SendingLine(Line(), 1), ssrc=1, act=act))

    async def _hang_up(self, channel_id: str) -> None:
        await self._client.hang_up(channel_id)

    async def _release(self, channel_id: str) -> None:
        await self._client.hang_up(f"m-{channel_id}")
        await self._client.destroy_bridge(f"b-{channel_id}")


@asynccontextmanager
async def far_end(run_dir: Path) -> AsyncIterator[tuple[FarEnd, int]]:
    """Start it; gives the far end and its SIP port."""
    async with EmbeddedAsterisk(run_dir, AsteriskOptions(role="citizen", max_calls=20)) as asterisk:
        at = asterisk.endpoints
        client = AriClient(f"http://{at.host}:{at.ari_port}", at.ari_user, at.ari_password, APPLICATION)
        async with client, CitizenMedia() as media, asyncio.TaskGroup() as tasks:
            async with await client.open_events(heartbeat_s=5.0) as events:
                end = FarEnd(client, media, tasks, at.sip_port)
                reader = tasks.create_task(end.read(events))
                yield end, at.sip_port
                reader.cancel()


@asynccontextmanager
async def citizens_calling(run_dir: Path, sip_port: int) -> AsyncIterator[AriAccess]:
    """The citizens' own Asterisk, with its trunk to ``sip_port``."""
    options = AsteriskOptions(role="citizen", peer=f"127.0.0.1:{sip_port}", max_calls=20)
    async with EmbeddedAsterisk(run_dir, options) as asterisk:
        yield access_to(asterisk.endpoints)


__all__ = ["BotDouble", "FarEnd", "citizens_calling", "far_end", "open_exchange", "tone"]
