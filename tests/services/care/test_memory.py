"""Memory: what is kept, merged, referred to and forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from voicebot.services.care.extraction import notes
from voicebot.services.care.memory import (
    MOST_FACTS,
    Fact,
    FactKind,
    Forgetting,
    Note,
    Operation,
    as_text,
    chosen,
    forgetting,
    forgotten,
    from_text,
    merge,
    opening,
    operation,
)

TODAY = date(2026, 10, 12)
KNEE = Fact(kind=FactKind.HEALTH, subject="무릎", text="무릎이 아프다", since=date(2026, 10, 8))
DOG = Fact(kind=FactKind.PETS, subject="강아지", text="강아지를 키운다", since=date(2026, 9, 1))
HALL = Fact(kind=FactKind.PLACES, subject="경로당", text="경로당에 다닌다", since=date(2026, 9, 3))


@pytest.mark.parametrize(
    ("note", "expected", "texts"),
    [
        (
            Note(kind=FactKind.HEALTH, subject="무릎", text="무릎이 아프다"),
            Operation.PASS,
            ["무릎이 아프다", "강아지를 키운다"],
        ),
        (
            Note(kind=FactKind.HEALTH, subject="무릎", text="무릎이 시리다"),
            Operation.REPLACE,
            ["강아지를 키운다", "무릎이 시리다"],
        ),
        (
            Note(kind=FactKind.PLACES, subject="경로당", text="경로당에 다닌다"),
            Operation.APPEND,
            ["무릎이 아프다", "강아지를 키운다", "경로당에 다닌다"],
        ),
        (Note(kind=FactKind.HEALTH, subject="무릎"), Operation.DELETE, ["강아지를 키운다"]),
        (Note(kind=FactKind.HEALTH, subject="허리"), Operation.PASS, ["무릎이 아프다", "강아지를 키운다"]),
    ],
)
def test_a_note_passes_replaces_appends_or_deletes(note: Note, expected: Operation, texts: list[str]) -> None:
    assert operation((KNEE, DOG), note) is expected
    assert [fact.text for fact in merge((KNEE, DOG), [note], TODAY)] == texts


def test_what_passes_keeps_its_day_and_what_is_replaced_gets_a_new_one() -> None:
    same = Note(kind=FactKind.HEALTH, subject="무릎", text="무릎이 아프다")
    other = Note(kind=FactKind.HEALTH, subject="무릎", text="무릎이 시리다")
    assert merge((KNEE,), [same], TODAY) == (KNEE,)
    assert merge((KNEE,), [other], TODAY)[0].since == TODAY


def test_the_oldest_go_when_there_are_too_many() -> None:
    many = [
        Note(kind=FactKind.PLACES, subject=f"가게 {name}", text="다닌다")
        for name in "가나다라마바사아자차카타파하거너더러머버서어"
    ]
    memory = merge((KNEE,), many, TODAY)
    assert len(memory) == MOST_FACTS
    assert KNEE not in memory


@pytest.mark.parametrize(
    "text", ["010-1234-5678로 전화", "번호는 공일공일이삼사", "123456 1234567", "통장 110 223 445"]
)
def test_a_number_is_never_kept(text: str) -> None:
    with pytest.raises(ValueError, match="must not hold a number"):
        Fact(kind=FactKind.FAMILY, subject="딸", text=text, since=TODAY)


def test_numbers_told_with_a_fact_are_left_out() -> None:
    (note,) = notes("딸이 자주 찾아와요 전화는 공일공 일이삼사 오육칠팔이고 육십일월생이에요")
    assert note.text == "딸이 찾아온다"


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("무릎이 자꾸 쑤셔요", FactKind.HEALTH, "무릎이 아프다"),
        ("허리가 많이 안 좋아요", FactKind.HEALTH, "허리가 아프다"),
        ("이제 무릎은 다 나았어요", FactKind.HEALTH, ""),
        ("혈압이 좀 높아요", FactKind.HEALTH, "혈압이 높다"),
        ("입맛이 통 없어요", FactKind.MEALS, "입맛이 없다"),
        ("입맛이 돌아왔어요", FactKind.MEALS, ""),
        ("밤에 잠을 못 자요", FactKind.SLEEP, "잠을 설친다"),
        ("요즘은 잠을 푹 자요", FactKind.SLEEP, ""),
        ("경로당에 매일 나가요", FactKind.PLACES, "경로당에 다닌다"),
        ("이제 복지관에 안 다녀요", FactKind.PLACES, ""),
        ("강아지 한 마리 키워요", FactKind.PETS, "강아지를 키운다"),
        ("강아지가 죽었어요", FactKind.PETS, ""),
        ("손자가 병원에 입원했어요", FactKind.FAMILY, "손자가 아프다"),
    ],
)
def test_what_is_worth_remembering(said: str, kind: FactKind, text: str) -> None:
    found = notes(said)
    assert (found[0].kind, found[0].text) == (kind, text)


@pytest.mark.parametrize(
    "said",
    ["네", "배고파요", "눈이 와요", "새로 산 옷이에요", "그냥 그래요", "개운해요", "목요일에 만나요", ""],
)
def test_what_is_not(said: str) -> None:
    assert notes(said) == ()


def test_a_fresh_trouble_is_asked_after_first() -> None:
    assert chosen((DOG, HALL, KNEE), TODAY) == (KNEE,)
    assert chosen((DOG, HALL, KNEE), TODAY, most=3)[0] == KNEE
    assert opening(KNEE) == "지난번에 무릎이 아프다고 하셨는데, 요즘은 좀 어떠세요?"


def test_the_choice_follows_the_date_and_takes_turns() -> None:
    days = [TODAY + timedelta(days=day) for day in range(2)]
    assert {chosen((DOG, HALL), day) for day in days} == {(DOG,), (HALL,)}
    assert chosen((DOG, HALL), TODAY) == chosen((DOG, HALL), TODAY)
    assert chosen((), TODAY) == ()


def test_what_was_told_today_is_not_last_time() -> None:
    assert chosen((KNEE,), KNEE.since) == ()


@pytest.mark.parametrize("kind", list(FactKind))
def test_an_opening_asks_one_question(kind: FactKind) -> None:
    said = opening(Fact(kind=kind, subject="그", text="그렇다", since=TODAY))
    assert said.startswith("지난번에 그렇다고 하셨는데, ")
    assert said.count("?") == 1 and said.endswith("?")


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("다 지워 주세요", Forgetting.EVERYTHING),
        ("내 기록 전부 삭제해 주세요", Forgetting.EVERYTHING),
        ("그 얘기는 하지 마세요", Forgetting.THIS),
        ("무릎 이야기 좀 그만해요", Forgetting.THIS),
        ("그런 말씀은 꺼내지 마세요", Forgetting.THIS),
        ("무릎은 이제 괜찮아요", Forgetting.NOTHING),
        ("말도 못 하게 아파요", Forgetting.NOTHING),
    ],
)
def test_wishes_to_forget(said: str, wish: Forgetting) -> None:
    assert forgetting(said) is wish


def test_forgetting_takes_what_is_named_or_what_was_referred_to() -> None:
    memory = (KNEE, DOG, HALL)
    assert forgotten(memory, "그 얘기는 하지 마세요", "무릎") == (DOG, HALL)
    assert forgotten(memory, "강아지 얘기는 하지 마세요", "무릎") == (KNEE, HALL)
    assert forgotten(memory, "다 지워 주세요") == ()
    assert forgotten(memory, "잘 지내요", "무릎") == memory


def test_a_memory_is_stored_and_read_again() -> None:
    memory = (KNEE, DOG)
    assert from_text(as_text(memory)) == memory
    assert from_text("") == ()


@pytest.mark.parametrize(
    "text", ["무릎", '[{"kind": "health"}]', "[1]", '[{"kind": "x", "subject": "", "text": "", "since": ""}]']
)
def test_a_broken_store_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text)
