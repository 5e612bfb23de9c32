"""Texts to citizens are short and name the city's number; a city's own are refused where they are wrong."""

from __future__ import annotations

import pytest

from voicebot.adapters.messages.templates import load_templates
from voicebot.errors import FlowError
from voicebot.messages.citizen import composed
from voicebot.messages.size import SHORT_BYTES, MessageKind, kind, size_bytes, unwritable, writable
from voicebot.messages.template import VARIABLES, parse_templates

_VALUES = {
    "city": "예시시",
    "number": "02-1234-5678",
    "purpose": "복지 안내 전화",
    "day": "11월 23일(월)",
    "case": "1001",
    "department": "도로관리과",
}


def test_a_case_is_told_in_a_short_message() -> None:
    for name, template in load_templates(None).items():
        text = template.filled(_VALUES)
        assert "02-1234-5678" in text and "{" not in text
        if name.startswith("case_"):
            assert size_bytes(text) <= SHORT_BYTES, (name, size_bytes(text))


def test_every_template_is_there() -> None:
    assert set(load_templates(None)) == set(VARIABLES)


@pytest.mark.parametrize(
    ("text", "size", "travels"),
    [
        ("a" * 90, 90, MessageKind.SMS),
        ("가" * 45, 90, MessageKind.SMS),
        ("가" * 45 + "1", 91, MessageKind.LMS),
        ("똠방각하", 8, MessageKind.SMS),
        ("", 0, MessageKind.SMS),
    ],
)
def test_bytes_are_those_of_the_carriers(text: str, size: int, travels: MessageKind) -> None:
    assert (size_bytes(text), kind(text)) == (size, travels)


def test_what_telephones_cannot_show() -> None:
    assert unwritable("안녕😀하세요😀") == ["😀"]
    assert writable("김😀수") == "김?수"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("missed_call: {text: '전화 주세요'}", "city.yaml:1: the city's number is missing"),
        ("missed_call: {text: '{nummer} {number}'}", r"\{nummer\} is not known here; there are city, number"),
        ("\nmised_call: {text: '{number}'}", "city.yaml:2: there is no template 'mised_call'; there are pre"),
        ("missed_call: {text: '{number} 😀'}", "telephones cannot show '😀'; take it out"),
        ("missed_call: {text: '{number} }'}", "a brace has no partner"),
        ("missed_call: {text: '{number}', kode: a}", "unknown key 'kode'; there are text, code"),
        ("missed_call: {text: '{number}', code: [a]}", "the code is no text"),
        ("missed_call: 전화", r"no message; write \{text: …\}"),
        ("- a", "not a file of templates"),
        (f"missed_call: {{text: '{{number}} {'가' * 1000}'}}", "longer than 2000 bytes"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, mistake: str) -> None:
    with pytest.raises(FlowError, match=mistake):
        parse_templates("city.yaml", text, load_templates(None))


def test_a_citys_own_text_takes_the_place_of_ours() -> None:
    own = parse_templates(
        "city.yaml", "missed_call: {text: '{number}입니다', code: K1}", load_templates(None)
    )
    assert (own["missed_call"].text, own["missed_call"].code) == ("{number}입니다", "K1")
    assert own["case_received"] == load_templates(None)["case_received"]


def test_what_a_gateway_is_given() -> None:
    template = load_templates(None)["case_transferred"]
    message = composed(
        "case_transferred",
        template,
        id="7",
        to="+821012345678",
        sender="02-1234-5678",
        values=_VALUES | {"department": "도로😀과"},
    )
    told = message.as_json()
    assert told["text"] == "[예시시] 접수번호 1001 민원을 도로?과에 넘겼습니다. 문의 02-1234-5678"
    assert (told["kind"], told["to"], told["from"]) == ("SMS", "+821012345678", "02-1234-5678")
    assert "12345678" not in repr(message).replace("02-1234-5678", "")
