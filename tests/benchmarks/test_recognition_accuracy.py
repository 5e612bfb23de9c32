from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.recognition.measuring import ModelResult, Plan, measure, open_model
from benchmarks.recognition.sets import CONDITIONS
from benchmarks.recognition_accuracy import as_json, lines, show

PLAN = Plan(every=100, clips=1, non_speech_s=8.0, long_utterances=1)


@pytest.fixture(scope="module")
def result() -> ModelResult:
    """A few clips of every set."""
    result = open_model("embedded")
    measure([result], PLAN, lambda line: None)
    return result


def test_every_target_of_the_issue_has_a_line(result: ModelResult) -> None:
    names = [name for name, *_ in lines(result, PLAN)]
    assert names[: len(CONDITIONS)] == [condition.name for condition in CONDITIONS]
    assert names[len(CONDITIONS) :] == [
        "repetition loops",
        "texts on non-speech after the gate",
        "ms a clip of 2 s, one thread",
    ]


def test_the_table_names_targets_and_what_is_misheard(
    result: ModelResult, capsys: pytest.CaptureFixture[str]
) -> None:
    show(result, PLAN)
    printed = capsys.readouterr().out
    assert "CER ≤ 1.0 %" in printed and "exact ≥ 99.5 %" in printed
    assert "words most often taken for others" in printed
    assert "far babble" in printed


def test_results_become_rows_of_the_report(
    result: ModelResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = {"benchmark": "recognition_accuracy", "quick": True, "models": [as_json(result, PLAN)]}
    (tmp_path / "recognition_accuracy.json").write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    monkeypatch.setattr(report, "TABLE", tmp_path / "RESULTS.md")
    table = report.write_report().read_text(encoding="utf-8")
    assert "| embedded: closed answers | exact ≥ 99.5 % |" in table
    assert "## What is misheard: embedded" in table
