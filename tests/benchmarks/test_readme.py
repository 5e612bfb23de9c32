"""The figures at the head of both README files come from the results."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.readme import LINES, figures, with_figures

ROOT = Path(__file__).resolve().parents[2]
RESULTS = {
    "response_gap": {
        "rows": [
            {"question": question, "citizens_at_once": count, "gap_p50_ms": 100 + count, "gap_p95_ms": 300}
            for question, count in (("closed", 1), ("closed", 40), ("open", 1))
        ]
    },
    "barge_in": {"silenced_p50_ms": 203, "false_stop_percent": 1.6},
    "media_capacity": {"core_percent_per_call": 0.2951, "calls": 200},
}


@pytest.mark.parametrize("name", LINES)
def test_the_figures_take_their_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = LINES[name].format_map(figures(RESULTS))
    written = with_figures(text, lines)
    assert lines in written and "0.30" in lines and "140" in lines
    assert with_figures(written, lines) == written
    assert len(written.splitlines()) == len(text.splitlines())


def test_a_document_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for figures"):
        with_figures("# Title\n", "")
