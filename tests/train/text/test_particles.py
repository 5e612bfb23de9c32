"""Particles and copula forms in the shape that the syllable before them asks for."""

import pytest

from models.train.text.particles import after


@pytest.mark.parametrize(
    ("noun", "particle", "expected"),
    [
        ("집", "이", "이"),
        ("나무", "이", "가"),
        ("밥", "을", "을"),
        ("차", "을", "를"),
        ("물", "은", "은"),
        ("비", "은", "는"),
        ("집", "으로", "으로"),
        ("서울", "으로", "로"),
        ("학교", "으로는", "로는"),
        ("눈", "과", "과"),
        ("비", "과", "와"),
        ("친구", "이에요", "예요"),
        ("학생", "이에요", "이에요"),
        ("친구", "이었어요", "였어요"),
        ("학생", "이었어요", "이었어요"),
        ("친구", "인데요", "인데요"),
        ("친구", "이라고요", "라고요"),
        ("사람", "입니다", "입니다"),
        ("어디", "이여", "여"),
    ],
)
def test_form_behind_a_syllable(noun: str, particle: str, expected: str) -> None:
    assert after(noun[-1], particle) == expected
