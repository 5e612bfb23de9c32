import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.testing.similarity import contained, find, jamo, similarity

KOREAN = st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=8)


def test_one_wrong_sound_costs_one_jamo() -> None:
    assert similarity("다쳤어요", "다쳤어오") == pytest.approx(1 - 1 / 7)
    assert similarity("네", "예") < 1 and similarity("", "") == 1 and similarity("네", "") == 0


def test_spaces_and_signs_do_not_count() -> None:
    assert jamo("네, 맞아요.") == jamo("네맞아요")


def test_liaison_is_no_difference_but_ng_is_a_sound() -> None:
    assert jamo("사람이 없어요") == jamo("사라미 업서요")
    assert jamo("강") != jamo("가")


@pytest.mark.parametrize(
    ("keyword", "text", "least", "most"),
    [
        ("번호", "이 번호로 연락 드려도 될까요", 1.0, 1.0),
        ("번호", "이 버노로 연락 드려도 될까요", 0.75, 0.9),
        ("어디", "무슨 일이신가요", 0.0, 0.7),
        ("다친 사람", "다친사라미 있나요", 1.0, 1.0),
    ],
)
def test_a_keyword_is_found_in_a_badly_heard_text(keyword: str, text: str, least: float, most: float) -> None:
    assert least <= contained(keyword, text) <= most


def test_the_last_of_equal_places_is_told_by_what_follows_it() -> None:
    assert find("번호", "번호는 이 번호") == (1.0, 0)
    assert find("번호", "번호는요") == (1.0, len(jamo("는요")))
    assert find("?", "번호")[0] == 0


@given(KOREAN, KOREAN)
def test_similarity_is_symmetric_and_bounded(left: str, right: str) -> None:
    assert similarity(left, right) == similarity(right, left)
    assert 0 <= similarity(left, right) <= 1
    assert similarity(left, left) == 1


@given(KOREAN.filter(bool), KOREAN, KOREAN)
def test_what_is_contained_is_found(keyword: str, before: str, after: str) -> None:
    assert contained(keyword, before + keyword + after) == 1


@given(KOREAN.filter(bool), KOREAN)
def test_being_contained_is_no_harder_than_being_alike(keyword: str, text: str) -> None:
    assert (
        contained(keyword, text)
        >= 1
        - (1 - similarity(keyword, text)) * max(len(jamo(keyword)), len(jamo(text))) / len(jamo(keyword))
        - 1e-9
    )
