"""What a care call remembers of earlier calls: short facts, merged after each answer, gone on request.

Theory of operation
    Answers are never kept as they were spoken. A rule that finds something worth remembering gives a *note*
    in the project's own words ("무릎이 아프다"), so that no number and no name can come in by speech. Notes
    are merged one by one: a note about a subject that is not known is *appended*, the same again *passes*, a
    new state of a known subject *replaces* the old one, and what is over *deletes* it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is about."""

    HEALTH = "health"
    MEALS = "meals"
    SLEEP = "sleep"
    PLACES = "places"
    PETS = "pets"
    FAMILY = "family"


class Operation(StrEnum):
    """What becomes of the memory by one note."""

    PASS = "pass"
    REPLACE = "replace"
    APPEND = "append"
    DELETE = "delete"


_NUMBER = re.compile(r"\d[\d\s-]{3,}|[공영일이삼사오육칠팔구]{6,}")
"""Four digits and more, or six spoken ones: a telephone, house, account or resident number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One remembered sentence.

    Raises:
        ValueError: It holds a number, which must not be kept.
    """

    kind: FactKind
    subject: str
    """What it is about, one fact each: 무릎, 강아지, 복지관."""
    text: str
    """A plain sentence that can be quoted: "무릎이 아프다"."""
    since: date
    """The day it was told first."""

    def __post_init__(self) -> None:
        if _NUMBER.search(self.text) or _NUMBER.search(self.subject):
            raise ValueError("a fact must not hold a number; keep what it is about instead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What an answer says about a subject; an empty text: it is over (healed, gone, given up)."""

    kind: FactKind
    subject: str
    text: str = ""


Memory = tuple[Fact, ...]
"""The facts about one person, in the order in which they were told."""

MOST_FACTS = 20
"""Facts kept about one person: two calls a week refer to about eight in a month; privacy asks for few."""

_FRESH_DAYS = 14
"""Days in which a fact about health is asked about first: four calls at two a week."""


def operation(memory: Memory, note: Note) -> Operation:
    """What a note does to the memory."""
    known = _known(memory, note)
    if not note.text:
        return Operation.PASS if known is None else Operation.DELETE
    if known is None:
        return Operation.APPEND
    return Operation.PASS if known.text == note.text else Operation.REPLACE


def merge(memory: Memory, notes: Iterable[Note], today: date) -> Memory:
    """The memory after some notes; the oldest facts go when there are more than ``MOST_FACTS``."""
    for note in notes:
        match operation(memory, note):
            case Operation.PASS:
                pass
            case Operation.DELETE:
                memory = _without(memory, note)
            case Operation.REPLACE | Operation.APPEND:
                fact = Fact(kind=note.kind, subject=note.subject, text=note.text, since=today)
                memory = (*_without(memory, note), fact)
    return memory[-MOST_FACTS:]


def _known(memory: Memory, note: Note) -> Fact | None:
    return next((fact for fact in memory if (fact.kind, fact.subject) == (note.kind, note.subject)), None)


def _without(memory: Memory, note: Note) -> Memory:
    return tuple(fact for fact in memory if (fact.kind, fact.subject) != (note.kind, note.subject))


# --- referring to it ----------------------------------------------------------------------------------------


def chosen(memory: Memory, today: date, most: int = 1) -> Memory:
    """The facts to refer to in today's call: fresh troubles of health first, else each in its turn.

    Args:
        memory: What is known.
        today: The day of the call; the same day gives the same choice.
        most: At most so many facts.
    """
    earlier = [fact for fact in memory if fact.since < today]
    fresh = [
        fact for fact in earlier if fact.kind is FactKind.HEALTH and (today - fact.since).days <= _FRESH_DAYS
    ]
    others = [fact for fact in earlier if fact not in fresh]
    turned = [*_turned(fresh, today), *_turned(others, today)]
    return tuple(turned[:most])


def _turned(facts: Sequence[Fact], today: date) -> list[Fact]:
    start = today.toordinal() % len(facts) if facts else 0
    return [*facts[start:], *facts[:start]]


_ASKED = {
    FactKind.HEALTH: "요즘은 좀 어떠세요?",
    FactKind.MEALS: "요즘은 드시는 게 좀 어떠세요?",
    FactKind.SLEEP: "요즘은 잠이 좀 어떠세요?",
    FactKind.PLACES: "요즘은 어떠세요?",
    FactKind.PETS: "요즘 어떻게 지내나요?",
    FactKind.FAMILY: "요즘 어떻게 지내세요?",
}


def opening(fact: Fact) -> str:
    """The sentence that refers to a fact and asks after it."""
    return f"지난번에 {fact.text}고 하셨는데, {_ASKED[fact.kind]}"


# --- forgetting ---------------------------------------------------------------------------------------------


class Forgetting(StrEnum):
    """How much is to be forgotten."""

    NOTHING = "nothing"
    THIS = "this"
    """What was just referred to, or what is named."""
    EVERYTHING = "everything"


_DROP = r"(?:지워|지우|삭제|없애|잊어(?:주|줘|달)|기억(?:을|은)?(?:하)?지?(?:마|말))"
_EVERYTHING = re.compile(rf"(?:다|전부|모두|싹|기록|모든)(?:을|를|은|내용을?|좀|다|전부|모두|싹)*{_DROP}")
_THIS = re.compile(
    rf"(?:얘기|이야기|말|말씀|소리|거|것)(?:은|는|을|를|좀|이제|다시는|그만)*(?:하지(?:마|말|않)|그만|꺼내지|{_DROP})"
    r"|기억하지(?:마|말)|잊어(?:주|줘)"
)


def forgetting(said: str) -> Forgetting:
    """Whether the citizen wants something to be forgotten ("그 얘기는 하지 마세요", "다 지워 주세요")."""
    compact = "".join(said.split())
    if _EVERYTHING.search(compact):
        return Forgetting.EVERYTHING
    return Forgetting.THIS if _THIS.search(compact) else Forgetting.NOTHING


def forgotten(memory: Memory, said: str, referred: str = "") -> Memory:
    """The memory after the citizen's wish to forget.

    Args:
        memory: What is known.
        said: The citizen's words; a subject named in them is the one to be forgotten.
        referred: The subject that the bot just referred to, meant where none is named.
    """
    wish = forgetting(said)
    if wish is Forgetting.NOTHING:
        return memory
    if wish is Forgetting.EVERYTHING:
        return ()
    named = {fact.subject for fact in memory if fact.subject in said} or {referred}
    return tuple(fact for fact in memory if fact.subject not in named)


# --- as text, for storing -----------------------------------------------------------------------------------


def as_text(memory: Memory) -> str:
    """The memory as JSON on one line."""
    facts = [
        {"kind": fact.kind, "subject": fact.subject, "text": fact.text, "since": fact.since.isoformat()}
        for fact in memory
    ]
    return json.dumps(facts, ensure_ascii=False)


def from_text(text: str) -> Memory:
    """The memory that ``as_text`` wrote; empty text is an empty memory.

    Raises:
        ValueError: It is not what ``as_text`` writes.
    """
    if not text.strip():
        return ()
    try:
        return tuple(
            Fact(
                kind=FactKind(fact["kind"]),
                subject=str(fact["subject"]),
                text=str(fact["text"]),
                since=date.fromisoformat(fact["since"]),
            )
            for fact in json.loads(text)
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no stored memory: {error}; store what as_text() writes") from error
