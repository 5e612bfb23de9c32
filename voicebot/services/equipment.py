"""What a service brings to its flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.dialogue.walk import Functions


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A service's pure code, and its answers as data."""

    functions: Functions
    answers: Mapping[str, str] = field(default_factory=dict)
    """Topic → words: what is answered in the middle of anything (``overheard`` in the flow)."""
