"""The sentences as a whole: their letters, lengths, variety, coverage and what is kept out."""

from itertools import islice
from random import Random

import pytest

from models.train.text import key, sentences
from models.train.text.hangul import is_syllable, length
from models.train.text.mixture import MAXIMUM_SYLLABLES, SHARES, labelled
from models.train.text.syllables import KS_X_1001
from models.train.text.told import told_sentences

SAMPLE = 100_000
FINITE = ("short answer", "choice and intent", "told", "predicate")
"""Classes that are lists: of right answers, of utterances, of forms."""


@pytest.fixture(scope="module")
def sample() -> list[tuple[str, str]]:
    return list(islice(labelled(Random(17), frozenset()), SAMPLE))


def test_only_hangul_and_single_spaces(sample: list[tuple[str, str]]) -> None:
    letters = set("".join(text for _, text in sample))
    assert all(is_syllable(letter) or letter == " " for letter in letters)
    assert all(text == " ".join(text.split()) for _, text in sample)


def test_lengths_from_one_to_the_maximum(sample: list[tuple[str, str]]) -> None:
    lengths = [length(text) for _, text in sample]
    assert set(lengths) == set(range(1, MAXIMUM_SYLLABLES + 1))
    assert sum(size >= 12 for size in lengths) > 0.4 * SAMPLE


def test_sentences_hardly_repeat(sample: list[tuple[str, str]]) -> None:
    open_texts = [text for name, text in sample if name not in FINITE]
    assert len(set(open_texts)) >= 0.95 * len(open_texts)


def test_the_classes_come_in_their_weights(sample: list[tuple[str, str]]) -> None:
    total = sum(share.weight for share in SHARES)
    for share in SHARES:
        found = sum(name == share.name for name, _ in sample) / SAMPLE
        assert found == pytest.approx(share.weight / total, rel=0.15)


def test_every_syllable_comes_up(sample: list[tuple[str, str]]) -> None:
    assert len(KS_X_1001) == 2350
    first = "".join(text for _, text in sample[:40_000])
    assert set(KS_X_1001) <= set(first)


def test_excluded_texts_never_come_up(sample: list[tuple[str, str]]) -> None:
    excluded = frozenset(key(text) for _, text in sample[:2000])
    again = islice(sentences(Random(17), excluded), 5000)
    assert excluded.isdisjoint(key(text) for text in again)


def test_the_same_seed_gives_the_same_sentences() -> None:
    one = list(islice(sentences(Random(4), frozenset()), 200))
    assert one == list(islice(sentences(Random(4), frozenset()), 200))


def test_key_drops_spaces_and_punctuation() -> None:
    assert key("네, 그 래요!") == "네그래요"


def test_what_is_told_to_the_desk_is_properly_spelled() -> None:
    found = list(islice(labelled(Random(17), frozenset()), 3000))
    told = set(told_sentences())
    assert {name for name, _ in found} == {share.name for share in SHARES}
    assert sum(text in told for name, text in found if name == "told") > 150  # others hesitate, or are cut
    assert len(told) > 1000
    assert not any("아페" in text for text in told)  # spelling by ear is for triage alone
