"""The rules that spread the vocabulary: their endings all exist, and they write words by the thousand."""

from random import Random

import pytest

from models.train.text.hangul import is_syllable
from models.train.text.load import grammar


@pytest.mark.parametrize(("rule", "words"), [("vocabulary", 3000), ("frequent", 2000)])
def test_many_words_and_nothing_but_hangul(rule: str, words: int) -> None:
    random = Random(1)
    texts = [grammar().text(rule, random) for _ in range(3000)]
    assert all(is_syllable(letter) or letter == " " for text in texts for letter in text)
    assert len({word for text in texts for word in text.split()}) > words
