"""A message to one citizen, ready to be given to a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.messages.size import LONGEST_BYTES, MessageKind, kind, size_bytes, writable
from voicebot.messages.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenMessage:
    """What a gateway sends."""

    id: str
    """Names the message: a gateway that gets it twice sends it once."""
    to: str = field(repr=False)
    """E.164."""
    sender: str
    """The city's number, as the citizen sees it."""
    text: str = field(repr=False)
    template: str
    template_code: str = ""
    """For 알림톡; empty: a short message."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the holes of the template were filled with: carriers of 알림톡 want them apart."""

    @property
    def kind(self) -> MessageKind:
        """How it travels as a short message."""
        return kind(self.text)

    @property
    def too_long(self) -> bool:
        """Whether no carrier takes it."""
        return size_bytes(self.text) > LONGEST_BYTES

    def as_json(self) -> dict[str, object]:
        """As gateways read it."""
        return {
            "version": 1,
            "id": self.id,
            "to": self.to,
            "from": self.sender,
            "kind": self.kind.value,
            "text": self.text,
            "template": self.template,
            "template_code": self.template_code,
            "variables": dict(self.variables),
        }


def composed(
    name: str, template: Template, *, id: str, to: str, sender: str, values: Mapping[str, str]
) -> CitizenMessage:
    """Fill a template.

    Args:
        name: Of the template.
        template: With holes.
        id: Names the message.
        to: E.164.
        sender: The city's number.
        values: For the holes.

    Raises:
        KeyError: A value is missing.
    """
    shown = {key: writable(value) for key, value in values.items()}
    return CitizenMessage(
        id=id,
        to=to,
        sender=sender,
        text=template.filled(shown),
        template=name,
        template_code=template.code,
        variables=shown,
    )
