"""Whom something befalls: people are never lost among things and animals."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from voicebot.dialogue.understanding import detect_danger
from voicebot.dialogue.understanding.befalling import Befallen, verbs_of
from voicebot.dialogue.understanding.befalling_words import AFFECTED
from voicebot.dialogue.understanding.danger import denies_danger

_FILE = Path(__file__).parent / "befalling.txt"


def _sentences(part: str) -> list[str]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name = line[1:]
        elif line and not line.startswith("#"):
            found.setdefault(name, []).append(line)
    return found[part]


def test_there_are_enough() -> None:
    assert len(_sentences("certain")) + len(_sentences("heard")) >= 60
    assert len(_sentences("nothing")) >= 60


@pytest.mark.parametrize("said", _sentences("certain"))
def test_harm_to_people_is_certain(said: str) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert danger.certain
    assert not denies_danger(said)


@pytest.mark.parametrize("said", _sentences("heard"))
def test_harm_to_people_is_heard(said: str) -> None:
    assert detect_danger(said) is not None
    assert not denies_danger(said)


@pytest.mark.parametrize("said", _sentences("nothing"))
def test_what_befalls_things_and_animals_is_no_alarm(said: str) -> None:
    assert detect_danger(said) is None


_NOUNS = (
    "간판 나무 담장 벽돌 컨테이너 자전거 킥보드 전봇대 지붕 화분 바위 의자 트럭 표지판 신호등 "
    "강아지 개 소 멧돼지 고양이"
).split()
_CAUSES = (
    "{}에",
    "{}한테",
    "{} 때문에",
    "{}에 부딪혀서",
    "{|이} 떨어져서",
    "{|이} 쓰러져서",
    "{|이} 덮쳐서",
    "{|이} 무너지는 바람에",
    "{|을} 옮기다가",
    "{} 옮기다가",
    "{|을} 잡으려다",
    "{} 보러 가다가",
    "{} 치우고 오는데",
    "{|을} 피하려다가",
)
_VERBS = (
    "깔렸어요",
    "밑에 깔렸심더",
    "쓰러졌어요",
    "쓰러지셨어요",
    "치였어요",
    "받혔어요",
    "틈에 끼었어요",
    "사이에 꼈어요",
    "물에 빠졌어요",
    "하천에 떠내려가요",
    "굴러떨어졌어요",
    "못 움직여요",
    "꼼짝을 못 해요",
    "난간에 매달려 있어요",
    "안에 갇혔어요",
    "물에서 허우적거려요",
    "다리가 부러졌어요",
    "흙에 묻혔어요",
    "못 나오고 있어요",
    "다쳤어요",
    "의식이 없어요",
    "피가 나요",
)


def _cause(cause: str, noun: str) -> str:
    closed = (ord(noun[-1]) - ord("가")) % 28 > 0
    subject, thing = ("이", "을") if closed else ("가", "를")
    return cause.replace("{|이}", noun + subject).replace("{|을}", noun + thing).replace("{}", noun)


@pytest.mark.parametrize("verb", _VERBS)
def test_no_cause_silences_harm_without_a_subject(verb: str) -> None:
    told = [f"{_cause(cause, noun)} {verb}" for cause, noun in product(_CAUSES, _NOUNS)]
    assert [said for said in told if detect_danger(said) is None] == []


@pytest.mark.parametrize("verb", _VERBS)
def test_a_person_among_things_is_heard(verb: str) -> None:
    told = [
        f"{who} {_cause(cause, noun)} {verb}"
        for who in ("할머니가", "애가")
        for cause, noun in product(_CAUSES, _NOUNS[::4])
    ]
    assert [said for said in told if detect_danger(said) is None] == []


def test_an_animal_without_a_particle_is_asked_about() -> None:
    danger = detect_danger("고양이 하수구에 갇혔어요")
    assert danger is not None
    assert not danger.certain


@pytest.mark.parametrize("said", ["주차 때문에 입구에 꼼짝을 못 해요", "담배 피우는 데서 연기가 나요"])
def test_what_only_the_context_makes_harmless_is_asked_about(said: str) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert not danger.certain
    assert not denies_danger(said)


@pytest.mark.parametrize(
    "said",
    [
        "골목 맨홀에서 물이 올라와요",
        "골목 매일 더러워요",
        "버스가 그냥 떠나요",
        "다리 위에 있는 가로등이 꺼졌어요",
        "신호등 하나 없으면 위험해요",
        "길이 움푹 패고 깨졌어요",
        "장미 아래에 쓰레기가 있어요",
        "비를 맞고 있어요",
        "화상 회의를 하고 싶어요",
        "늙고 병들어서 적적해요",
    ],
)
def test_words_of_danger_are_not_found_across_others(said: str) -> None:
    assert detect_danger(said) is None


@pytest.mark.parametrize(
    "said",
    ["불이 나서 집이 탔는데 지원받을 수 있나요", "젊을 때 공장에서 손을 다쳤어요", "주차장에 차가 갇혔어요"],
)
def test_talk_of_money_and_other_times_is_asked_about(said: str) -> None:
    danger = detect_danger(said)
    assert danger is not None
    assert not danger.certain


@pytest.mark.parametrize(
    ("said", "of"),
    [
        ("나무가 쓰러졌어요", Befallen.THING),
        ("나무에 쓰러졌어요", Befallen.UNSAID),
        ("나무 베다가 쓰러졌어요", Befallen.UNSAID),
        ("사위가 쓰러졌어요", Befallen.PERSON),
        ("강아지 골목에 쓰러졌어요", Befallen.PERHAPS_NOBODY),
        ("구조물이 쓰러졌어요", Befallen.UNKNOWN),
        ("쓰러진 나무", Befallen.THING),
        ("쓰러졌어요", Befallen.UNSAID),
        ("나무가쓰러졌어요", Befallen.THING),
        ("나무가쓰러져서밑에깔렸어요", Befallen.THING),
    ],
)
def test_whom_the_first_verb_befalls(said: str, of: Befallen) -> None:
    spoken = said.split()
    assert next(verbs_of(spoken, "".join(spoken), AFFECTED)).of is of
