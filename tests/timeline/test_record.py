"""The format of a timeline: what is written is read back, and what is broken is named with its place."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.errors import TimelineError
from voicebot.timeline.record import Record, Track, format_line, parse, parse_line

GOLDEN = Path(__file__).parent / "golden"

_details = st.dictionaries(
    st.sampled_from(["note", "count", "slots"]), st.none() | st.integers() | st.text() | st.booleans()
)


@given(
    at_s=st.floats(min_value=0, max_value=86_400),
    track=st.sampled_from(list(Track)),
    event=st.text(min_size=1).filter(lambda name: name not in ("turn", "key", "work")),
    details=_details,
)
def test_what_is_written_is_read_back(
    at_s: float, track: Track, event: str, details: dict[str, object]
) -> None:
    record = Record(at_s=at_s, track=track, event=event, details=details)
    line = format_line(record)
    assert line.count("\n") == 1
    again = parse_line(line, "file:1")
    assert math.isclose(again.at_s, at_s, abs_tol=0.0005)
    assert (again.track, again.event, again.details) == (track, event, details)


@given(st.text())
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        parse_line(text, "call.jsonl:7")
    except TimelineError as error:
        assert str(error).startswith("call.jsonl:7: ")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    event=st.sampled_from(["call_started", "decode", "turn", "key", "call_ended", "prompt"]),
    details=st.dictionaries(
        st.sampled_from(["text", "turn_id", "kind", "ms", "key", "reason", "id"]), _values
    ),
)
def test_details_of_any_type_never_break_the_reader(event: str, details: dict[str, object]) -> None:
    line = format_line(Record(at_s=1.0, track=Track.ENGINE, event=event, details=details))
    try:
        parse_line(line, "call.jsonl:3")
    except TimelineError as error:
        assert str(error).startswith("call.jsonl:3: ")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "call.jsonl:4: not JSON: "),
        ("[1]", "call.jsonl:4: must be a JSON object, is list"),
        ("[" * 100_000, "call.jsonl:4: not JSON: "),
        ('{"track": "bot", "event": "x"}', "'t' must be seconds since the call's start, is None"),
        ('{"t": true, "track": "bot", "event": "x"}', "'t' must be seconds"),
        ('{"t": NaN, "track": "bot", "event": "x"}', "'t' must be seconds"),
        ('{"t": 1e300, "track": "bot", "event": "x"}', "'t' must be seconds"),
        ('{"t": 1, "track": "alien", "event": "x"}', "'track' must be citizen, bot, engine, is 'alien'"),
        ('{"t": 1, "track": ["bot"], "event": "x"}', "'track' must be citizen, bot, engine"),
        ('{"t": 1, "track": "bot", "event": ""}', "'event' must name what happened"),
        ('{"t": 1, "track": "citizen", "event": "turn"}', "event 'turn' lacks 'turn_id'"),
        ('{"t": 1, "track": "citizen", "event": "turn", "turn_id": true}', "unusable 'turn_id': True"),
        ('{"t": 1, "track": "engine", "event": "decode", "ms": "12"}', "'ms' is unusable: '12'"),
        ('{"t": 1, "track": "engine", "event": "decode", "ms": Infinity}', "'ms' is unusable: inf"),
    ],
)
def test_a_broken_line_is_named_with_its_place(line: str, message: str) -> None:
    with pytest.raises(TimelineError, match=r"^call\.jsonl:4: ") as raised:
        parse_line(line, "call.jsonl:4")
    assert message in str(raised.value)


def test_the_golden_call_is_read_in_order_of_time() -> None:
    with (GOLDEN / "duty.jsonl").open(encoding="utf-8") as lines:
        timeline = parse(reversed(list(lines)), "duty.jsonl")
    assert not timeline.cut_short
    assert timeline.records[0].event == "call_started"
    assert timeline.records[0].text("service") == "duty"
    assert timeline.end_s == 38.48


def test_a_half_written_last_line_is_left_out() -> None:
    timeline = parse(['{"t": 1, "track": "bot", "event": "prompt"}\n', "\n", '{"t": 2, "tra'], "call.jsonl")
    assert timeline.cut_short
    assert [record.event for record in timeline.records] == ["prompt"]


def test_a_broken_line_in_the_middle_is_an_error() -> None:
    lines = ['{"t": 1, "track": "bot", "event": "prompt"}\n', '{"t": 2, "tra\n']
    with pytest.raises(TimelineError, match=r"^call\.jsonl:2: not JSON"):
        parse(lines, "call.jsonl")


def test_a_file_that_is_no_timeline_is_an_error_even_in_one_line() -> None:
    with pytest.raises(TimelineError, match=r"^notes\.txt:1: not JSON"):
        parse(["hello"], "notes.txt")
