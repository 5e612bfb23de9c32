"""What was said against what was heard: character errors, confused words, repetition loops."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LOOP_TIMES = 4
"""An n-gram that is heard so many times in a row more often than it was said."""
_LOOP = re.compile(rf"(.+?)\1{{{LOOP_TIMES - 1},}}")
_MUCH_LONGER, _LONGER_SYLLABLES = 1.5, 5
"""Text beyond half as much again and five syllables more than was said was invented by the decoder."""


def letters(text: str) -> str:
    """A text without its spaces, which are not scored."""
    return text.replace(" ", "")


def align(said: str, heard: str) -> list[tuple[str, str]]:
    """Pairs of syllables with the fewest edits (Levenshtein); an empty string stands for none."""
    rows = [list(range(len(heard) + 1))]
    for i, letter in enumerate(said, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(heard, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other)))
        rows.append(row)
    pairs: list[tuple[str, str]] = []
    i, j = len(said), len(heard)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (said[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((said[i], heard[j]))
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
            pairs.append((said[i], ""))
        else:
            j -= 1
            pairs.append(("", heard[j]))
    return pairs[::-1]


def edits(said: str, heard: str) -> int:
    """Edit distance between two texts without their spaces."""
    return sum(one != other for one, other in align(letters(said), letters(heard)))


def confused_words(said: str, heard: str) -> list[tuple[str, str]]:
    """Words that came out wrong, each with what was heard in its place."""
    pairs = align(letters(said), letters(heard))
    found: list[tuple[str, str]] = []
    place = 0
    words = said.split()
    for number, word in enumerate(words):
        left, begin = len(word), place
        # What was heard in addition belongs to the word before it, at the very beginning to the first word.
        while place < len(pairs) and (left or not pairs[place][0]):
            left -= bool(pairs[place][0])
            place += 1
        end = len(pairs) if number == len(words) - 1 else place
        instead = "".join(pair[1] for pair in pairs[begin:end])
        if instead != word:
            found.append((word, instead))
    return found


def is_loop(said: str, heard: str) -> bool:
    """Whether the decoder repeated itself: a text much too long, or an n-gram four times in a row."""
    spoken, written = letters(said), letters(heard)
    if len(written) > _MUCH_LONGER * len(spoken) + _LONGER_SYLLABLES:
        return True
    return any(match.group(0) not in spoken for match in _LOOP.finditer(written))


@dataclass(slots=True)
class Tally:
    """The errors of one set."""

    clips: int = 0
    letters: int = 0
    edits: int = 0
    exact: int = 0
    loops: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Clips that the recogniser gave no text for, by its reason."""
    by_kind: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Edits and letters of each kind."""
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    sentences: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What was said and heard, with its edits; the worst sentences are the most common."""

    def add(self, kind: str, said: str, heard: str, rejected: str) -> None:
        """Count one clip."""
        wrong = edits(said, heard) if letters(said) != letters(heard) else 0
        length = len(letters(said))
        before = self.by_kind.get(kind, (0, 0))
        self.by_kind[kind] = (before[0] + wrong, before[1] + length)
        self.clips += 1
        self.letters += length
        self.edits += wrong
        self.exact += not wrong
        self.loops += is_loop(said, heard)
        if rejected:
            self.dropped[rejected] += 1
        if wrong:
            self.confusions.update(confused_words(said, heard))
            self.sentences[said, heard] += wrong

    @property
    def cer_percent(self) -> float:
        """Edits over the letters that were said."""
        return 100.0 * self.edits / max(self.letters, 1)

    @property
    def exact_percent(self) -> float:
        """Share of clips without an error."""
        return 100.0 * self.exact / max(self.clips, 1)


def most_confused(tallies: Iterable[Tally], count: int) -> list[tuple[str, str, int]]:
    """The words that were most often taken for another: said, heard, how often."""
    total: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        total.update(tally.confusions)
    return [(said, heard, times) for (said, heard), times in total.most_common(count)]


def worst_sentences(tallies: Iterable[Tally], count: int) -> list[tuple[str, str, int]]:
    """The sentences with the most edits: said, heard, edits."""
    total: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        total.update(tally.sentences)
    return [(said, heard, wrong) for (said, heard), wrong in total.most_common(count)]
