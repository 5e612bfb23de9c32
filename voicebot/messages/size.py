"""How long a message is for the carriers: bytes of EUC-KR as telephones use it (code page 949)."""

from __future__ import annotations

from enum import StrEnum

SHORT_BYTES = 90
"""What Korean carriers take as one SMS."""
LONGEST_BYTES = 2000
"""What they take as one LMS."""
_ENCODING = "cp949"
"""EUC-KR with all 11,172 syllables: names with 똠 or 뷁 arrive too."""
_REPLACEMENT = "?"


class MessageKind(StrEnum):
    """How a message travels, and what it costs."""

    SMS = "SMS"
    LMS = "LMS"


def size_bytes(text: str) -> int:
    """Bytes of a text; what cannot be shown counts as its replacement."""
    return len(text.encode(_ENCODING, errors="replace"))


def kind(text: str) -> MessageKind:
    """The shortest form that holds a text."""
    return MessageKind.SMS if size_bytes(text) <= SHORT_BYTES else MessageKind.LMS


def unwritable(text: str) -> list[str]:
    """The characters that telephones cannot show (emoji, rare letters), each once."""
    return [sign for sign in dict.fromkeys(text) if _replaced(sign) != sign]


def writable(text: str) -> str:
    """The text with ``?`` for each character that telephones cannot show."""
    return "".join(_replaced(sign) for sign in text)


def _replaced(sign: str) -> str:
    try:
        sign.encode(_ENCODING)
    except UnicodeEncodeError:
        return _REPLACEMENT
    return sign
