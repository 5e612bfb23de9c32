from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.recognition.card import BEGIN, END, with_figures
from benchmarks.recognition_accuracy import CARD

RESULT = Path(__file__).parents[3] / "benchmarks" / "results" / "recognition_accuracy.json"


def test_the_card_says_what_was_measured() -> None:
    page = CARD.read_text(encoding="utf-8")
    assert with_figures(page, json.loads(RESULT.read_text(encoding="utf-8"))) == page


def test_a_missed_target_is_said() -> None:
    line = {"what": "domain", "target": "CER ≤ 2.0 %", "figure": 4.321, "met": False, "note": "500 clips"}
    model = {
        "model": "embedded",
        "lines": [line, {**line, "figure": None}],
        "cer_percent_by_kind": {"domain": {"care": 2.0, "duty": 6.0}},
        "same_sound_percent": {"domain": 41.2},
        "several_sentences": ["several sentences: 3 %"],
        "confused": [{"said": "세", "heard": "", "count": 3}],
    }
    page = with_figures(f"a\n{BEGIN}\nold\n{END}\nz\n", {"models": [model]})
    assert page.startswith(f"a\n{BEGIN}\n\n| what |")
    assert page.endswith(f"\n\n{END}\nz\n")
    assert "| domain | CER ≤ 2.0 % | 4.32 | **no** | 500 clips |" in page
    assert "| domain | CER ≤ 2.0 % | – | **no** | 500 clips |" in page
    assert "duty 6.0 %, care 2.0 %" in page
    assert "of the same sound: domain 41 %" in page
    assert "세 → (nothing) (3)" in page
    assert "old" not in page


def test_a_card_without_marks_is_named() -> None:
    with pytest.raises(ValueError, match="marks"):
        with_figures("no marks", {"models": []})
