"""Classes of words that mean alike, so that what was learnt of 옹벽 holds for 축대 as well.

A file has lines ``class: stem stem …``; a class may go on in further lines, ``#`` begins a comment.
"""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.errors import FlowError

LONGEST_STEM = 8
"""Syllables; every length more is another look-up at each place of an utterance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The classes by their stems."""

    names: tuple[str, ...]
    classes_of: dict[str, tuple[int, ...]]
    """Numbers of the classes of a stem."""
    lengths: tuple[int, ...]
    """Lengths that stems have, in syllables."""


def parse_vocabulary(text: str, source: str) -> Vocabulary:
    """The classes of one file.

    Args:
        text: The file.
        source: Its name, for messages.

    Raises:
        FlowError: A line without a class, a stem that is too short or too long, or one that comes twice.
    """
    numbers: dict[str, int] = {}
    found: dict[str, tuple[int, ...]] = {}
    for line_number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        where = f"{source}:{line_number}"
        name, colon, stems = line.partition(":")
        if not colon or not name.strip() or not stems.strip():
            raise FlowError(f"{where}: write 'class: stem stem …'")
        number = numbers.setdefault(name.strip(), len(numbers))
        for stem in stems.split():
            if not 2 <= len(stem) <= LONGEST_STEM:
                raise FlowError(f"{where}: {stem!r} must have 2 to {LONGEST_STEM} syllables")
            if number in found.get(stem, ()):
                raise FlowError(f"{where}: {stem!r} comes twice in its class; keep one")
            found[stem] = (*found.get(stem, ()), number)
    lengths = tuple(sorted({len(stem) for stem in found}))
    return Vocabulary(names=tuple(numbers), classes_of=found, lengths=lengths)


def classes_in(compact: str, vocabulary: Vocabulary) -> set[int]:
    """Numbers of the classes whose stems are in an utterance.

    Args:
        compact: The utterance without its spaces.
        vocabulary: The classes.
    """
    found: set[int] = set()
    for start in range(len(compact) - 1):
        for length in vocabulary.lengths:
            found.update(vocabulary.classes_of.get(compact[start : start + length], ()))
    return found
