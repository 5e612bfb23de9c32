"""Conditions over a profile in Kleene's three-valued logic: true, false, or not decided by what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voicebot.services.welfare.profile import Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A key has one of some values."""

    __test__ = False  # not a test of pytest

    key: str
    accepted: int
    """Bits of the values, in the order of the key's domain."""

    def holds(self, knowledge: Knowledge) -> bool | None:
        """Whether it is so for every value still possible, for none, or (``None``) for some."""
        possible = knowledge.bits(self.key)
        if not possible & self.accepted:
            return False
        return True if not possible & ~self.accepted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """All parts hold; without parts it always does."""

    parts: tuple[Condition, ...] = ()

    def holds(self, knowledge: Knowledge) -> bool | None:
        """False as soon as one part is false, true if all are."""
        undecided = False
        for part in self.parts:
            held = part.holds(knowledge)
            if held is False:
                return False
            undecided = undecided or held is None
        return None if undecided else True


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, knowledge: Knowledge) -> bool | None:
        """True as soon as one part is true, false if none can be."""
        undecided = False
        for part in self.parts:
            held = part.holds(knowledge)
            if held is True:
                return True
            undecided = undecided or held is None
        return None if undecided else False


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, knowledge: Knowledge) -> bool | None:
        """The opposite; what is undecided stays so."""
        held = self.part.holds(knowledge)
        return None if held is None else not held


Condition = Test | Every | Some | Not


def tests(condition: Condition) -> Iterator[Test]:
    """Every test in a condition."""
    match condition:
        case Test():
            yield condition
        case Not():
            yield from tests(condition.part)
        case _:
            for part in condition.parts:
                yield from tests(part)


def open_keys(condition: Condition, knowledge: Knowledge) -> Iterator[str]:
    """The keys whose values could still decide an undecided condition."""
    if condition.holds(knowledge) is not None:
        return
    match condition:
        case Test():
            yield condition.key
        case Not():
            yield from open_keys(condition.part, knowledge)
        case _:
            for part in condition.parts:
                yield from open_keys(part, knowledge)
