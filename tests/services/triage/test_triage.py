"""Triage of stories: danger first, several issues, slots, and input that is bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import ModelError
from voicebot.services.triage import load_triage
from voicebot.services.triage.classifier import probabilities
from voicebot.services.triage.features import BUCKETS, features_of, sounds_of
from voicebot.services.triage.loading import (
    WEIGHTS_FILE,
    checksum,
    load_examples,
    load_model,
    load_vocabulary,
)
from voicebot.services.triage.slots import slots_of


def test_the_weights_are_those_of_the_utterances() -> None:
    assert load_model().checksum == checksum(load_examples(), load_vocabulary()), (
        "run: python -m voicebot.services.triage.train"
    )
    assert WEIGHTS_FILE.stat().st_size < 1_500_000


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_broken_weights_are_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="train it anew with"):
        load_model(path)


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be used"):
        load_model(tmp_path / "weights.npz")


def test_probabilities_add_up_to_one() -> None:
    odds = probabilities(load_model(), "가로등이 꺼졌어요")
    assert np.isclose(sum(odds.values()), 1.0)
    assert next(iter(odds)) == "street_light"


def test_features_hear_what_is_spelt_by_ear() -> None:
    assert sounds_of("물이") == sounds_of("무리")
    assert sounds_of("가로등이") == sounds_of("가로등이")
    pieces, classes = features_of("물이 안 나와요", load_vocabulary())
    assert all(0 <= piece < BUCKETS for piece in pieces)
    assert classes


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("집에 불이 났어요 빨리 와 주세요", "fire"),
        ("가스 냄새가 심하게 나요", "gas_leak"),
        ("엘리베이터에 갇혔어요", "trapped"),
        ("치매 할머니가 없어졌어요", "missing"),
        ("죽고 싶어요", "suicide"),
        ("길에 고양이가 죽어 있어요", "roadkill"),
        ("가로등이 꺼져서 깜깜해요", "street_light"),
        ("여권 만들려면 뭐가 필요해요", "passport"),
        ("배고파 죽겠어요", "other"),
    ],
)
def test_types(said: str, code: str) -> None:
    assert load_triage().judge(said).type.code == code


def test_of_several_issues_the_most_urgent_comes_first() -> None:
    story = "집 앞에 쓰레기를 며칠째 안 가져가요. 그리고 도로에 큰 구멍이 뚫려서 땅이 푹 꺼졌어요."
    found = load_triage().judge(story)
    assert found.type.code == "sinkhole"
    assert "garbage" in [issue.code for issue in found.also]


def test_danger_in_a_long_story_comes_first() -> None:
    story = "여권 때문에 전화했는데요. 아이고 지금 옆집에 불이 났어요. 연기가 막 나요."
    assert load_triage().judge(story).type.code == "fire"


def test_slots_of_a_story() -> None:
    slots = slots_of(
        "효자동 주민센터 앞에 어제 저녁부터 십이가 삼사오육 차가 서 있어요 "
        "제 번호는 공일공에 일이삼사에 오육칠팔이에요"
    )
    assert slots["place"].startswith("효자동")
    assert slots["since"].startswith("어제")
    assert slots["plate"].endswith("가3456")
    assert slots["call_back"] == "01012345678"


def test_nobody_is_hurt() -> None:
    assert slots_of("나무가 쓰러졌는데 다친 사람은 없어요")["danger"] == "no"


@pytest.mark.parametrize(
    "said", ["", "   ", "네" * 20_000, "hello there is a problem", "!!!", "こんにちは", "ㅋㅋㅋ"]
)
def test_bad_input_is_judged_without_an_emergency(said: str) -> None:
    assert load_triage().judge(said).type.level != "P0"


def test_a_resident_number_reaches_no_slot() -> None:
    for number in ("900101-1234567", "구공공일공일 일이삼사오육칠"):
        slots = load_triage().judge(f"제 주민번호는 {number}이고 효자동 사거리에 가로등이 꺼졌어요").slots
        assert "1234567" not in "".join(slots.values())
        assert "call_back" not in slots
