"""JSON as Asterisk 22.10.1 sent it, and short ways to make more of it."""

from __future__ import annotations

from voicebot.adapters.asterisk.ari.models import Bridge, Channel, DialplanPosition


def channel_json(channel_id: str = "1795307254.1", **changes: object) -> dict[str, object]:
    """One channel as ARI tells it."""
    return {
        "id": channel_id,
        "name": "PJSIP/trunk-00000001",
        "state": "Up",
        "protocol_id": "2f3c",
        "caller": {"name": "홍길동", "number": "0311234567"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {
            "context": "inbound",
            "exten": "1000",
            "priority": 2,
            "app_name": "Stasis",
            "app_data": "voicebot,duty",
        },
        "creationtime": "2026-11-22T00:27:34.191+0000",
        "language": "en",
        **changes,
    }


def bridge_json(bridge_id: str = "vb-bridge-1", **changes: object) -> dict[str, object]:
    """One bridge as ARI tells it."""
    return {
        "id": bridge_id,
        "technology": "simple_bridge",
        "bridge_type": "mixing",
        "bridge_class": "stasis",
        "creator": "Stasis",
        "name": "voicebot",
        "channels": [],
        "creationtime": "2026-11-22T00:27:34.598+0000",
        "video_mode": "talker",
        **changes,
    }


def event_json(kind: str, **fields: object) -> dict[str, object]:
    """One event as ARI sends it, about the channel of ``channel_json``."""
    return {
        "type": kind,
        "timestamp": "2026-11-22T00:27:34.191+0000",
        "asterisk_id": "02:fc:00:00:00:01",
        "application": "voicebot",
        "channel": channel_json(),
        **fields,
    }


def channel(channel_id: str, application: str = "voicebot", running: str = "Stasis") -> Channel:
    """A channel that runs something."""
    return Channel(
        id=channel_id,
        name=f"PJSIP/trunk-{channel_id}",
        state="Up",
        caller_number="",
        connected_number="",
        dialplan=DialplanPosition(
            context="inbound",
            extension="1000",
            priority=2,
            application_name=running,
            application_data=f"{application},duty",
        ),
        variables={},
    )


def bridge(bridge_id: str, *channel_ids: str, name: str = "voicebot") -> Bridge:
    """A bridge with channels in it."""
    return Bridge(id=bridge_id, name=name, technology="simple_bridge", channel_ids=channel_ids)
