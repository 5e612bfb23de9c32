"""What lists and logs show of the details of a case."""

from __future__ import annotations

from voicebot.records.cases import shown, told_in


def test_a_name_is_masked_wherever_it_stands() -> None:
    details = {
        "name": "김영희",
        "caller_name": "김영희수",
        "about": "김영희수네 옆집, 김영희 집 앞",
        "callback": "01012345678",
        "said": "010-1234-5678로요",
    }
    assert shown(details) == {
        "name": "김**",
        "caller_name": "김***",
        "about": "김***네 옆집, 김** 집 앞",
        "callback": "010-****-5678",
        "said": "010-****-****로요",
    }


def test_a_name_of_one_sign_is_left_in_sentences() -> None:
    assert shown({"name": "이", "about": "이 집"}) == {"name": "이", "about": "이 집"}


def test_what_was_said_goes_before_what_it_is_about() -> None:
    about = {"what": "땅꺼짐", "place": "시장 앞", "summary": "급한 전화"}
    assert told_in({"said": "빠졌어요", **about}) == "빠졌어요"
    assert told_in(about) == "땅꺼짐 · 시장 앞"
    assert told_in({"summary": "급한 전화"}) == "급한 전화" and told_in({}) == ""
