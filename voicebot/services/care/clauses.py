"""Where one clause of a story ends and the next begins, by the endings of Korean verbs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CLAUSE_END = re.compile(r"(?:지만|[가-힣](?:고|더니|요|니다|다|지|네|어|아))$")
_CODAS, _NIEUN = 28, 4  # of a Hangul syllable by its place in Unicode: (code - 가) % 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of a story with a verb of its own; start and end in the text without spaces."""

    start: int
    end: int
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """Without spaces."""
        return "".join(self.words)


def clauses(spoken: Sequence[str]) -> list[Clause]:
    """The clauses of a story, as places in its text without spaces."""
    found: list[Clause] = []
    words: list[str] = []
    end = 0
    for place, word in enumerate(spoken, start=1):
        words.append(word)
        if _ends_a_clause(word) or place == len(spoken):
            start, end = end, end + sum(map(len, words))
            found.append(Clause(start=start, end=end, words=tuple(words)))
            words = []
    return found


def _ends_a_clause(word: str) -> bool:
    before_de = word[-2:-1] if word.endswith("데") else ""  # 아픈데, 넘어졌는데; but not 어데
    if before_de:
        return (ord(before_de) - ord("가")) % _CODAS == _NIEUN
    return _CLAUSE_END.search(word) is not None
