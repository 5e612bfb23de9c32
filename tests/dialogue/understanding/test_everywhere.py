"""Wishes and dangers that are understood at any point, and stories that are neither."""

from __future__ import annotations

import pytest

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import DangerKind, Status, detect_danger, interpret

OPEN = Expectation(kind=AnswerKind.OPEN)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("뭐라고요?", Status.REPEAT),
        ("다시 말씀해 주세요", Status.REPEAT),
        ("잘 안 들려요", Status.REPEAT),
        ("여보세요", Status.REPEAT),
        ("한 번 더요", Status.REPEAT),
        ("천천히 말해 줘요", Status.SLOWER),
        ("말이 너무 빨라요", Status.SLOWER),
        ("잠깐만요", Status.WAIT),
        ("잠시만 기다려 주세요", Status.WAIT),
        ("가만있어 봐요", Status.WAIT),
        ("지금 바빠요", Status.LATER),
        ("나중에 다시 할게요", Status.LATER),
        ("지금 통화가 좀 어려워요", Status.LATER),
        ("사람 바꿔 주세요", Status.HUMAN),
        ("상담원 연결해 줘", Status.HUMAN),
        ("담당자랑 직접 통화할게요", Status.HUMAN),
        ("기계 말고 사람이요", Status.HUMAN),
        ("직원 좀 바꿔줘", Status.HUMAN),
        ("누구세요", Status.WHO),
        ("거기 어디예요", Status.WHO),
        ("지금 사람이에요?", Status.WHO),
        ("보이스피싱 아니에요?", Status.WHO),
        ("전화하지 마세요", Status.STOP),
        ("그만할래요", Status.STOP),
        ("끊을게요", Status.STOP),
        ("끊어요", Status.STOP),
    ],
)
def test_wishes(said: str, status: Status) -> None:
    assert interpret(said, OPEN).status is status


@pytest.mark.parametrize(
    "said",
    [
        "담당자가 통화를 안 받아서 나중에 다시 한다더니 아직 연락이 없어요",
        "수도가 갑자기 끊겼어요",
        "공사장이 어디서 하는지 시끄러워요",
        "옆집 사람이 쓰레기를 버려요",
        "누가 쓰레기를 버리고 갔어요",
        "버스가 너무 안 와요",
        "차들이 너무 빨리 다녀요",
        "전기가 끊어졌어요",
    ],
)
def test_stories_are_no_wishes(said: str) -> None:
    assert interpret(said, OPEN).status is Status.FILLED


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("불이 났어요", DangerKind.EMERGENCY),
        ("옆 건물에 불났어 빨리", DangerKind.EMERGENCY),
        ("불이야", DangerKind.EMERGENCY),
        ("연기가 막 나요", DangerKind.EMERGENCY),
        ("할머니가 길에 쓰러졌어요", DangerKind.EMERGENCY),
        ("숨을 못 쉬어요", DangerKind.EMERGENCY),
        ("가스 냄새가 심하게 나요", DangerKind.EMERGENCY),
        ("엘리베이터에 갇혔어요", DangerKind.EMERGENCY),
        ("전선이 끊어져서 늘어져 있어요", DangerKind.EMERGENCY),
        ("강아지랑 사람이 있는데 불이 났어요", DangerKind.EMERGENCY),
        ("불났어요 사람은 없어요", DangerKind.EMERGENCY),
        ("불이 났는데 끄는 방법 좀", DangerKind.EMERGENCY),
        ("사람이 물에 빠졌어요", DangerKind.EMERGENCY),
        ("다리에서 사람이 뛰어내리려고 해요", DangerKind.EMERGENCY),
        ("남편이 때려요", DangerKind.POLICE),
        ("옆집에서 싸우다가 칼을 들었어요", DangerKind.POLICE),
        ("치매 할머니가 없어졌어요", DangerKind.POLICE),
        ("아이를 학대하는 것 같아요", DangerKind.POLICE),
        ("죽고 싶어요", DangerKind.SUICIDE),
        ("더 살고 싶지 않아요", DangerKind.SUICIDE),
        ("내가 없어지는 것이 훨씬 나아", DangerKind.SUICIDE),
        ("수면제를 모아 놨어요", DangerKind.SUICIDE),
        ("내가 죽어야 애들이 편하지", DangerKind.SUICIDE),
        ("우리 동네에 불이 났어요", DangerKind.EMERGENCY),
        ("엘리베이터가 자주 멈추더니 지금 갇혔어요", DangerKind.EMERGENCY),
        ("엘리베이터가 갑자기 멈췄어요", DangerKind.EMERGENCY),
        ("시장에서 아이를 잃어버렸어요", DangerKind.POLICE),
        ("말려 주세요 저러다 사람 잡겠어요", DangerKind.POLICE),
    ],
)
def test_dangers(said: str, kind: DangerKind) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert danger.kind is kind
    assert danger.certain


@pytest.mark.parametrize(
    "said",
    [
        "가로등 불이 나갔어요",
        "불이 안 들어와요",
        "배고파 죽겠어요",
        "더워 죽겠네",
        "나무가 쓰러졌어요",
        "간판이 떨어질 것 같아요",
        "고양이가 벽에 갇혔어요",
        "고라니가 차에 치였어요",
        "불이 난 건 아니고 냄새가 좀 나요",
        "불난 줄 알았어요",
        "화재보험 문의드려요",
        "다친 사람은 없어요",
        "쓰레기를 안 가져가요",
        "주차 때문에 전화했어요",
        "불이나케 왔어요",
        "아무도 안 다쳤어요",
        "사람은 안 쓰러졌어요",
        "가스 냄새는 안 나요",
        "작년에 불이 났던 집이에요",
        "작년에 불이 나서 고생했어요",
        "주차 때문에 차가 못 나가요",
        "아니요 없어요",
        "약국이 문을 닫았어요",
        "엘리베이터가 자주 멈춰서 관리 사무소에 얘기했어요",
        "아이를 잃어버릴까 봐 지문을 올려 두려고요",
        "이 더위에 사람 잡겠어요",
    ],
)
def test_no_danger(said: str) -> None:
    assert detect_danger(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "시끄러워서 죽고 싶어요",
        "자살 예방 센터 번호가 어떻게 돼요",
        "뉴스에서 봤는데 우리 집에 불났어요",
        "작년에 수리한 보일러에서 가스가 새요",
    ],
)
def test_what_may_be_meant_otherwise_goes_to_a_person(said: str) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert not danger.certain
