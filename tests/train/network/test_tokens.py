"""Tokens and sounds of Korean text."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from models.train.errors import TrainingError
from models.train.network.tokens import (
    JAMO,
    SOUNDS,
    SPECIALS,
    build_tokens,
    frequent_syllables,
    load_tokens,
    sounds,
)
from voicebot.adapters.recognition.vocabulary import Vocabulary

SYLLABLES = [chr(code) for code in range(ord("가"), ord("힣") + 1)]
TOKENS = build_tokens(["습", "안", "었"], 5.0)


def test_every_syllable_is_written_and_read_back() -> None:
    for first in range(0, len(SYLLABLES), 100):
        text = "".join(SYLLABLES[first : first + 100])
        assert TOKENS.decode(TOKENS.encode(text)) == text


def test_a_syllable_takes_one_token_or_two_whatever_its_neighbours() -> None:
    alone = {syllable: TOKENS.encode(syllable) for syllable in SYLLABLES}
    assert {len(written) for written in alone.values()} == {1, 2}
    assert len(alone["습"]) == len(alone["하"]) == 1
    text = "안녕하십니까 닭값이 밟혔습니다"
    space = TOKENS.encode(" ")
    assert len(space) == 1
    expected = [token for character in text for token in alone.get(character, space)]
    assert TOKENS.encode(text) == expected


def test_specials_stand_in_whispers_order_after_all_text() -> None:
    listed = TOKENS.listed()
    first = listed.index(SPECIALS[0])
    assert listed[first : first + len(SPECIALS)] == list(SPECIALS)
    assert listed[first - 1] == ""  # what makes CTranslate2 take the model for a multilingual one
    assert listed[first + len(SPECIALS) :][:2] == ["<|0.00|>", "<|0.02|>"]
    assert listed[-1] == "<|5.00|>"
    assert len(set(listed)) == len(listed) == TOKENS.size


def test_the_engine_reads_what_is_saved(tmp_path: Path) -> None:
    TOKENS.save(tmp_path)
    vocabulary = Vocabulary(tmp_path, TOKENS.size)
    assert vocabulary.prompt == TOKENS.prompt
    assert vocabulary.end_of_text == TOKENS.end_of_text
    text = "창문이 안 닫혀요"
    assert vocabulary.tokens(text) == tuple(TOKENS.encode(text))
    assert vocabulary.text(TOKENS.encode(text)) == text
    again = load_tokens(tmp_path)
    assert (again.listed(), again.prompt, again.no_speech) == (
        TOKENS.listed(),
        TOKENS.prompt,
        TOKENS.no_speech,
    )


def test_a_damaged_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"tokenizer.json: not a readable tokenizer .* train anew"):
        load_tokens(tmp_path)


def test_frequent_syllables_are_those_with_a_coda_in_one_order() -> None:
    assert frequent_syllables(["안안 집에 가", "집 눈 안"], 2) == ["안", "집"]
    assert frequent_syllables(["눈 강"], 5) == ["강", "눈"]


def test_sounds_are_the_jamo_without_spaces() -> None:
    assert sounds("네 값") == [JAMO.index(jamo) + 1 for jamo in unicodedata.normalize("NFD", "네값")]
    every = {sound for syllable in SYLLABLES for sound in sounds(syllable)}
    assert every == set(range(1, SOUNDS))
    assert sounds("") == []
