"""Groups of endings and auxiliaries, read from `endings/*.txt`, and random forms of a stem with them."""

from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

from models.train.text.conjugation import Ending, Kind, Stem, attach
from models.train.text.files import DataError, Line, lines

# The copula says 라고 where an adjective says 다고: 사람이라고, 좋다고.
COPULA_STARTS = {"다": "라", "대": "래", "단": "란", "답": "랍", "당": "랑"}
COPULA_WHOLE = {"어": "야", "어서": "라서", "어도": "라도", "다": "다", "다가": "다가"}

# 않다 is a verb behind a verb (가지 않는데) and an adjective behind an adjective (좋지 않은데).
FOLLOWING = "않다"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auxiliary:
    """A connective and the verb behind it, which takes an ending of a group: 고 있다 + final."""

    ending: Ending
    word: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """Another group, all of which belongs here: @final."""

    group: str


Choice = Ending | Auxiliary | Include


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Weighted endings: the running sums of the weights beside the endings."""

    choices: tuple[Choice, ...]
    sums: tuple[float, ...]


def copula_form(adjective: str) -> str:
    """What the copula takes where an adjective takes the given form."""
    if adjective in COPULA_WHOLE:
        return COPULA_WHOLE[adjective]
    if adjective.startswith("다가"):
        return adjective
    return COPULA_STARTS.get(adjective[0], adjective[0]) + adjective[1:]


def parsed(line: Line) -> Choice:
    """One line: `는데 | 은데 | copula form`, `고 있다 + group` or `@group`; `-` where a kind takes none.

    Raises:
        DataError: for an auxiliary without a verb.
    """
    if line.text.startswith("@"):
        return Include(group=line.text[1:].strip())
    _, plus, rest = line.text.partition(" + ")
    group = rest.partition("|")[0]
    word = ""
    columns = [column.partition(" + ")[0].strip() for column in line.text.split("|")]
    if plus:
        word = columns[0].rpartition(" ")[2]
        columns = [column if column == "-" else column[: -len(word)] for column in columns]
        if not word.endswith("다") or not columns[0]:
            raise DataError(f"{line.place}: {line.text!r} needs a connective, a space and a verb before '+'")
    verb = columns[0]
    adjective = columns[1] if len(columns) > 1 else verb
    copula = columns[2] if len(columns) > 2 else adjective if adjective == "-" else copula_form(adjective)
    ending = Ending(
        verb=None if verb == "-" else verb,
        adjective=None if adjective == "-" else adjective,
        copula=None if copula == "-" else copula,
    )
    return Auxiliary(ending=ending, word=word, group=group.strip()) if plus else ending


def read_groups(folder: Path) -> dict[str, Group]:
    """All groups of a folder.

    Raises:
        DataError: for a group that includes one that does not exist.
    """
    found: dict[str, list[tuple[float, Choice]]] = {}
    for path in sorted(folder.glob("*.txt")):
        for line in lines(path):
            choice = parsed(line)
            found.setdefault(line.section, []).append((line.weight, choice))
    groups = {
        name: Group(
            choices=tuple(choice for _, choice in entries),
            sums=tuple(accumulate(weight for weight, _ in entries)),
        )
        for name, entries in found.items()
    }
    for name, group in groups.items():
        for choice in group.choices:
            if isinstance(choice, Auxiliary | Include) and choice.group not in groups:
                raise DataError(f"endings: group {name!r} names {choice.group!r}, which does not exist")
    return groups


def usable(groups: Mapping[str, Group], kind: Kind) -> dict[str, Group]:
    """The groups with only what a kind of stem takes; a group with nothing of that is left out."""
    done: dict[str, Group] = {}

    def keep(choice: Choice) -> bool:
        match choice:
            case Include():
                return reduced(choice.group) is not None
            case Auxiliary():
                return choice.ending.of(kind) is not None
            case Ending():
                return choice.of(kind) is not None

    def reduced(name: str) -> Group | None:
        if name not in done:
            group = groups[name]
            weights = (after - before for before, after in pairwise((0.0, *group.sums)))
            kept = [pair for pair in zip(group.choices, weights, strict=True) if keep(pair[0])]
            if not kept:
                return None
            sums = tuple(accumulate(weight for _, weight in kept))
            done[name] = Group(choices=tuple(choice for choice, _ in kept), sums=sums)
        return done[name]

    for name in groups:
        reduced(name)
    return done


class Conjugator:
    """Puts a random ending of a group behind a stem."""

    def __init__(self, groups: Mapping[str, Group], lexemes: Callable[[str], Stem]) -> None:
        self._groups = groups
        self._by_kind = {kind: usable(groups, kind) for kind in Kind}
        self._lexemes = lexemes

    def __contains__(self, group: str) -> bool:
        return group in self._groups

    def form(self, stem: Stem, group: str, random: Random) -> str:
        """A form of the stem with an ending of the group that its kind takes.

        Raises:
            DataError: for a group without such an ending.
        """
        choices = self._by_kind[stem.kind].get(group)
        if choices is None:
            raise DataError(f"endings: group {group!r} has nothing for {stem.text!r} ({stem.kind.value})")
        chosen = choices.choices[bisect(choices.sums, random.random() * choices.sums[-1])]
        match chosen:
            case Include():
                return self.form(stem, chosen.group, random)
            case Auxiliary():
                own = chosen.ending.of(stem.kind) or ""  # usable() has left out what the kind does not take
                head, space, _ = own.rpartition(" ")
                next_stem = self._lexemes(chosen.word)
                if chosen.word == FOLLOWING and stem.kind is not Kind.VERB:
                    next_stem = Stem(text="않", kind=Kind.ADJECTIVE, change="")
                return attach(stem, head) + space + self.form(next_stem, chosen.group, random)
            case Ending():
                return attach(stem, chosen.of(stem.kind) or "")
