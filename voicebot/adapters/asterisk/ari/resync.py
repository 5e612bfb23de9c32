"""What to do with every channel and bridge found after the link to Asterisk was lost: a pure decision.

Rules
-----
* A call that this process still holds is **adopted** when its citizen is still in our application, and
  **closed** when the citizen is not.
* A citizen in our application without such a call waits for a bot that will never speak: **released** to the
  duty queue by the dialplan, whatever was going on before.
* A citizen who is already talking to a person (our bridge holds the citizen and a leg to the desk) is left
  alone: nothing may cut that conversation.
* Legs of ours that carry audio to nobody, a desk person who waits for nobody, or whose telephone still rings
  for a call that is gone, are **hung up**; our bridges that join nobody are **destroyed**. A desk person whom
  the dialplan has joined with a citizen is somewhere in the dialplan, and left alone.
* Everything else is somebody else's and left alone.

Whose something is follows from the application in the channel's dialplan position, the application's name
that our bridges carry, and the ids of ``naming.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.models import Bridge, Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCall:
    """A call that lives in this process."""

    call_id: str
    citizen_channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptCall:
    """Go on with this call."""

    call_id: str
    media_found: bool
    """Whether its audio still flows to us; if not, the leg has to be made anew."""
    bridge_found: bool
    """Whether its bridge is still there with the citizen in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCall:
    """This call's citizen hung up, or was taken by the dialplan, while nothing was told to us."""

    call_id: str
    taken: bool
    """Whether the citizen is still there, elsewhere in the dialplan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCitizen:
    """Send this channel on to the duty queue."""

    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpLeg:
    """End this leg, which belongs to no call any more."""

    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyBridge:
    """End this bridge, which belongs to no call any more."""

    bridge_id: str


_NOT_ANSWERED = ("Down", "Ring", "Ringing", "Dialing")
"""States of a channel that we dial (``ast_state2str`` of Asterisk 22), before somebody picks up."""

ResyncAction = AdoptCall | CloseCall | ReleaseCitizen | HangUpLeg | DestroyBridge


def plan_resync(
    *,
    channels: Collection[Channel],
    bridges: Collection[Bridge],
    calls: Collection[KnownCall],
    application: str,
) -> tuple[ResyncAction, ...]:
    """Decide about everything of ours: citizens first, since they are the ones who wait.

    Args:
        channels: All of this Asterisk.
        bridges: All of this Asterisk.
        calls: Those of this process, taken after the channels were listed.
        application: Our ARI application.
    """
    ours = {channel.id: channel for channel in channels if channel.is_in(application)}
    adopted = {call.call_id: call for call in calls if call.citizen_channel_id in ours}
    our_bridges = {
        bridge.id: bridge
        for bridge in bridges
        if bridge.name == application and naming.call_of_bridge(bridge.id) is not None
    }
    left_talking = _left_talking(our_bridges.values(), ours, adopted)
    citizens = {call.citizen_channel_id for call in adopted.values()}

    there = {channel.id for channel in channels}
    settled = [
        _adopt(call, ours, our_bridges)
        if call.call_id in adopted
        else CloseCall(call_id=call.call_id, taken=call.citizen_channel_id in there)
        for call in calls
    ]
    releases: list[ResyncAction] = []
    known = {call.call_id for call in calls}
    hang_ups: list[ResyncAction] = [
        HangUpLeg(channel_id=channel.id) for channel in channels if _rings_for_nobody(channel, known)
    ]
    for channel_id in ours:
        call_id = naming.call_of_media_channel(channel_id) or naming.call_of_desk_channel(channel_id)
        if channel_id in citizens or call_id in adopted or channel_id in left_talking:
            continue
        if call_id is None:
            releases.append(ReleaseCitizen(channel_id=channel_id))
        else:
            hang_ups.append(HangUpLeg(channel_id=channel_id))
    destroyed = [
        DestroyBridge(bridge_id=bridge.id)
        for bridge in our_bridges.values()
        if naming.call_of_bridge(bridge.id) not in adopted and left_talking.isdisjoint(bridge.channel_ids)
    ]
    return (*releases, *settled, *hang_ups, *destroyed)


def _rings_for_nobody(channel: Channel, known: Collection[str]) -> bool:
    """Whether this is a desk telephone that nobody has answered yet, of a call that is not known here."""
    call_id = naming.call_of_desk_channel(channel.id)
    return call_id is not None and call_id not in known and channel.state in _NOT_ANSWERED


def _adopt(call: KnownCall, ours: Mapping[str, Channel], bridges: Mapping[str, Bridge]) -> AdoptCall:
    bridge = bridges.get(naming.bridge_id(call.call_id))
    return AdoptCall(
        call_id=call.call_id,
        media_found=naming.media_channel_id(call.call_id) in ours,
        bridge_found=bridge is not None and call.citizen_channel_id in bridge.channel_ids,
    )


def _left_talking(
    bridges: Collection[Bridge], ours: Mapping[str, Channel], adopted: Mapping[str, KnownCall]
) -> frozenset[str]:
    """The channels of citizens and desk people who are talking to each other without us."""
    talking: set[str] = set()
    for bridge in bridges:
        if naming.call_of_bridge(bridge.id) in adopted:
            continue
        legs = [channel_id for channel_id in bridge.channel_ids if channel_id in ours]
        desks = {leg for leg in legs if naming.call_of_desk_channel(leg) is not None}
        people = {leg for leg in legs if naming.call_of_media_channel(leg) is None}
        if desks and people > desks:
            talking |= people
    return frozenset(talking)
