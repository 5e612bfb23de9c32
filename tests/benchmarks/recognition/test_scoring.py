from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recognition.scoring import (
    Tally,
    align,
    confused_words,
    edits,
    is_loop,
    most_confused,
    worst_sentences,
)

texts = st.text("가나다라 ", max_size=12)


@given(texts, texts)
def test_an_alignment_spells_both_texts(said: str, heard: str) -> None:
    pairs = align(said, heard)
    assert "".join(one for one, _ in pairs) == said
    assert "".join(other for _, other in pairs) == heard
    assert edits(said, heard) == edits(heard, said) <= max(len(said), len(heard))


def test_spaces_are_not_scored() -> None:
    assert edits("물이 안 나와요", "물이안 나와요") == 0
    assert edits("물이 안 나와요", "불이 나와") == 3


def test_confused_words_are_named_with_what_was_heard() -> None:
    assert confused_words("물이 안 나와요", "불이 안 나와") == [("물이", "불이"), ("나와요", "나와")]
    assert confused_words("아니요 네", "어 아니요") == [("아니요", "어아니요"), ("네", "")]
    assert confused_words("네", "네 네 네") == [("네", "네네네")]
    assert confused_words("맞아요", "맞아요") == []


@given(texts.filter(lambda text: bool(text.strip())), texts)
def test_there_are_confused_words_exactly_where_there_are_edits(said: str, heard: str) -> None:
    assert bool(confused_words(said, heard)) == bool(edits(said, heard))


def test_loops_are_what_was_not_said() -> None:
    assert is_loop("물이 새요", "물이 물이 물이 물이 새요")
    assert is_loop("네", "네 그러니까 제가 말씀드린")
    assert not is_loop("네", "네 네 네")
    assert not is_loop("공공공공", "공공공공")
    assert not is_loop("물이 새요", "불이 세요")


def test_a_tally_counts_clips_and_names_the_worst() -> None:
    tally = Tally()
    tally.add("water", "물이 새요", "물이 새요", "")
    tally.add("water", "물이 안 나와요", "불이 안 나와요", "")
    tally.add("talk", "네", "", "no speech")
    assert (tally.clips, tally.exact, tally.edits, tally.letters, tally.loops) == (3, 1, 2, 11, 0)
    assert tally.exact_percent == 100 / 3
    assert tally.by_kind == {"water": (1, 10), "talk": (1, 1)}
    assert tally.dropped == {"no speech": 1}
    assert ("물이", "불이", 1) in most_confused([tally], 15)
    assert worst_sentences([tally], 1)[0][2] == 1
