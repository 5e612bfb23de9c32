from __future__ import annotations

import pytest

from voicebot.services.care.steps import aside, judge


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sleep", "네 근데 어제 넘어졌어요"),
        ("sleep", "네 근데 어제 너머졌어요"),
        ("meals", "네 그런데 숨이 차요"),
        ("outing", "아니요 다리가 저려서요"),
        ("pain", "네 허리가 아파요"),
        ("medicine", "네 근데 열이 나요"),
        ("meals", "네 그리고 제 기록 다 지워 주세요"),
    ],
)
def test_what_is_told_beside_an_answer(asked: str, said: str) -> None:
    assert aside({"asked": asked, "said": said}) == {"story": said, "told_at": asked, "beside": "yes"}


@pytest.mark.parametrize(
    ("asked", "said", "alerted"),
    [
        ("sleep", "네 잘 잤어요", ""),
        ("sleep", "아니요 잠을 통 못 잤어요", ""),
        ("fell", "네 어제 넘어졌어요", ""),
        ("fever", "네 열이 나요", ""),
        ("pain", "네 아픈 데가 있어요", ""),
        ("meals", "기억이 안 나요", ""),
        ("medicine", "다 잊어버렸어요", ""),
        ("outing", "네 열이 나도 나가요", "pain fever"),
    ],
)
def test_what_is_none_or_known(asked: str, said: str, alerted: str) -> None:
    assert aside({"asked": asked, "said": said, "alerted": alerted}) == {}


def test_the_question_s_own_matter_is_not_told_twice() -> None:
    slots = {"story": "네 넘어져서 허리가 아파요", "told_at": "fell", "beside": "yes", "today": "2026-10-12"}
    told = judge({**slots, "alerted": "fever"})
    assert (told["anomaly"], told["anomaly_also"], told["alerted"]) == ("pain", "", "fever pain")
