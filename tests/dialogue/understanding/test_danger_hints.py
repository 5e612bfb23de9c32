"""What only hints at a danger is asked about; what sounds like one is taken back only where it is none."""

from __future__ import annotations

import pytest

from voicebot.dialogue.understanding import DangerKind, detect_danger


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("신호등 기둥에 손을 댔는데 전기가 와요", DangerKind.EMERGENCY),
        ("천장이 내려앉아서 할머니 다리가 눌렸어요", DangerKind.EMERGENCY),
        ("며느리가 진통이 왔는데 차가 없어요", DangerKind.EMERGENCY),
        ("독사한테 손등을 물렸어요", DangerKind.EMERGENCY),
        ("물을 암만 부어도 안 꺼져요", DangerKind.EMERGENCY),
        ("침수된 차 안이에요 물이 가슴까지 왔어요", DangerKind.EMERGENCY),
        ("시시 티브이 좀 볼 수 있나요 아버지가 어디로 가셨는지", DangerKind.POLICE),
        ("버스에서 내렸는데 그 사람이 또 따라 내렸어요", DangerKind.POLICE),
        ("사업이 망했어요 죽음밖에 답이 없어요", DangerKind.SUICIDE),
        ("차를 몰고 저수지로 들어가 버릴까 싶어요", DangerKind.SUICIDE),
    ],
)
def test_hints_are_asked_about(said: str, kind: DangerKind) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert danger.kind is kind
    assert not danger.certain


@pytest.mark.parametrize(
    "said",
    [
        "양수기 좀 빌려 주세요",
        "소리 나는 신호기에서 말이 안 나와요",
        "전기가 왔다 갔다 해요",
        "공장에서 달걀 썩는 냄새가 나요",
        "지하 주차장에 물이 들어와요",
        "작년에 진통이 와서 고생했어요",
    ],
)
def test_what_only_shares_syllables_hints_at_nothing(said: str) -> None:
    assert detect_danger(said) is None


@pytest.mark.parametrize(
    ("calm", "dangerous"),
    [
        ("입에 거품을 물고 자랑을 하더라고요", "할아버지가 입에 거품을 물고 쓰러졌어요"),
        ("약을 모아 두었는데 약국에 갖다줘도 돼요", "약을 모아 두었어요"),
        ("손을 조금 데었는데 약을 발랐어요", "애가 뜨거운 물에 데었어요"),
        ("미아가 될까 봐 이름표를 달아 줬어요", "미아를 데리고 있어요"),
        ("뺨을 때리는 바람이 차네", "뺨을 때리는 사람이 있어요"),
        ("일에 깔려서 정신이 없네요", "나무에 깔려서 못 움직여요"),
        ("애가 혼자서도 잘 놀아요", "애가 혼자 난간에 매달려 있어요"),
        ("배에 가스가 차서 더부룩해요", "방에 가스가 차서 어지러워요"),
        ("집에만 갇혀 지내다가 오늘 나왔어요", "방에 갇혀서 못 나가요"),
        ("조난되면 어디로 전화해요", "산에서 조난됐어요"),
        ("밥도둑이라고 게장이 맛있어요", "도둑이 들어왔어요"),
        ("죽자 살자 매달려서 겨우 합격했어요", "같이 죽자고 그래요"),
    ],
)
def test_what_is_taken_back_and_what_is_not(calm: str, dangerous: str) -> None:
    assert detect_danger(calm) is None
    assert detect_danger(dangerous) is not None


@pytest.mark.parametrize(
    "said",
    [
        "물에 빠진 사람 건져 주세요",
        "애가 혼자 버스를 타고 없어졌어요",
        "애가 혼자 잘 놀다가 없어졌어요",
        "아이를 잃어버릴 뻔했는데 또 없어졌어요",
        "불이 났다가 꺼진 줄 알았는데 다시 나요",
        "불이 났다가 꺼졌는데 다시 연기가 나요",
        "배에서 가스가 새요",
        "약을 모아 뒀는데 버려야 할지 먹고 끝내야 할지",
        "남편이 뺨을 때리는 바람에 나왔어요",
        "남편이 죽자 살자 때려요",
        "거품을 물고 얘기도 못 해요",
        "갇히면 큰일인데 할머니가 화장실에 갇혔어요",
        "엘리베이터가 자주 멈추더니 안에 사람이 갇혔어요",
        "조금 베었는데 피가 안 멈춰요",
    ],
)
def test_a_figure_of_speech_hides_no_danger_told_by_the_same_words(said: str) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert danger.certain


@pytest.mark.parametrize(
    "said",
    [
        "옛날에 고생할 때는 죽고 싶었지만 이제는 웃고 살아요",
        "납치됐다는 전화가 왔는데 보니까 사기였어요",
        "남편이 쓰러진 뒤로 벌이가 없어요 생활비를 도와주나요",
        "시끄러워요 공사장에서 새벽부터 두들겨 대요",
    ],
)
def test_what_is_perhaps_over_is_asked_about(said: str) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert not danger.certain
