"""Answers to frequent questions, as data of ours and of the city."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.config import CityFiles
from voicebot.dialogue.flow.korean import syllables
from voicebot.errors import FlowError
from voicebot.services import load_service
from voicebot.services.duty.faq import LONGEST_ANSWER, parse_topics, topic_of, topic_of_type
from voicebot.services.duty.loading import load_topics
from voicebot.services.triage import load_complaint_types

TOPICS = load_topics(load_complaint_types(), None)
GOOD = "hours: {about: [몇 시], types: [hours], say: 아홉 시부터입니다.}\n"


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("주민센터 몇 시까지 해요", "hours"),
        ("등본 떼려면 어디로 가야 되나요", "residence_certificate"),
        ("인감 증명서 어디서 떼요", "seal_certificate"),
        ("여권 만들려고 하는데요", "passport"),
        ("대형 폐기물 어떻게 버리나요", "bulky_waste"),
        ("버스에 가방을 두고 내렸어요", "lost_bus"),
        ("택시에 핸드폰을 놓고 내렸는데 어떡하죠", "lost_taxi"),
        ("지금 문 연 약국이 어디예요", "night_care"),
        ("버스가 몇 시까지 다녀요", ""),
        ("한전 번호가 뭐예요", "electricity_number"),
        ("가로등이 꺼졌어요", ""),
        ("여권", ""),
        ("중앙동 보건소 앞이에요", ""),
        ("대형 폐기물을 누가 몰래 버렸어요", ""),
        ("여권 때문에 왔다가 " + "이런 일 저런 일이 있었는데 " * 6 + "어디예요", ""),
    ],
)
def test_what_is_a_question_and_about_what(said: str, topic: str) -> None:
    assert topic_of(TOPICS, said) == topic


def test_every_type_that_is_answered_has_an_answer_short_enough_to_listen_to() -> None:
    for code in ("passport", "certificate", "tax", "welfare", "health", "hours"):
        assert topic_of_type(TOPICS, code)
    assert topic_of_type(TOPICS, "noise") == ""
    assert max(syllables(topic.say) for topic in TOPICS.values()) <= LONGEST_ANSWER


def test_a_city_puts_its_own_words_and_adds_topics(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "hours: {say: 우리 시청은 여덟 시부터 엽니다.}\n"
        "library: {about: [도서관], say: 도서관은 열 시에 엽니다.}\n",
        encoding="utf-8",
    )
    texts = load_service("duty", files=CityFiles(answers=answers)).fixed_texts()
    assert "우리 시청은 여덟 시부터 엽니다." in texts
    assert "도서관은 열 시에 엽니다." in texts
    assert TOPICS["hours"].say not in texts
    assert TOPICS["passport"].say in texts


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (GOOD + "lamp: {about: [등], say: 네.}\n", 2, "'about' must be a list of words of two syllables"),
        (GOOD + "lamp: {say: 네.}\n", 2, "'about' is missing; write the words that ask for this answer"),
        (GOOD + "lamp: {about: [가로등]}\n", 2, "'say' is missing; write the answer"),
        (GOOD + "lamp: {about: [가로등], tell: 네.}\n", 2, "unknown key 'tell'"),
        (GOOD + "lamp: {about: [가로등], types: [lamp], say: 네.}\n", 2, "unknown type 'lamp'"),
        (GOOD + "lamp: {about: [가로등], types: lamp, say: 네.}\n", 2, "'types' must be a list"),
        (GOOD + "lamp: 네\n", 2, "no answer; write {about: […], say: …}"),
        (
            GOOD + f"lamp: {{about: [가로등], say: {'가나다라마' * 13}}}\n",
            2,
            "65 syllables are long to listen",
        ),
        (GOOD.replace("types: [hours], ", ""), 1, "type 'hours' has no answer; name it in the 'types'"),
        ("- hours\n", 1, "not a file of answers"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_line_and_remedy(text: str, line: int, message: str) -> None:
    with pytest.raises(FlowError) as refused:
        parse_topics("answers.yaml", text, ["hours"])
    assert f"answers.yaml:{line}: {message}" in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"none\.yaml:1: cannot be read"):
        load_service("duty", files=CityFiles(answers=tmp_path / "none.yaml"))
    with pytest.raises(FlowError, match=r"none\.yaml:1: cannot be read"):
        load_service("care", files=CityFiles(gazetteer=tmp_path / "none.yaml"))
