"""Anomalies: what staff must know, and what is none."""

from __future__ import annotations

import pytest

from voicebot.services.care.anomaly import Level, anomalies, is_fever


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("어제 화장실에서 넘어졌어요", ["fall"]),
        ("계단에서 미끄러져서 허리가 아파요", ["fall", "pain"]),
        ("조금만 걸어도 숨이 차요", ["breath"]),
        ("무릎이 쑤셔서 못 걷겠어요", ["pain"]),
        ("누가 돈을 보내 달라고 전화했어요", ["scam"]),
        ("보일러가 고장 나서 방이 추워요", ["utility"]),
        ("수도가 얼어서 물이 안 나와요", ["utility"]),
        ("몸에 열이 나요", ["fever"]),
        ("어제부터 열이 나요", ["fever"]),
        ("미열이 있어요", ["fever"]),
        ("몸살이 났어요", ["fever"]),
        ("기침이 자꾸 나고 가래가 끓어요", ["respiratory"]),
        ("여기가 어딘지 모르겠어요", ["confusion"]),
        ("약이 다 떨어졌어요", ["medicine"]),
        ("요즘 외롭고 눈물이 나요", ["low_mood"]),
        ("쌀이 떨어졌는데 도와주세요", ["help"]),
        ("입맛이 없어서 밥을 걸렀어요", ["meal"]),
        ("밤새 잠을 못 잤어요", ["sleep"]),
        ("숨 쉬기가 좀 힘들어", ["breath"]),
        ("가슴이 자꾸 답답해요", ["pain"]),
    ],
)
def test_what_staff_must_know(said: str, kinds: list[str]) -> None:
    assert [each.kind for each in anomalies(said)] == kinds


@pytest.mark.parametrize(
    "said",
    [
        "",
        "잘 지내요",
        "아프지는 않아요",
        "하나도 안 아파요",
        "아픈 데 없어요",
        "넘어질 뻔했어요",
        "넘어진 적은 없어요",
        "이제 다 나았어요 안 아파요",
        "열심히 걷고 있어요",
        "열나게 일했어요",
        "열은 안 나요",
        "열이 없어요",
        "문을 열어 놓고 있어요",
        "고마워요 복지사님",
        "밥 잘 먹고 잠도 잘 자요",
        "약은 잘 먹고 있어요",
        "허리 아프던 게 싹 나았어요",
        "머리가 아팠는데 이제 괜찮아졌어요",
        "보일러가 고장 났는데 이제 괜찮아요",
        "예전에 한 번 넘어졌었지",
    ],
)
def test_what_is_no_anomaly(said: str) -> None:
    assert anomalies(said) == ()


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("감기는 다 나았는데 어제 넘어졌어요", ["fall"]),
        ("머리는 다 나았고 요즘은 무릎이 아파요", ["pain"]),
        ("무릎이 아픈데 감기는 다 나았어요", ["pain"]),
        ("열은 다 내렸고 이제 괜찮은데 기침이 나요", ["respiratory"]),
        ("예전에 넘어진 뒤로 허리가 아파요", ["pain"]),
    ],
)
def test_what_is_over_does_not_hide_what_is_not(said: str, kinds: list[str]) -> None:
    assert [each.kind for each in anomalies(said)] == kinds


def test_a_fall_that_ended_well_is_told_but_calls_nobody_to_the_telephone() -> None:
    (fall,) = anomalies("어제 넘어졌는데 이제 괜찮아졌어요")
    assert (fall.kind, fall.level) == ("fall", Level.TODAY)


def test_lost_money_is_told_whatever_became_of_it() -> None:
    assert [each.kind for each in anomalies("사기 전화에 돈을 보냈는데 이제 괜찮아요")] == ["scam"]


def test_the_most_urgent_comes_first() -> None:
    found = anomalies("입맛도 없고 외로운데 어제는 넘어졌어요")
    assert [each.level for each in found] == [Level.URGENT, Level.TODAY, Level.NOTE]


@pytest.mark.parametrize(
    ("temperature", "fever"),
    [("37.4", False), ("37.5", True), ("38.0", True), ("normal", False), ("", False)],
)
def test_fever_begins_at_37_5(temperature: str, fever: bool) -> None:
    assert is_fever(temperature) is fever
