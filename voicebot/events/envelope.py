"""A message as the city's systems read it: JSON, the same over MQTT and in a webhook.

``docs/schemas`` describes it; ``version`` changes when a receiver would have to.
"""

from __future__ import annotations

import json
from datetime import UTC

from voicebot.events.message import Message

VERSION = 1
MOST_BYTES = 65_536
"""A case with the whole story has a few thousand bytes; a receiver's usual limit is 256 KiB and more."""


class TooLarge(ValueError):
    """A message that is larger than any that we make on purpose."""


def enveloped(message: Message, site: str) -> bytes:
    """The message as UTF-8 JSON.

    Args:
        message: Of the outbox.
        site: Which installation sends it.

    Raises:
        TooLarge: It has more than ``MOST_BYTES``; the text holds nothing of it.
    """
    told = {
        "version": VERSION,
        "event_id": message.event_id,
        "site": site,
        "topic": message.topic,
        "at": message.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": dict(message.payload),
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > MOST_BYTES:
        raise TooLarge(f"{len(body)} bytes, at most {MOST_BYTES} are sent")
    return body
