"""People whom the city calls, what they agreed to, and who must not be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentKind(StrEnum):
    """What a person may agree to, each for itself."""

    CALLS = "calls"
    RECORDING = "recording"
    HEALTH = "health"
    """Health data need a consent of their own (Personal Information Protection Act, article 23)."""


class Source(StrEnum):
    """Where a person's wish came from."""

    CALL = "call"
    STAFF = "staff"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, known by the number that they are called at."""

    id: int
    phone: str
    """E.164."""
    name: str
    """Empty where it is not known."""
    external_id: str
    """The city's own key for the person, empty where there is none; never a resident number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A row of an import."""

    phone: str
    """E.164: what ``phone.normalised`` gives."""
    name: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person said last about one kind."""

    kind: ConsentKind
    granted: bool
    at: datetime
    source: Source
    call_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One remembered sentence about a person, as a care call tells it (``services.care.memory``)."""

    kind: str
    subject: str
    text: str
    since: str
    """The day it was told first, ``2026-11-22``."""
