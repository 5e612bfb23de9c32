"""What became of one try to deliver a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The receiver has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """The receiver takes nothing at all now (down, or asks to wait); this message is not to blame."""

    reason: str
    """Holds nothing of the payload, as in the other verdicts."""
    after_s: float | None = None
    """When it asks to be tried again; ``None``: it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """This message did not arrive, and may another time."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The receiver will never take this message as it is: it is put aside for the operator."""

    reason: str


Verdict = Delivered | Postponed | Failed | Refused
