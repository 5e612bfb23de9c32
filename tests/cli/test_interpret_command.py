"""``voicebot interpret``: JSON lines in, meanings out; a bad line is named and does not stop the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from voicebot.cli.main import app


def _run(*lines: str, options: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(app, ["interpret", *options], input="\n".join(lines) + "\n")


def _meant(**asked: Any) -> dict[str, Any]:
    result = _run(json.dumps(asked, ensure_ascii=False))
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({"expect": "yes_no", "question": "식사는 하셨어요?", "said": "안 먹었어요"}, "no"),
        ({"expect": "choice", "choices": ["도로", "쓰레기"], "said": "두 번째요"}, "쓰레기"),
        ({"expect": "choice", "choices": {"road": "도로", "waste": ["쓰레기"]}, "said": "쓰레기요"}, "waste"),
        ({"expect": "number", "said": "두 명이요"}, "2"),
        ({"expect": "phone", "said": "공일공에 일이삼사에 오육칠팔"}, "01012345678"),
        ({"expect": "temperature", "said": "삼십칠 도 이 부"}, "37.2"),
        ({"expect": "date", "today": "2026-10-12", "said": "그저께요"}, "2026-10-10"),
        ({"expect": "time", "said": "새벽 두 시 반쯤"}, "02:30"),
        ({"expect": "place", "said": "효자동 주민센터 앞이에요"}, "효자동 주민센터 앞"),
        ({"expect": "open", "said": "가로등이 안 들어와요"}, "가로등이 안 들어와요"),
    ],
)
def test_every_kind_of_question(asked: dict[str, Any], value: str) -> None:
    meant = _meant(**asked)
    assert (meant["status"], meant["value"]) == ("filled", value)
    assert 0.5 < meant["confidence"] <= 1.0
    assert set(meant) == {"value", "status", "confidence"}


def test_json_is_what_comes_anyway() -> None:
    asked = json.dumps({"expect": "yes_no", "said": "네"})
    assert _run(asked, options=("--json",)).stdout == _run(asked).stdout != ""


def test_what_is_no_answer_has_no_value() -> None:
    assert _meant(expect="phone", said="공일공 일이삼사")["value"] is None
    assert _meant(expect="yes_no", said="천천히 말해 주세요")["status"] == "repeat"
    assert _meant(expect="yes_no", said="잠깐만요") == {
        "value": None,
        "status": "later",
        "confidence": 0.93,
        "wish": "wait",
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"expect": "colour", "said": "네"}', "expect 'colour' is unknown; use yes_no"),
        ('{"expect": "yes_no"}', "said must be a text"),
        ('{"said": "네"}', "expect must be a text"),
        ('{"expect": "yes_no", "said": "네", "polarity": "glad"}', "polarity 'glad' is unknown"),
        ('{"expect": "choice", "said": "네"}', "a choice needs choices"),
        ('{"expect": "choice", "choices": [1], "said": "네"}', "choices must be"),
        ('{"expect": "choice", "choices": {"a": 1}, "said": "네"}', "choices must be"),
        ('{"expect": "choice", "choices": "ab", "said": "네"}', "choices must be"),
        ('{"expect": "date", "today": "12/10", "said": "어제"}', "write YYYY-MM-DD"),
        ('{"expect": "yes_no", "said": "네", "keys": [1]}', "keys must be"),
        ('{"expect": "yes_no", "said": "네", "ask": ""}', "unknown key 'ask'"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_answered(line: str, message: str) -> None:
    good = '{"expect": "yes_no", "said": "네"}'
    result = _run(good, line, "", good)
    assert result.exit_code == 1
    assert [json.loads(out)["value"] for out in result.stdout.splitlines()] == ["yes", "yes"]
    assert "line 2: " in result.stderr
    assert message in result.stderr


def test_a_file_and_a_gazetteer(tmp_path: Path) -> None:
    places = tmp_path / "places.yaml"
    places.write_text("districts:\n  - 서신동\n", encoding="utf-8")
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"expect": "place", "said": "서선동이요"}\n\udcff\n', "utf-8", "surrogateescape")
    result = CliRunner().invoke(app, ["interpret", "--places", str(places), str(lines)])
    assert json.loads(result.stdout)["value"] == "서신동"
    assert f"{lines}:2: not UTF-8 text" in result.stderr


def test_a_wrong_gazetteer_is_refused_with_its_line(tmp_path: Path) -> None:
    places = tmp_path / "places.yaml"
    places.write_text("districts:\n  - 서신동\nrivers:\n  - 만경강\n", encoding="utf-8")
    result = _run("", options=("--places", str(places)))
    assert result.exit_code == 1
    assert f"{places}:3: unknown kind 'rivers'" in str(result.exception)
