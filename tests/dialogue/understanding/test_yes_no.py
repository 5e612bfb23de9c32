"""Yes or no by polarity: every row is a question, an answer and what it means."""

from __future__ import annotations

import pytest

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Status, interpret

EATEN = ("fact", "아침 식사는 하셨어요?")
HURT = ("fact", "다치신 분이 있으세요?")
PAIN = ("symptom", "불편하신 점 없으세요?")
ACHE = ("symptom", "아프신 데가 있으세요?")
FALLEN = ("fact", "요 며칠 사이에 넘어지신 적이 있으세요?")
MEDICINE = ("fact", "드시는 약은 잘 챙겨 드셨어요?")
LEFT_OUT = ("fact", "약을 거르신 날이 있으세요?")
HELP = ("offer", "도와드릴까요?")
MAY = ("consent", "지금 거신 번호로 연락드리면 될까요?")

SURE = 0.6
"""At or above this the machine does not confirm."""


def _ask(question: tuple[str, str]) -> Expectation:
    return Expectation(kind=AnswerKind.YES_NO, polarity=question[0], question=question[1])


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (EATEN, "네", "yes"),
        (EATEN, "예 먹었어요", "yes"),
        (EATEN, "먹었지", "yes"),
        (EATEN, "아니요", "no"),
        (EATEN, "아니 아직", "no"),
        (EATEN, "안 먹었어요", "no"),
        (EATEN, "못 먹었어", "no"),
        (EATEN, "이따 먹으려고요", "no"),
        (EATEN, "그럼 먹었지 안 먹어", "yes"),
        (EATEN, "먹었지 그럼 안 먹었겠어", "yes"),
        (ACHE, "안 아픈 데가 없어", "yes"),
        (ACHE, "안 쑤시는 데가 없어요", "yes"),
        (ACHE, "아픈 데가 없어요", "no"),
        (MEDICINE, "하루도 안 빠뜨리고 먹어", "yes"),
        (MEDICINE, "거르지 않고 먹어요", "yes"),
        (MEDICINE, "빼먹은 적이 없어", "yes"),
        (LEFT_OUT, "거른 날이 없어요", "no"),
        (LEFT_OUT, "안 걸렀어", "no"),
        (FALLEN, "넘어질 뻔은 했는데", "no"),
        (FALLEN, "그저께 욕실에서 미끄러졌어", "yes"),
        (FALLEN, "계단에서 굴렀어요", "yes"),
        (ACHE, "아파서 죽을 뻔했어요", "yes"),
        (EATEN, "그라제", "yes"),
        (EATEN, "하모", "yes"),
        (EATEN, "그려유", "yes"),
        (EATEN, "아녀유", "no"),
        (EATEN, "아이라예", "no"),
        (HURT, "있어요", "yes"),
        (HURT, "네 없어요", "no"),
        (HURT, "다친 사람은 없습니다", "no"),
        (HURT, "다쳤어요", "yes"),
        (PAIN, "네 괜찮습니다", "no"),
        (PAIN, "네", "no"),
        (PAIN, "없어요", "no"),
        (PAIN, "있어요", "yes"),
        (ACHE, "괜찮아요", "no"),
        (ACHE, "안 괜찮아요", "yes"),
        (HELP, "괜찮아요", "no"),
        (HELP, "됐어요", "no"),
        (HELP, "네 부탁합니다", "yes"),
        (HELP, "필요 없어", "no"),
        (MAY, "괜찮아요", "yes"),
        (MAY, "네 그렇게 해 주세요", "yes"),
        (MAY, "됩니다", "yes"),
        (MAY, "안 돼요", "no"),
        (MAY, "다른 번호로 해 주세요", "no"),
        (MAY, "맞씁니다", "yes"),
    ],
)
def test_clear_answers(question: tuple[str, str], said: str, value: str) -> None:
    meant = interpret(said, _ask(question))
    assert (meant.status, meant.value) == (Status.FILLED, value)
    assert meant.confidence >= SURE or said == "맞씁니다"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (EATEN, "안 먹은 건 아니고"),
        (EATEN, "괜찮아요"),
        (PAIN, "아니요"),
        (HURT, "아니요 있어요"),
    ],
)
def test_two_readings_are_left_to_a_confirmation(question: tuple[str, str], said: str) -> None:
    meant = interpret(said, _ask(question))
    assert meant.status is Status.FILLED
    assert meant.confidence < SURE


@pytest.mark.parametrize("question", [HELP, ("fact", "지금도 냄새가 나나요?")])
def test_how_long_it_has_been_is_no_refusal(question: tuple[str, str]) -> None:
    assert interpret("한 달 됐어요", _ask(question)).value != "no"


@pytest.mark.parametrize("said", ["글쎄요", "모르겠는디", "기억이 안 나", "잘 몰라요"])
def test_unsure(said: str) -> None:
    assert interpret(said, _ask(HURT)).status is Status.UNSURE


@pytest.mark.parametrize("said", ["여보세요", "뭐라고요", "예?", "안 들려", "다시 한번 말씀해 주세요"])
def test_asking_back_is_never_yes(said: str) -> None:
    assert interpret(said, _ask(HURT)).status is Status.REPEAT


@pytest.mark.parametrize("said", ["가로등이요", "내", "녜에", "저기", "", "!?", "한 명이요"])
def test_other_words_and_near_syllables_are_no_answer(said: str) -> None:
    assert interpret(said, _ask(HURT)).status is Status.NO_MATCH


def test_polarity_is_inferred_from_the_question() -> None:
    offered = Expectation(kind=AnswerKind.YES_NO, question="신청을 도와드릴까요?")
    assert interpret("괜찮아요", offered).value == "no"
    allowed = Expectation(kind=AnswerKind.YES_NO, question="지금 통화 괜찮으세요?")
    assert interpret("괜찮아요", allowed).value == "yes"


@pytest.mark.parametrize(
    ("said", "value"),
    [("없어요 아니 있어요", "yes"), ("있어요 아니다 없어요", "no"), ("네 아니 없어요", "no")],
)
def test_an_answer_taken_back_in_the_same_breath_is_confirmed(said: str, value: str) -> None:
    meant = interpret(said, _ask(HURT))
    assert meant.value == value
    assert meant.confidence < SURE


@pytest.mark.parametrize("said", ["어제 넘어졌거든요", "무릎을 다쳤어요", "머리가 아팠어요"])
def test_what_befell_one_does_not_say_that_one_slept(said: str) -> None:
    slept = Expectation(kind=AnswerKind.YES_NO, question="어젯밤에는 잘 주무셨어요?", polarity="fact")
    assert interpret(said, slept).status is Status.NO_MATCH
    hurt = Expectation(kind=AnswerKind.YES_NO, question="어제 넘어지거나 다치셨어요?", polarity="fact")
    assert interpret("넘어졌어요", hurt).value == "yes"
