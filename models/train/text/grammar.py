"""Templates compiled into functions that write a random sentence.

The notation of `rules/*.txt`, one template a line under its `= rule`:

* `(집|가게|)` one of the alternatives, possibly nothing;
* `{food}` a word of a list, another rule, or a slot function such as `{phone}`;
* `{먹다:final}`, `{v.eat:final}` a verb, or any verb of a list, with an ending of the group `final`;
* `{clause:final}` a rule with an argument, which its own templates pass on as `{v.eat:*}`;
* `[을]` a particle or copula in the form that the syllable before it asks for; `{이다:final}` the copula.
"""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from random import Random

from models.train.text.conjugation import Kind, Stem
from models.train.text.endings import Conjugator
from models.train.text.files import DataError, Line
from models.train.text.particles import after

Slot = Callable[[Random], str]
Writer = Callable[[Random, list[str], str], None]  # random numbers, what is written so far, argument

DEFAULT_GROUP = "final"


class Grammar:
    """Rules, words, verbs and slots by name; writes a random text of a rule."""

    def __init__(
        self,
        *,
        rules: Sequence[Line],
        words: Mapping[str, Sequence[str]],
        verbs: Mapping[str, Sequence[Stem]],
        lexeme: Callable[[str], Stem],
        conjugator: Conjugator,
        slots: Mapping[str, Slot],
    ) -> None:
        self._verbs = verbs
        self._lexeme = lexeme
        self._conjugator = conjugator
        self._writers: dict[str, Writer] = {name: written_slot(slot) for name, slot in slots.items()}
        self._writers.update({name: written_words(entries) for name, entries in words.items()})
        self._uses: list[tuple[str, str]] = []  # names to be checked, with their places
        grouped: dict[str, list[Line]] = {}
        for line in rules:
            grouped.setdefault(line.section, []).append(line)
        for name, templates in grouped.items():
            writers = [self._compiled(line) for line in templates]
            self._writers[name] = weighted(writers, [line.weight for line in templates])
        for name, place in self._uses:
            if name not in self._writers:
                raise DataError(f"{place}: {{{name}}} is no rule, word list, verb or slot: add or rename it")

    def __contains__(self, rule: str) -> bool:
        return rule in self._writers

    def text(self, rule: str, random: Random) -> str:
        """A random text of a rule, single-spaced."""
        written: list[str] = []
        self._writers[rule](random, written, "")
        return " ".join("".join(written).split())

    def _compiled(self, line: Line) -> Writer:
        writer, end = self._alternatives(line, 0)
        if end < len(line.text):
            raise DataError(f"{line.place}: a closing parenthesis too many in {line.text!r}")
        return writer

    def _alternatives(self, line: Line, start: int) -> tuple[Writer, int]:
        """Templates parted by | from a place on, to the closing parenthesis or the end."""
        found: list[Writer] = []
        position = start
        while True:
            writer, position = self._sequence(line, position)
            found.append(writer)
            if position >= len(line.text) or line.text[position] != "|":
                return uniform(found), position
            position += 1

    def _sequence(self, line: Line, start: int) -> tuple[Writer, int]:
        text = line.text
        found: list[Writer] = []
        position = start
        while position < len(text) and text[position] not in "|)":
            match text[position]:
                case "(":
                    writer, position = self._alternatives(line, position + 1)
                    closing = ")"
                case "{":
                    end = text.find("}", position)
                    writer, position = self._reference(line, text[position + 1 : end]), end
                    closing = "}"
                case "[":
                    end = text.find("]", position)
                    writer, position = written_particle(text[position + 1 : end]), end
                    closing = "]"
                case _:
                    end = position
                    while end < len(text) and text[end] not in "(){}[]|":
                        end += 1
                    found.append(written_literal(text[position:end]))
                    position = end
                    continue
            if position < 0 or position >= len(text) or text[position] != closing:
                raise DataError(f"{line.place}: {closing!r} is missing in {text!r}")
            position += 1
            found.append(writer)
        return (found[0] if len(found) == 1 else in_sequence(tuple(found))), position

    def _reference(self, line: Line, inside: str) -> Writer:
        name, _, argument = inside.partition(":")
        if argument not in ("", "*") and argument not in self._conjugator:
            raise DataError(f"{line.place}: no group of endings is called {argument!r}")
        if name in self._verbs:
            return self._conjugated(self._verbs[name], argument)
        if name.endswith("다") and argument:
            return self._conjugated((self._lexeme(name),), argument)
        self._uses.append((name, line.place))
        writers = self._writers

        def refer(random: Random, written: list[str], given: str) -> None:
            writers[name](random, written, given if argument == "*" else argument)

        return refer

    def _conjugated(self, stems: Sequence[Stem], argument: str) -> Writer:
        form = self._conjugator.form
        count = len(stems)
        fixed = "" if argument == "*" else argument

        def conjugate(random: Random, written: list[str], given: str) -> None:
            stem = stems[int(random.random() * count)]
            text = form(stem, fixed or given or DEFAULT_GROUP, random)
            if stem.kind is Kind.COPULA and stem.text == "이":
                text = after(last_syllable(written), text)
            written.append(text)

        return conjugate


def last_syllable(written: Sequence[str]) -> str:
    """The last letter written so far, or a space where there is none."""
    for text in reversed(written):
        if text:
            return text[-1]
    return " "


def written_literal(text: str) -> Writer:
    """Writes a fixed text."""
    return lambda random, written, given: written.append(text)


def written_slot(slot: Slot) -> Writer:
    """Writes what a slot function makes."""
    return lambda random, written, given: written.append(slot(random))


def written_words(words: Sequence[str]) -> Writer:
    """Writes one of the words."""
    count = len(words)
    return lambda random, written, given: written.append(words[int(random.random() * count)])


def written_particle(particle: str) -> Writer:
    """Writes a particle in the form that the last syllable asks for."""
    return lambda random, written, given: written.append(after(last_syllable(written), particle))


def in_sequence(writers: tuple[Writer, ...]) -> Writer:
    """Writes all of them."""

    def write(random: Random, written: list[str], given: str) -> None:
        for writer in writers:
            writer(random, written, given)

    return write


def uniform(writers: Sequence[Writer]) -> Writer:
    """Writes one of them, each as likely."""
    if len(writers) == 1:
        return writers[0]
    count = len(writers)
    return lambda random, written, given: writers[int(random.random() * count)](random, written, given)


def weighted(writers: Sequence[Writer], weights: Sequence[float]) -> Writer:
    """Writes one of them, by weight."""
    sums = list(accumulate(weights))
    total = sums[-1]
    return lambda random, written, given: writers[bisect(sums, random.random() * total)](
        random, written, given
    )
