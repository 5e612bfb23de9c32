"""How a prompt is put together: its pieces, where they come from, and the pauses between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from voicebot.dialogue.actions import Say, Segment, SegmentKind

DIGIT_WORDS = {
    "0": "공",
    "1": "일",
    "2": "이",
    "3": "삼",
    "4": "사",
    "5": "오",
    "6": "육",
    "7": "칠",
    "8": "팔",
    "9": "구",
}
"""Digits as telephone and case numbers are read in Korean; each is a clip of its own."""

SENTENCE_PAUSE_MS = 380.0
"""After ``.``, ``?`` and ``!``: eSpeak's own pause within a text (400 ms measured at 150 words a minute) less
the decay that a clip ends in, so that it makes no difference where a text is cut into clips."""
CLAUSE_PAUSE_MS = 180.0
"""After a comma; eSpeak's own is 205 ms."""
DIGIT_PAUSE_MS = 40.0
"""Between digits: they stay apart, and do not yet sound like a list."""
GROUP_PAUSE_MS = 300.0
"""Between groups of digits (``-`` or space): time to write one down before the next comes."""

_SENTENCE_END = re.compile(r"[.?!。…]['\"”’)\]]*$")
_CLAUSE_END = re.compile(r"[,、;:]['\"”’)\]]*$")
_LEADING_MARKS = re.compile(r"^[\s.?!。…,、;:]+")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!。…])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One clip of a prompt, and the silence after it."""

    text: str
    cached: bool
    """Whether the clip is worth keeping: it belongs to the flow, not to one citizen."""
    pause_ms: float = 0.0


def plan(say: Say) -> list[Piece]:
    """Split a prompt into pieces; the pauses grow as the rate falls, and none follows the last piece."""
    pieces: list[Piece] = []
    for segment in say.segments:
        lead = _LEADING_MARKS.match(segment.text)
        if pieces and lead:
            # The full stop after a slot begins the next carrier: all it says is a pause.
            pieces[-1] = _pausing(pieces[-1], _pause_after(lead.group().strip()))
        for piece in _segment_pieces(segment):
            if is_speakable(piece.text):
                pieces.append(piece)
            elif pieces:
                pieces[-1] = _pausing(pieces[-1], piece.pause_ms)
    if not pieces:
        return []
    pieces = [replace(piece, pause_ms=piece.pause_ms / max(say.rate, 0.1)) for piece in pieces]
    return [*pieces[:-1], replace(pieces[-1], pause_ms=0.0)]


def spoken(text: str) -> str:
    """A carrier as it is given to the synthesiser: single spaces, no marks in front."""
    return _LEADING_MARKS.sub("", " ".join(text.split()))


def is_speakable(text: str) -> bool:
    """Whether a text has a letter or a figure in it."""
    return any(sign.isalnum() for sign in text)


def _pausing(piece: Piece, pause_ms: float) -> Piece:
    return replace(piece, pause_ms=max(piece.pause_ms, pause_ms))


def _segment_pieces(segment: Segment) -> Iterator[Piece]:
    text = spoken(segment.text)
    match segment.kind:
        case SegmentKind.FIXED:
            if text:
                yield Piece(text=text, cached=True, pause_ms=_pause_after(text))
        case SegmentKind.FREE:
            # Sentence by sentence: the first is heard while the second is made.
            for sentence in filter(None, _BETWEEN_SENTENCES.split(text)):
                yield Piece(text=sentence, cached=False, pause_ms=_pause_after(sentence))
        case SegmentKind.DIGITS:
            yield from _digit_pieces(text)


def _digit_pieces(text: str) -> Iterator[Piece]:
    groups = [group for group in re.split(r"[\s\-.,·()]+", text) if group]
    for position, group in enumerate(groups):
        pieces = [
            Piece(text=DIGIT_WORDS[sign], cached=True, pause_ms=DIGIT_PAUSE_MS)
            if sign in DIGIT_WORDS
            # A letter in a case number: seldom, and not worth a clip of its own.
            else Piece(text=sign, cached=False, pause_ms=DIGIT_PAUSE_MS)
            for sign in _signs(group)
        ]
        last = position == len(groups) - 1
        yield from pieces[:-1]
        yield replace(pieces[-1], pause_ms=_pause_after(text) if last else GROUP_PAUSE_MS)


def _signs(group: str) -> Iterator[str]:
    """Digits one by one, anything else together."""
    for is_digit, run in groupby(group, key=DIGIT_WORDS.__contains__):
        together = "".join(run)
        yield from together if is_digit else [together]


def _pause_after(text: str) -> float:
    if _SENTENCE_END.search(text):
        return SENTENCE_PAUSE_MS
    return CLAUSE_PAUSE_MS if _CLAUSE_END.search(text) else 0.0
