"""The report of a case, as a duty officer reads it."""

from __future__ import annotations

from voicebot.services.duty.report import LONGEST_STORY, summary

CASE = {
    "level": "P2",
    "department": "청소",
    "what": "고양이가 차에 치여 죽어 있어요",
    "place": "중앙동 사거리",
    "on_road": "yes",
    "hurt": "no",
    "also": "가로등",
    "callback": "01012345678",
}


def test_the_whole_report() -> None:
    assert summary(CASE, "동물 사체") == (
        "[P2] 동물 사체 · 청소\n"
        "어디: 중앙동 사거리\n"
        "내용: 고양이가 차에 치여 죽어 있어요\n"
        "위험: 없음\n"
        "차도 위: 예\n"
        "함께 말함: 가로등\n"
        "연락: 010-1234-5678"
    )


def test_a_danger_comes_first_whatever_the_complaint_was() -> None:
    report = summary({**CASE, "danger": "police", "danger_said": "때려요"}, "소음")
    assert report.startswith("[P0] 폭력·실종 · ")
    assert summary({**CASE, "hurt": "yes"}, "소음").startswith("[P0] 소음 · ")
    assert "위험: 다치거나 위험한 사람 있음" in summary({**CASE, "hurt": "yes"}, "소음")


def test_nothing_is_known() -> None:
    assert summary({}, "") == "[미정] 분류 전 · 당직\n어디: 모름\n내용: 말하지 않음\n연락: 번호 없음"


def test_a_long_story_is_cut_and_an_unsure_place_is_marked() -> None:
    report = summary({"what": "가" * 500, "place_area": "중앙동", "danger_told": "yes"}, "쓰레기")
    assert f"내용: {'가' * LONGEST_STORY} …" in report
    assert "어디: 중앙동 (확인 안 됨)" in report
    assert "위험: 위험하다고 함" in report
