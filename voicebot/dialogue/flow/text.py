"""Prompt texts with slots, and what they become: segments of fixed, digit and free speech.

``"접수 번호는 {case_number|digits}입니다."`` is a carrier phrase, digits and a carrier phrase; the
carriers are rendered at deploy. ``{place|을/를}`` is followed by the particle that fits its last sound,
``{note?}`` may be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.dialogue.actions import Segment, SegmentKind
from voicebot.dialogue.flow.korean import PAIRS, particle, with_particle


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A carrier phrase."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A carrier phrase that begins with a particle: which one depends on the digits before it."""

    slot: str
    pair: tuple[str, str]
    tail: str

    def text(self, value: str) -> str:
        """The phrase after this value."""
        return (particle(value, self.pair) + self.tail).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A value known only in the call, with what is written to it without a space (free speech only)."""

    name: str
    digits: bool = False
    optional: bool = False
    pair: tuple[str, str] | None = None
    before: str = ""
    after: str = ""


Part = Fixed | Chosen | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A parsed prompt."""

    source: str
    parts: tuple[Part, ...]

    @property
    def slots(self) -> frozenset[str]:
        """Names that must be known when this is spoken."""
        return frozenset(part.name for part in self.parts if isinstance(part, Slot) and not part.optional)

    @property
    def carriers(self) -> tuple[str, ...]:
        """Every fixed phrase this can give, each form of a particle included."""
        phrases: list[str] = []
        for part in self.parts:
            if isinstance(part, Fixed):
                phrases.append(part.text)
            elif isinstance(part, Chosen):
                phrases += [(form + part.tail).strip() for form in part.pair]
        return tuple(phrases)

    @property
    def question(self) -> str:
        """The fixed words as one line: what the polarity of an answer is inferred from."""
        return " ".join(part.text for part in self.parts if isinstance(part, Fixed))


class TextError(ValueError):
    """A prompt that cannot be parsed; the message says what is wrong and how to mend it."""


_SLOT = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NO_BEGINNING = " ,.!?"
"""Punctuation after a slot: heard as the pause there is anyway, and no way to begin a phrase."""
_WORD = re.compile(r"\w")
_GLUED_AFTER = re.compile(r"^\S*")
_GLUED_BEFORE = re.compile(r"\S*$")


def parse_text(source: str, settings: Mapping[str, str]) -> Text:
    """Parse a prompt; slots named in ``settings`` become fixed text.

    Raises:
        TextError: An unknown filter, a bad slot name or a stray brace.
    """
    source = " ".join(source.split())
    pieces: list[str | Slot] = []
    at = 0
    for found in _SLOT.finditer(source):
        pieces.append(_literal(source[at : found.start()]))
        slot = _slot(found.group(1))
        if slot.name in settings:
            value = settings[slot.name]
            pieces.append(with_particle(value, slot.pair) if slot.pair else value)
        else:
            pieces.append(slot)
        at = found.end()
    pieces.append(_literal(source[at:]))
    return Text(source=source, parts=tuple(_parts(_joined(pieces))))


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise TextError("a brace without its partner; write slots as {name}")
    return text


def _slot(inside: str) -> Slot:
    name, *filters = (piece.strip() for piece in inside.split("|"))
    optional = name.endswith("?")
    name = name.removesuffix("?")
    if _NAME.fullmatch(name) is None:
        raise TextError(f"slot name {name!r} is not allowed; use lower-case letters, digits and _")
    digits, pair = False, None
    for given in filters:
        if given == "digits":
            digits = True
        elif given in PAIRS:
            after_consonant, _, after_vowel = given.partition("/")
            pair = (after_consonant, after_vowel)
        else:
            known = ", ".join(["digits", *sorted(PAIRS)])
            raise TextError(f"slot {{{name}}} has the unknown form {given!r}; known are {known}")
    return Slot(name=name, digits=digits, optional=optional, pair=pair)


def _joined(pieces: list[str | Slot]) -> list[str | Slot]:
    """Neighbouring literals as one, empty ones left out."""
    joined: list[str | Slot] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return joined


def _parts(pieces: list[str | Slot]) -> list[Part]:
    """Give free slots the letters written to them, and digits the carrier that begins with their particle."""
    parts: list[Part] = []
    literal = ""
    for place, piece in enumerate(pieces):
        if isinstance(piece, str):
            literal += piece
            continue
        following = pieces[place + 1] if place + 1 < len(pieces) else ""
        tail = following if isinstance(following, str) else ""
        if piece.digits:
            parts += _fixed(literal)
            parts.append(Slot(name=piece.name, digits=True, optional=piece.optional))
            if piece.pair:
                parts.append(Chosen(slot=piece.name, pair=piece.pair, tail=tail))
                if tail:
                    pieces[place + 1] = ""
            literal = ""
            continue
        before = _GLUED_BEFORE.search(literal)
        after = _GLUED_AFTER.search(tail)
        assert before is not None and after is not None  # both match the empty string
        parts += _fixed(literal[: before.start()])
        parts.append(
            Slot(
                name=piece.name,
                optional=piece.optional,
                pair=piece.pair,
                before=before.group(),
                after=after.group(),
            )
        )
        if tail:
            pieces[place + 1] = tail[after.end() :]
        literal = ""
    return parts + _fixed(literal)


def _fixed(literal: str) -> list[Part]:
    text = literal.strip().lstrip(_NO_BEGINNING)
    return [Fixed(text=text)] if _WORD.search(text) else []


def render(text: Text, slots: Mapping[str, str]) -> tuple[Segment, ...]:
    """The segments of a prompt with its slots filled.

    Raises:
        KeyError: A slot that is not optional is unknown (excluded by the flow's validation).
    """
    segments: list[Segment] = []
    for part in text.parts:
        match part:
            case Fixed():
                segments.append(Segment(text=part.text))
            case Chosen():
                if slots.get(part.slot):
                    segments.append(Segment(text=part.text(slots[part.slot])))
            case Slot():
                value = slots.get(part.name, "") if part.optional else slots[part.name]
                if value:
                    segments.append(_spoken(part, value))
    return tuple(segments)


def plain(text: Text, slots: Mapping[str, str]) -> str:
    """The text as one line, for work arguments."""
    return " ".join(segment.text for segment in render(text, slots))


def _spoken(part: Slot, value: str) -> Segment:
    if part.digits:
        digits = re.sub(r"[\s-]", "", value)
        if digits.isdecimal():
            return Segment(text=group_digits(digits), kind=SegmentKind.DIGITS)
    inflected = with_particle(value, part.pair) if part.pair else value
    return Segment(text=part.before + inflected + part.after, kind=SegmentKind.FREE)


_PHONE_GROUPS = re.compile(r"(02|0505|0\d\d)(\d{3,4})(\d{4})|()(\d{4})(\d{4})|()(\d{3})(\d{4})")


def group_digits(digits: str) -> str:
    """Digits in the groups in which they are said, with a space (a breath) between: 010 1234 5678."""
    found = _PHONE_GROUPS.fullmatch(digits)
    if found is not None:
        return " ".join(group for group in found.groups() if group)
    if len(digits) <= 5:  # short enough to be kept in mind as one
        return digits
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
