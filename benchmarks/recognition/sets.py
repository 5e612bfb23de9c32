"""The evaluation sets: what is said in them, under which conditions, and what is asked of the recogniser.

The texts lie in ``benchmarks/corpora/recognition/``, one file a set. They were written by hand, apart from
the generator of the training text, and training leaves them out (``evaluation_keys``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import yaml

from voicebot.errors import ConfigurationError

_FOLDER = Path(__file__).parents[1] / "corpora" / "recognition"
_CONVENTION = re.compile(r"[가-힣]+(?: [가-힣]+)*")
_NOT_LETTERS = re.compile(r"[\W_]+")
_VOCABULARY_SYLLABLES = 2
"""A single word of up to two syllables (몰라, 아까) is vocabulary, not a sentence learned by heart."""


class Measure(Enum):
    """How a set is scored."""

    CHARACTER_ERRORS = "CER"
    EXACT = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One text of a set."""

    text: str
    kind: str
    """Topic or manner: the heading in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A set, who speaks it, over which line, and the target."""

    name: str
    corpus: str
    measure: Measure
    target_percent: float
    """Most errors, or fewest exact answers."""
    held_out_voices: bool = True
    snr_db: float | None = None
    """Noise so far below the speech; ``None``: the noise of a quiet line."""

    def met(self, percent: float) -> bool:
        """Whether the figure keeps the target."""
        if self.measure is Measure.EXACT:
            return percent >= self.target_percent
        return percent <= self.target_percent

    @property
    def target(self) -> str:
        """For tables."""
        sign = "≥" if self.measure is Measure.EXACT else "≤"
        return f"{self.measure.value} {sign} {self.target_percent} %"


_CER, _EXACT = Measure.CHARACTER_ERRORS, Measure.EXACT
CONDITIONS = (
    Condition(
        name="domain, seen voices",
        corpus="domain",
        measure=_CER,
        target_percent=1.0,
        held_out_voices=False,
    ),
    Condition(name="domain, held-out voices", corpus="domain", measure=_CER, target_percent=2.0),
    Condition(
        name="domain, held-out voices, 10 dB", corpus="domain", measure=_CER, target_percent=5.0, snr_db=10.0
    ),
    Condition(name="everyday and dialect", corpus="everyday", measure=_CER, target_percent=10.0),
    Condition(name="short answers", corpus="short_answers", measure=_CER, target_percent=3.0),
    Condition(name="spoken numbers", corpus="numbers", measure=_CER, target_percent=3.0),
    Condition(name="closed answers", corpus="closed", measure=_EXACT, target_percent=99.5),
    Condition(name="phone numbers", corpus="phones", measure=_EXACT, target_percent=97.0),
    Condition(
        name="temperatures and dates", corpus="temperatures_dates", measure=_EXACT, target_percent=98.0
    ),
)
CORPORA = tuple(dict.fromkeys(condition.corpus for condition in CONDITIONS))


@cache
def load(corpus: str) -> tuple[Sentence, ...]:
    """The sentences of a set.

    Raises:
        ConfigurationError: The file is missing, is no mapping of lists, or a text breaks the conventions:
            Hangul, NFC, single spaces.
    """
    path = _FOLDER / f"{corpus}.yaml"
    try:
        kinds = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}); check out again") from error
    if not isinstance(kinds, dict) or not all(
        isinstance(kind, str) and isinstance(texts, list) for kind, texts in kinds.items()
    ):
        raise ConfigurationError(f"{path}: must hold one list of texts under the name of each kind")
    sentences = [Sentence(text=text, kind=kind) for kind, texts in kinds.items() for text in texts]
    for sentence in sentences:
        if not isinstance(sentence.text, str) or not _CONVENTION.fullmatch(sentence.text):
            raise ConfigurationError(
                f"{path}: {sentence.text!r} under {sentence.kind}: write Hangul only, composed (NFC), "
                "with single spaces; numbers as they are spoken"
            )
    return tuple(sentences)


def key(text: str) -> str:
    """What two texts are compared by: NFC, without spaces and punctuation."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFC", text))


def evaluation_keys() -> frozenset[str]:
    """Keys of the texts that training must not contain.

    All texts of all sets, but for single words of the closed answers and single words of one or two
    syllables: 네 and 몰라 are vocabulary; without them the language could not be learned.
    """
    return frozenset(key(text) for text in _sentences())


def _sentences() -> Iterator[str]:
    for corpus in CORPORA:
        for sentence in load(corpus):
            single = " " not in sentence.text
            if single and (corpus == "closed" or len(sentence.text) <= _VOCABULARY_SYLLABLES):
                continue
            yield sentence.text
