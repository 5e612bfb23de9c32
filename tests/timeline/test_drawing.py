"""The picture is valid SVG, shows what was said, and survives any timeline."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.timeline.drawing import draw, gap_colour
from voicebot.timeline.record import Record, Timeline, Track, parse
from voicebot.timeline.svg import shorten, text_width, wrap

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def words_of(drawing: str) -> list[str]:
    root = ElementTree.fromstring(drawing.encode())
    return [
        "".join([node.text or "", *(child.tail or "" for child in node)]) for node in root.iter(f"{SVG}text")
    ]


def test_the_golden_call_shows_both_sides_and_the_gaps() -> None:
    with (GOLDEN / "duty.jsonl").open(encoding="utf-8") as lines:
        drawing = draw(parse(lines, "duty.jsonl"))
    words = " | ".join(words_of(drawing))
    for expected in (
        "중앙로 십이 번지요 소방서 건너편이에요",
        "네 맞아요",
        "가로등이 꺼졌군요.",
        "404 ms",
        "151 ms",
    ):
        assert expected in words
    for expected in ("turn taken back", "barge-in", "work: open case", "completed: case opened"):
        assert expected in words
    assert "4 turns · response gap median 231 ms, longest 742 ms · 12 decodes" in words
    assert gap_colour(151) in drawing and gap_colour(404) in drawing


def test_a_long_call_wraps_into_rows() -> None:
    def height(end_s: float) -> float:
        record = Record(at_s=end_s, track=Track.ENGINE, event="statistics")
        root = ElementTree.fromstring(draw(Timeline(records=(record,))).encode())
        assert root.get("width") == "1280"
        return float(root.get("height") or 0)

    assert height(100.0) > height(40.0) > height(10.0) == height(0.0)


def test_an_empty_timeline_is_drawn() -> None:
    assert "no end recorded" in draw(Timeline(records=()))


_EVENTS = """voice_started voice_ended audible_started audible_ended prompt prompt_ended decode turn key
decision barge_in retract work transfer call_started call_ended first_packet""".split()


@given(
    st.lists(
        st.tuples(
            st.floats(-1, 120), st.sampled_from(list(Track)), st.sampled_from(_EVENTS), st.text(max_size=30)
        ),
        max_size=25,
    )
)
def test_any_timeline_makes_a_valid_document(entries: list[tuple[float, Track, str, str]]) -> None:
    records = tuple(
        Record(at_s=at_s, track=track, event=event, details=dict.fromkeys(_TEXTS, text) | {"turn_id": 1})
        for at_s, track, event, text in sorted(entries, key=lambda entry: entry[0])
    )
    ElementTree.fromstring(draw(Timeline(records=records)).encode())


_TEXTS = [
    "text",
    "key",
    "reason",
    "action",
    "name",
    "target",
    "result",
    "kind",
    "outcome",
    "service",
    "call_id",
]


def test_markup_in_words_stays_words() -> None:
    record = Record(
        at_s=1, track=Track.ENGINE, event="decision", details={"action": "<b>&\x00", "reason": '"'}
    )
    assert "<b>&" in words_of(draw(Timeline(records=(record,))))


def test_words_are_wrapped_and_cut_to_the_room_there_is() -> None:
    text = "가로등이 꺼져서 밤에 너무 어두워요 언제 고쳐 주시나요"
    lines = wrap(text, 13, 150, 2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert all(text_width(line, 13) <= 150 for line in lines)
    assert wrap(text, 13, 5000, 2) == [text]
    assert wrap("", 13, 100, 2) == []
    assert shorten("가로등", 13, 3) == ""


@pytest.mark.parametrize("width", [-50.0, 0.0, 5.0])
def test_no_room_means_no_words(width: float) -> None:
    assert wrap("가로등이 꺼졌어요", 13, width, 2) == []
