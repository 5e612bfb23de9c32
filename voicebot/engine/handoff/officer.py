"""One officer's telephone, from its first ring to the key that decides; a leg of ours until then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    StasisEnd,
    StasisStart,
)
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.adapters.asterisk.ari.stream import StreamEvent
from voicebot.dialogue.actions import Segment
from voicebot.engine.handoff.playing import speak
from voicebot.engine.handoff.policy import RingResult
from voicebot.engine.line import OFFICER_CONTEXT, AsteriskLine
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.mouth import Prompts
from voicebot.errors import ChannelGone, TelephonyError
from voicebot.ports import Samples

logger = logging.getLogger(__name__)

HEARINGS = 3
"""How often the briefing is heard when no key is pressed."""
PAUSE_S = 5.0
"""After each hearing: time to put the telephone from the ear and find the key."""
LONGEST_BRIEFING_S = 120.0
"""However often the officer wants to hear it again: the citizen is waiting."""
_AFTER_RING_S = 3.0
"""Asterisk ends the ringing itself; so much later it has forgotten."""
_LEFT_LIMIT_S = 1.0
"""Longest wait until an officer's channel has left our application: some milliseconds."""
_FIRST_PACKET_WAIT_S = 0.5
"""As for citizens (``engine.call``): words spoken into a path that is not up yet are lost."""

_LOOK_S = 0.02
"""One frame."""

_SPOKEN = "spoken"
_GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerParts:
    """What all officers' telephones share."""

    ari: AriClient
    line: Callable[[Channel, str], AsteriskLine]
    """Makes the line of an officer's channel for a leg's id."""
    media: MediaLoop
    prompts: Prompts


class OfficerLeg:
    """One officer's telephone for one citizen; made by ``Telephones.leg``.

    It is a ``FrameListener`` that does not listen: officers answer by keys alone.

    Args:
        parts: Shared with other telephones.
        leg_id: See ``naming.officer_leg_id``.
        interface: What is rung.
        closed: Told when the leg has been taken down.

    Raises:
        TelephonyError: The id cannot be part of a channel id.
    """

    def __init__(
        self, parts: OfficerParts, leg_id: str, interface: str, closed: Callable[[OfficerLeg], None]
    ) -> None:
        self.leg_id = leg_id
        self.interface = interface
        self.channel_id = naming.desk_channel_id(leg_id)
        self._parts = parts
        self._closed = closed
        self._dialling: asyncio.Future[bool] | None = None
        self._channel: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()
        self._out = asyncio.Event()
        """The channel has left our application, or never came."""
        self._hung_up = False
        self._told: asyncio.Queue[str] = asyncio.Queue()
        """Keys, and what else happens, in order."""
        self._line: AsteriskLine | None = None
        self._media: MediaLeg | None = None
        self._waits = False
        """Whether the officer waits for the citizen in the dialplan, which looks after both from then on."""

    # --- what Asterisk and the media loop tell --------------------------------------------------------------

    def receive(self, event: StreamEvent) -> None:
        """Take an event about this telephone."""
        match event:
            case StasisStart(channel=channel):
                if not self._channel.done():
                    self._channel.set_result(channel)
            case ChannelDtmfReceived(digit=digit):
                self._told.put_nowait(digit)
            case ChannelHangupRequest() | ChannelDestroyed():
                self._hung_up = True
                self.lose()
            case StasisEnd():
                self.lose()
            case _:
                pass

    def lose(self) -> None:
        """The officer, or the path of the audio, is gone."""
        self._out.set()
        self._told.put_nowait(_GONE)

    def frame_heard(
        self, end_sample: int, samples: Samples, probability: float, level_dbfs: float, now: float
    ) -> None:
        """What the officer says while being briefed is for nobody."""

    # --- its life -------------------------------------------------------------------------------------------

    async def ring(self, *, caller: str, ring_s: int) -> bool:
        """Ring; whether somebody picked up.

        Args:
            caller: The citizen's number, shown on the telephone.
            ring_s: For how long.

        Raises:
            TelephonyError: Asterisk refused.
        """
        # Shielded: a request that was sent and forgotten would ring after the leg has been taken down.
        self._dialling = asyncio.ensure_future(self._dial(caller, ring_s))
        if not await asyncio.shield(self._dialling):
            return False
        out = asyncio.ensure_future(self._out.wait())
        try:
            await asyncio.wait(
                (self._channel, out), timeout=ring_s + _AFTER_RING_S, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            out.cancel()
        return self._channel.done() and not self._out.is_set()

    async def brief(self, segments: tuple[Segment, ...], spoken: Callable[[int], None]) -> RingResult:
        """Tell an officer who picked up what it is about, and hear the decision.

        Args:
            segments: The briefing with the keys.
            spoken: Told of each hearing that begins: 1, 2 …

        Raises:
            TelephonyError: Asterisk refused to set the leg up.
            SynthesisError: Nothing of the briefing can be spoken.
        """
        try:
            await self._open()
            async with asyncio.timeout(LONGEST_BRIEFING_S):
                return await self._decision(segments, spoken)
        except TimeoutError:
            return RingResult.NO_KEY
        except ChannelGone:
            return RingResult.HUNG_UP

    @property
    def channel_name(self) -> str:
        """As the dialplan names it."""
        assert self._line is not None, "only who picked up can be joined"
        return self._line.channel_name

    async def wait_for_citizen(self) -> None:
        """Let the officer wait in the dialplan, which joins them with the citizen.

        Raises:
            ChannelGone: The officer has hung up.
            TelephonyError: Asterisk refused.
        """
        if self._out.is_set() or self._line is None:
            raise ChannelGone(f"officer's leg {self.leg_id}: hung up before the citizen came")
        await self._line.wait_for_citizen()
        self._waits = True
        out = asyncio.ensure_future(self._out.wait())
        await asyncio.wait((out,), timeout=_LEFT_LIMIT_S)
        out.cancel()
        if self._hung_up:
            raise ChannelGone(f"officer's leg {self.leg_id}: hung up in the moment of being joined")

    async def close(self) -> None:
        """Take the leg down; an officer who waits for the citizen stays. May be called twice."""
        if self._media is not None:
            self._media.detach()
        if self._dialling is not None:
            await asyncio.gather(self._dialling, return_exceptions=True)
        if not self._waits:
            try:
                await self._parts.ari.hang_up(self.channel_id)
            except TelephonyError as error:
                # The dead man's switch, or the resynchronisation at the next connection, ends it.
                logger.warning(
                    "an officer's telephone could not be hung up",
                    extra={"action": "officer_close", "call_id": self.leg_id, "reason": str(error)},
                )
        if self._line is not None:
            await self._line.close()
        self._closed(self)

    async def _dial(self, caller: str, ring_s: int) -> bool:
        try:
            await self._parts.ari.originate(
                self.channel_id,
                self.interface,
                context=OFFICER_CONTEXT,
                extension="brief",
                caller_id=caller,
                ring_s=ring_s,
            )
        except ChannelGone:
            return False  # rejected before its events could be subscribed to
        return True

    def _has_ended(self, mark: str, end: asyncio.Future[None]) -> None:
        self._told.put_nowait(mark)

    async def _open(self) -> None:
        self._line = self._parts.line(self._channel.result(), self.leg_id)
        address = await self._line.open()
        self._media = self._parts.media.attach(self.leg_id, (address.host, address.port), self)
        for _ in range(int(_FIRST_PACKET_WAIT_S / _LOOK_S)):
            if self._media.media_arrived or self._out.is_set():
                return
            await asyncio.sleep(_LOOK_S)

    async def _decision(self, segments: tuple[Segment, ...], spoken: Callable[[int], None]) -> RingResult:
        assert self._media is not None
        hearings = again = 0
        while hearings < HEARINGS:
            hearings += 1
            spoken(hearings + again)
            mark = f"{_SPOKEN} {hearings + again}"
            end = await speak(self._media, self._parts.prompts, segments)
            end.add_done_callback(partial(self._has_ended, mark))
            pause_s: float | None = None
            while True:
                try:
                    async with asyncio.timeout(pause_s):
                        told = await self._told.get()
                except TimeoutError:
                    break  # the officer hears it again
                if told == mark:
                    pause_s = PAUSE_S
                elif told == "1":
                    return RingResult.TAKEN
                elif told == "2":
                    return RingResult.REFUSED
                elif told in ("3", "*"):
                    hearings, again = hearings - 1, again + 1
                    break
                elif told == _GONE:
                    return RingResult.HUNG_UP
        return RingResult.NO_KEY
