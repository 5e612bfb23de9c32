"""All officers' telephones that are being rung or briefed."""

from __future__ import annotations

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    StasisEnd,
    StasisStart,
)
from voicebot.adapters.asterisk.ari.resync import KnownCall
from voicebot.adapters.asterisk.ari.stream import StreamEvent
from voicebot.engine.handoff.officer import OfficerLeg, OfficerParts


class Telephones:
    """Those telephones, told apart from the citizens' by their channels' ids.

    Args:
        parts: What all of them share.
    """

    def __init__(self, parts: OfficerParts) -> None:
        self._parts = parts
        self._legs: dict[str, OfficerLeg] = {}  # by the leg's id

    @property
    def engaged(self) -> frozenset[str]:
        """Interfaces that are rung or briefed now: for others they are busy, whatever Asterisk says yet."""
        return frozenset(leg.interface for leg in self._legs.values())

    @property
    def known(self) -> list[KnownCall]:
        """For the resynchronisation: an officer is to a leg what a citizen is to a call."""
        return [
            KnownCall(call_id=leg.leg_id, citizen_channel_id=leg.channel_id) for leg in self._legs.values()
        ]

    def leg(self, leg_id: str, interface: str) -> OfficerLeg:
        """A leg to an officer, not ringing yet.

        Raises:
            TelephonyError: The id cannot be part of a channel id.
        """
        leg = self._legs[leg_id] = OfficerLeg(self._parts, leg_id, interface, self._forget)
        return leg

    def receive(self, event: StreamEvent) -> bool:
        """Take an event; whether it is about one of these telephones."""
        match event:
            case (
                StasisStart()
                | StasisEnd()
                | ChannelDtmfReceived()
                | ChannelHangupRequest()
                | ChannelDestroyed()
            ):
                leg = self._legs.get(naming.call_of_desk_channel(event.channel.id) or "")
                if leg is not None:
                    leg.receive(event)
                    return True
                leg = self._legs.get(naming.call_of_media_channel(event.channel.id) or "")
                if leg is not None and isinstance(event, StasisEnd):
                    leg.lose()
                return leg is not None
            case _:
                return False

    def _forget(self, leg: OfficerLeg) -> None:
        self._legs.pop(leg.leg_id, None)
