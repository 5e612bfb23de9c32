"""Is what was heard so far a whole answer?"""

from __future__ import annotations

import pytest

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Completeness, judge_completeness
from voicebot.speech.events import Completeness as TurnTakingCompleteness

C, P, U, B, E = (
    Completeness.COMPLETE,
    Completeness.POSSIBLE,
    Completeness.UNFINISHED,
    Completeness.BACK_CHANNEL,
    Completeness.EMPTY,
)


@pytest.mark.parametrize(
    ("kind", "said", "judged"),
    [
        (AnswerKind.YES_NO, "", E),
        (AnswerKind.YES_NO, "네", B),
        (AnswerKind.YES_NO, "아 네", B),
        (AnswerKind.YES_NO, "네네", B),
        (AnswerKind.YES_NO, "네 맞아요", C),
        (AnswerKind.YES_NO, "아니요", C),
        (AnswerKind.YES_NO, "아니", P),
        (AnswerKind.YES_NO, "어", P),
        (AnswerKind.YES_NO, "없어요", C),
        (AnswerKind.YES_NO, "괜찮습니다", C),
        (AnswerKind.YES_NO, "아니 그게", U),
        (AnswerKind.YES_NO, "있긴 한데", U),
        (AnswerKind.YES_NO, "모르겠어요", C),
        (AnswerKind.CHOICE, "도로요", C),
        (AnswerKind.CHOICE, "그거 그", U),
        (AnswerKind.OPEN, "네", B),
        (AnswerKind.OPEN, "저기 그게 어", U),
        (AnswerKind.OPEN, "가로등이", U),
        (AnswerKind.OPEN, "가로등이 고장났는데", U),
        (AnswerKind.OPEN, "가로등이 고장났어요", C),
        (AnswerKind.OPEN, "가로등이 고장났는데요", P),
        (AnswerKind.OPEN, "가로등이 고장나서 그리고", U),
        (AnswerKind.OPEN, "불이요", P),
        (AnswerKind.OPEN, "골목 끝에 뭐더라", U),
        (AnswerKind.OPEN, "우리 집 앞에 있잖아요", U),
        (AnswerKind.OPEN, "그걸 뭐라고 해야 되지", U),
        (AnswerKind.OPEN, "어제부터 물이 안 나와", P),
        (AnswerKind.OPEN, "옆집 친구와", U),
        (AnswerKind.OPEN, "사람 바꿔 주세요", C),
        (AnswerKind.PLACE, "효자동 주민센터 앞이요", C),
        (AnswerKind.PLACE, "효자동 주민센터 앞", P),
        (AnswerKind.PLACE, "효자동에", U),
        (AnswerKind.PLACE, "효자동에서 어", U),
        (AnswerKind.PHONE, "공일공", U),
        (AnswerKind.PHONE, "공일공 일이삼사", U),
        (AnswerKind.PHONE, "공일공 일이삼사 오육칠", U),
        (AnswerKind.PHONE, "공일공 일이삼사 오육칠팔", C),
        (AnswerKind.PHONE, "공일공 일이삼사 오육칠팔이요", C),
        (AnswerKind.PHONE, "제 번호는", U),
        (AnswerKind.NUMBER, "두 명이요", C),
        (AnswerKind.NUMBER, "셋", P),
        (AnswerKind.TEMPERATURE, "삼십육도", P),
        (AnswerKind.TEMPERATURE, "삼십육도 오부", C),
        (AnswerKind.DATE, "시월 삼일", C),
        (AnswerKind.DATE, "시월", P),
    ],
)
def test_judgement(kind: AnswerKind, said: str, judged: Completeness) -> None:
    asked = Expectation(kind=kind, choices={"road": ("도로",), "waste": ("쓰레기",)})
    assert judge_completeness(said, asked) is judged


def test_the_values_are_those_of_turn_taking() -> None:
    assert {member.value for member in Completeness} == {member.value for member in TurnTakingCompleteness}
