"""What staff read of a call: the heading tells what is to be done, and nothing is left out that was told."""

from __future__ import annotations

import pytest

from voicebot.dialogue.actions import Do
from voicebot.outcome import CallOutcome, CallResult
from voicebot.services import load_service
from voicebot.services.reporting import Report

WHO = {"name": "김순이", "caller_id": "01012345678"}


def _report(service: str, slots: dict[str, str], result: str, works: list[Do], reason: str = "") -> Report:
    write = load_service(service).write_report
    assert write is not None
    return write({**WHO, **slots}, CallOutcome(result=CallResult(result), reason=reason), works)


def _alert(**arguments: str) -> Do:
    return Do(name="alert", arguments=arguments)


def test_the_most_urgent_comes_first() -> None:
    works = [
        _alert(level="note", kind="sleep"),
        _alert(level="urgent", kind="fall", also="pain", said="넘어져서 허리가 아파요"),
        _alert(level="today", kind="medicine"),
    ]
    report = _report("care", {"sleep": "no", "fell": "yes"}, "handed_over", works)
    assert report.level == "urgent"
    assert report.lines == (
        "[지금] 넘어짐 · 통증 · 약 거름 · 잠 설침 (김순이 님, 01012345678)",
        "말씀: “넘어져서 허리가 아파요”",
        "대답: 못 주무심 · 넘어짐",
        "안부 전화, 통화: 담당자에게 연결함",
        "할 일: 지금 전화하고, 안 받으시면 찾아뵙기",
    )


@pytest.mark.parametrize(
    ("result", "level", "line"),
    [
        ("completed", "none", "안부 전화, 통화: 끝까지 통화함"),
        ("hung_up", "note", "안부 전화, 통화: 도중에 끊으심"),
        ("refused", "note", "안부 전화, 통화: 거절하심"),
        ("no_response", "today", "안부 전화, 통화: 말씀이 없으심"),
        ("failed", "today", "안부 전화, 통화: 통화가 잘못됨"),
    ],
)
def test_how_the_call_ended_alone_tells_how_soon(result: str, level: str, line: str) -> None:
    report = _report("care", {}, result, [])
    assert report.level == level
    assert line in report.lines


def test_numbers_of_the_illness_and_of_the_check() -> None:
    ill = _report("care", {"variant": "illness", "fever": "yes", "temperature": "38.2"}, "completed", [])
    assert "대답: 체온 38.2도" in ill.lines
    slots = {"variant": "cognitive", "advice": "test", "points": "4", "most_points": "17"}
    check = _report("care", slots, "completed", [])
    assert check.lines[0].startswith("[참고] 검사 권유")
    assert "대답: 기억력 4/17점(진단 아님)" in check.lines
    assert check.lines[-1] == "할 일: 치매안심센터 검사 안내"


def test_when_to_call_again() -> None:
    again = _report("care", {"when": "evening"}, "completed", [Do(name="call_again", arguments={})])
    assert "안부 전화, 통화: 끝까지 통화함 (다시 걸기: 저녁)" in again.lines


def test_an_application_is_for_today() -> None:
    slots = {"benefits": "mobile electricity", "found": "some", "pension": "yes", "not_known": "fuel"}
    works = [Do(name="open_case", arguments={"kind": "welfare_application"})]
    report = _report("welfare", slots, "completed", works, "told")
    assert report.level == "today"
    assert report.lines == (
        "[오늘] 신청 접수 (김순이 님, 01012345678)",
        "대상일 수 있음: 이동전화 요금 감면 · 전기요금 할인",
        "대답: 기초연금 예",
        "모르심: 난방",
        "복지 안내, 통화: 끝까지 통화함",
        "할 일: 주민센터에서 전화해 신청 받기",
    )


def test_danger_goes_before_a_wish() -> None:
    works = [Do(name="open_case", arguments={"kind": "welfare_message"}), _alert(level="P0", line="119")]
    report = _report("welfare", {"danger_said": "불이 났어요"}, "handed_over", works)
    assert report.lines[:2] == ("[지금] 위급 (김순이 님, 01012345678)", "말씀: “불이 났어요”")
