"""The dialler's trunk: calls placed by ARI, and Asterisk's events in the dialler's words."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import ChannelDestroyed, ChannelStateChange, StasisStart
from voicebot.adapters.asterisk.ari.stream import StreamConnected, StreamEvent, StreamLost
from voicebot.engine.dialling.dialler import Dialler
from voicebot.engine.dialling.trunk import OutboundCall

_CONTEXT = "voicebot-answered"
"""Of ``dialplans/outbound.conf``: whoever answers hears an apology there if this engine has gone."""
_UP = "Up"


class AsteriskTrunk:
    """Implements ``Trunk`` by ARI.

    Args:
        ari: Of the engine's application.
    """

    def __init__(self, ari: AriClient) -> None:
        self._ari = ari

    async def dial(self, call: OutboundCall) -> None:
        """Place a call, under the attempt's id."""
        await self._ari.originate(
            call.attempt_id,
            f"PJSIP/{call.number}@trunk",
            context=_CONTEXT,
            extension=call.service,
            caller_id=call.caller_id,
            ring_s=call.ring_s,
            variables={"VB_ATTEMPT": call.attempt_id},
        )

    async def live(self) -> Mapping[str, bool]:
        """Every channel there is, and whether somebody has answered it."""
        return {channel.id: channel.state == _UP for channel in await self._ari.channels()}

    async def watch(self, attempt_id: str) -> None:
        """The events of every channel come: see whether that of a call is still there."""
        await self._ari.channel(attempt_id)

    async def hang_up(self, attempt_id: str) -> None:
        """Take a call back; one that has ended is none the worse."""
        await self._ari.hang_up(attempt_id)


def tell(dialler: Dialler, event: StreamEvent) -> None:
    """Tell the dialler what Asterisk tells; never blocks and never raises."""
    match event:
        case StasisStart(channel=channel):
            dialler.answered(channel.id)
        case ChannelStateChange(channel=channel) if channel.state == _UP:
            dialler.answered(channel.id)
        case ChannelDestroyed(channel=channel, cause=cause, technical_cause=technical_cause):
            dialler.destroyed(channel.id, cause, technical_cause)
        case StreamConnected():
            dialler.connected()
        case StreamLost():
            dialler.disconnected()
        case _:
            pass
