"""What the duty desk draws from a story."""

from __future__ import annotations

import pytest

from voicebot.dialogue.understanding import Gazetteer
from voicebot.services.duty import equip
from voicebot.services.duty.complaint import Desk
from voicebot.services.duty.loading import load_questions, sparing
from voicebot.services.triage import ComplaintType, Judgement, load_complaint_types

TYPES = load_complaint_types()
FUNCTIONS = equip().functions


def _desk(
    code: str,
    confidence: float,
    *rivals: tuple[str, float],
    gazetteer: Gazetteer | None = None,
    certain: bool = True,
) -> Desk:
    found = Judgement(
        type=TYPES[code],
        confidence=confidence,
        alternatives=tuple((TYPES[rival], odds) for rival, odds in rivals),
        also=(TYPES["garbage"],),
        slots={"place": "중앙동 약국 앞", "since": "어제부터", "danger": "no", "call_back": "01077778888"},
        certain=certain,
    )
    return Desk(judge=lambda said: found, types=TYPES, questions=load_questions(TYPES), gazetteer=gazetteer)


def test_what_the_story_tells_is_drawn_from_it() -> None:
    told = _desk("street_light", 0.9).triage({"what": "…"})
    assert (told["type"], told["level"], told["called"], told["also"]) == (
        "street_light",
        "P2",
        "가로등",
        "쓰레기",
    )
    assert (told["place"], told["since"], told["hurt"]) == ("중앙동 약국 앞", "어제부터", "no")
    assert told["callback_told"] == "01077778888"


def test_a_place_that_was_badly_heard_is_only_proposed() -> None:
    told = _desk("street_light", 0.9).triage({"what": "…", "what_heard": "badly"})
    assert (told["place"], told["place_told"]) == ("", "중앙동 약국 앞")


@pytest.mark.parametrize(
    ("place", "drawn"),
    [
        ("중앙동", ("", "중앙동")),
        ("백제대로", ("", "백제대로")),
        ("시청", ("시청", "")),
        ("시장", ("", "")),
        ("영어로", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_lone_name_is_a_place_only_where_the_city_knows_it(place: str, drawn: tuple[str, str]) -> None:
    found = Judgement(type=TYPES["noise"], confidence=0.9, alternatives=(), slots={"place": place})
    desk = Desk(
        judge=lambda said: found,
        types=TYPES,
        questions=load_questions(TYPES),
        gazetteer=Gazetteer(names={"시청": "시청", "중앙동": "중앙동"}),
    )
    told = desk.triage({"what": "…"})
    assert (told["place"], told["place_area"]) == drawn


@pytest.mark.parametrize(
    ("code", "confidence", "rival", "asked"),
    [
        ("noise", 0.9, ("animal", 0.05), ("noise", "")),
        ("noise", 0.5, ("animal", 0.45), ("noise", "type")),
        ("parking", 0.5, ("parking_blocking", 0.45), ("parking_blocking", "type")),
        ("noise", 0.5, ("violence", 0.36), ("violence", "danger")),
        ("violence", 0.95, ("noise", 0.01), ("violence", "")),
        ("suicide", 0.9, ("noise", 0.01), ("suicide", "")),
        ("falling_hazard", 0.2, ("pothole", 0.1), ("falling_hazard", "type")),
        ("roadkill", 0.11, ("pothole", 0.1), ("other", "")),
    ],
)
def test_when_in_doubt_the_more_urgent_is_asked_about(
    code: str, confidence: float, rival: tuple[str, float], asked: tuple[str, str]
) -> None:
    told = _desk(code, confidence, rival).triage({"what": "…"})
    assert (told["type"], told["doubt"]) == asked


def test_a_danger_that_is_not_certain_is_asked_about_unless_it_was_denied() -> None:
    desk = _desk("violence", 0.97, ("noise", 0.4), certain=False)
    assert desk.triage({"what": "…"})["doubt"] == "danger"
    told = desk.triage({"what": "…", "danger_denied": "yes"})
    assert (told["type"], told["doubt"]) == ("noise", "")
    alone = _desk("violence", 0.97, ("missing", 0.4), certain=False)
    assert alone.triage({"what": "…", "danger_denied": "yes"})["type"] == "other"


def test_the_rival_of_a_danger_that_was_denied_is_never_a_danger() -> None:
    desk = _desk("noise", 0.5, ("violence", 0.36))
    assert desk.take_rival({"rival": "noise"})["type"] == "noise"
    assert desk.take_rival({"rival": "fire"})["type"] == "other"


def test_questions_come_in_their_order_until_nothing_is_open() -> None:
    ask = FUNCTIONS["next_question"]
    slots = {"type": "water_outage"}
    assert ask(slots) == {"ask_next": "place"}
    slots["place"] = "중앙동 아파트"
    assert ask(slots) == {"ask_next": "since"}
    slots |= FUNCTIONS["note_not_known"]({**slots, "ask_next": "since"})
    assert ask(slots) == {"ask_next": "spread"}
    assert ask({**slots, "spread": "others"}) == {"ask_next": "done"}
    assert ask({"type": "passport"}) == {"ask_next": "place"}, "as for any other complaint"


def test_a_number_plate_is_written_as_on_the_car() -> None:
    read = FUNCTIONS["read_plate"]
    assert read({"plate": "십이 가에 삼사오육이요"}) == {"plate": "12가3456"}
    assert read({"plate": "흰색 승용차요"}) == {"plate": "흰색 승용차요"}


def test_ten_minutes_of_talk_and_no_word_at_all() -> None:
    triage = FUNCTIONS["triage"]
    assert triage({"what": "쓰레기가 쌓였어요 " + "제가 여기 오래 살았는데요 " * 400})["level"] in (
        "P2",
        "P3",
    )
    assert triage({})["type"] == "other"


def test_every_type_leads_somewhere() -> None:
    kept: list[ComplaintType] = [each for each in TYPES.values() if each.level in ("P1", "P2", "P3")]
    for each in kept:
        told = _desk(each.code, 0.99).triage({"what": "…"})
        assert told["department"] == each.department


def test_a_story_is_judged_once_and_a_long_one_by_its_ends() -> None:
    asked: list[str] = []

    def judge(said: str) -> Judgement:
        asked.append(said)
        return Judgement(type=TYPES["other"], confidence=0.0, alternatives=())

    judged = sparing(judge)
    for _ in range(3):
        judged("가로등이 꺼졌어요")
    assert asked == ["가로등이 꺼졌어요"]
    judged("가" * 3000 + "나" * 400)
    assert asked[1] == "가" * 600 + " " + "나" * 400
