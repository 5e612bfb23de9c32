"""The telephone line of one call: the citizen's channel, our media leg and the bridge that joins them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.errors import ChannelGone, TelephonyError

logger = logging.getLogger(__name__)

TRANSFER_TARGETS = {"duty": "voicebot-duty"}
"""Where a flow may send a citizen → the dialplan context that takes over. Anything else goes to the duty
queue: a target never comes from speech, and a mistake in a flow must still end at a person."""

MOBILE_CONTEXT = "voicebot-mobile"
"""Where the officer's mobile is rung, when nobody in the duty room took the call."""
MOBILE_VARIABLE = "VB_DUTY_MOBILE"
"""Of the dialplan: the mobile's number; empty or missing: there is none."""

OFFICER_CONTEXT = "voicebot-officer"
"""Where the telephones of officers come to us from, and where they wait for their citizen."""
TALK_CONTEXT = "voicebot-talk"
"""Where a citizen is joined with the officer of ``OFFICER_VARIABLE``."""
OFFICER_VARIABLE = "VB_OFFICER"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAddress:
    """Where Asterisk expects and sends the audio of one leg."""

    host: str
    port: int


class OfficerLine(Protocol):
    """The line of an officer who has taken the call."""

    @property
    def channel_name(self) -> str:
        """As the dialplan names it."""
        ...

    async def wait_for_citizen(self) -> None:
        """Let the officer wait in the dialplan.

        Raises:
            TelephonyError: The officer has hung up, or Asterisk refused.
        """
        ...


class CallLine(Protocol):
    """The line of one call, to a telephone behind Asterisk or to a microphone here."""

    async def open(self) -> MediaAddress:
        """Lay the path of the audio, and tell where its far end is.

        Raises:
            VoicebotError: It cannot be laid.
        """
        ...

    async def answer(self) -> None:
        """Take the call: from here on both sides are heard."""
        ...

    async def transfer(self, target: str) -> None:
        """Bring the citizen to a person."""
        ...

    async def has_mobile(self) -> bool:
        """Whether the officer's mobile can be rung."""
        ...

    async def transfer_to_mobile(self) -> None:
        """Bring the citizen to the officer's mobile."""
        ...

    async def join(self, officer: OfficerLine) -> None:
        """Let citizen and officer talk, without us."""
        ...

    async def hang_up(self) -> None:
        """End the citizen's call."""
        ...

    async def close(self) -> None:
        """Take the path down; never raises for what is gone already."""
        ...


class AsteriskLine:
    """Sets the line of one call up and takes it down, by ARI: a citizen's, or an officer's who is briefed.

    Args:
        ari: Shared by all calls.
        dead_man: Guards the citizen while the line is open.
        channel: The citizen's (or the officer's) channel, in our application.
        call_id: Names what we make.
        media_host: ``address:port`` of our RTP socket.
        media_format: Asterisk's name of the wire format.
    """

    def __init__(
        self,
        ari: AriClient,
        dead_man: DeadManSwitch,
        channel: Channel,
        *,
        call_id: str,
        media_host: str,
        media_format: str,
    ) -> None:
        self._ari = ari
        self._dead_man = dead_man
        self._channel_id = channel.id
        self._channel_name = channel.name
        self._call_id = call_id
        self._media_host = media_host
        self._media_format = media_format
        self._media_id = naming.media_channel_id(call_id)
        self._bridge_id = naming.bridge_id(call_id)

    @property
    def call_id(self) -> str:
        """Names the call everywhere."""
        return self._call_id

    @property
    def channel_id(self) -> str:
        """The citizen's channel."""
        return self._channel_id

    @property
    def channel_name(self) -> str:
        """The same as the dialplan names it."""
        return self._channel_name

    async def open(self) -> MediaAddress:
        """Make media leg and bridge and put both legs in; the citizen still hears ringing.

        Raises:
            ChannelGone: The citizen hung up meanwhile.
            TelephonyError: Asterisk refused.
        """
        await self._dead_man.arm(self._channel_id)
        media = await self._ari.external_media(
            self._media_id, external_host=self._media_host, media_format=self._media_format
        )
        await self._ari.create_bridge(self._bridge_id)
        await self._ari.add_to_bridge(self._bridge_id, self._media_id, self._channel_id)
        return MediaAddress(host=media.host, port=media.port)

    async def answer(self) -> None:
        """Take the call: from here on both sides are heard."""
        await self._ari.answer(self._channel_id)

    async def transfer(self, target: str) -> None:
        """Let the dialplan take the citizen to a person."""
        # Or a refresh under way would set the timeout anew in the queue, and Asterisk cut who waits there.
        await self._dead_man.let_go(self._channel_id)
        context = TRANSFER_TARGETS.get(target, TRANSFER_TARGETS["duty"])
        await self._ari.continue_in_dialplan(self._channel_id, context=context, extension="s")

    async def has_mobile(self) -> bool:
        """Whether the dialplan has an officer's mobile to ring."""
        try:
            return bool(await self._ari.variable(self._channel_id, MOBILE_VARIABLE))
        except TelephonyError:
            return False  # no such variable; or no such channel, which whoever asked will hear of

    async def transfer_to_mobile(self) -> None:
        """Let the dialplan ring the officer's mobile, then take a message."""
        await self._dead_man.let_go(self._channel_id)
        await self._ari.continue_in_dialplan(self._channel_id, context=MOBILE_CONTEXT, extension="s")

    async def join(self, officer: OfficerLine) -> None:
        """Let the dialplan join citizen and officer; an officer who is gone by now leaves them to the queue.

        Until both are there the citizen's dead man's switch falls to the duty queue, should we die.

        Raises:
            ChannelGone: The citizen hung up.
            TelephonyError: Asterisk refused.
        """
        await self._dead_man.let_go(self._channel_id)
        await self._ari.set_variable(self._channel_id, OFFICER_VARIABLE, officer.channel_name)
        try:
            await officer.wait_for_citizen()
        except TelephonyError as error:
            logger.warning(
                "an officer who took the call is gone; the citizen goes to the duty queue",
                extra={"action": "join", "call_id": self._call_id, "reason": str(error)},
            )
            await self.transfer("duty")
            return
        await self._ari.continue_in_dialplan(self._channel_id, context=TALK_CONTEXT, extension="s")

    async def wait_for_citizen(self) -> None:
        """Of an officer's line: wait in the dialplan for the citizen, who comes in a moment.

        Raises:
            ChannelGone: The officer has hung up.
            TelephonyError: Asterisk refused.
        """
        # Taken off here, not by the dialplan: were the citizen sooner there, the talk would be cut.
        await self._dead_man.disarm(self._channel_id)
        await self._ari.continue_in_dialplan(self._channel_id, context=OFFICER_CONTEXT, extension="wait")

    async def hang_up(self) -> None:
        """End the citizen's call."""
        await self._ari.hang_up(self._channel_id)

    async def close(self) -> None:
        """Take media leg and bridge down; what is gone already is none the worse.

        A citizen who is still here then is one who could not be brought anywhere: the dead man's switch,
        which nobody winds up any more, takes them to the duty queue.
        """
        self._dead_man.forget(self._channel_id)
        for take_down, identifier in (
            (self._ari.hang_up, self._media_id),
            (self._ari.destroy_bridge, self._bridge_id),
        ):
            try:
                await take_down(identifier)
            except ChannelGone:
                pass
            except TelephonyError as error:
                # What stays behind is released by the resynchronisation at the next connection.
                logger.warning(
                    "a leg of an ended call could not be taken down",
                    extra={"action": "line_close", "call_id": self._call_id, "reason": str(error)},
                )
