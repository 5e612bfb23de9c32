"""Turns and gaps are computed from what was audible when."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.timeline.reading import percentile, read
from voicebot.timeline.record import Record, Timeline, Track, parse

GOLDEN = Path(__file__).parent / "golden"


def timeline(*entries: tuple[float, str, dict[str, object]]) -> Timeline:
    return Timeline(
        records=tuple(
            Record(at_s=at_s, track=Track.ENGINE, event=event, details=details)
            for at_s, event, details in entries
        )
    )


def golden() -> Timeline:
    with (GOLDEN / "duty.jsonl").open(encoding="utf-8") as lines:
        return parse(lines, "duty.jsonl")


def test_the_gap_runs_from_the_last_voice_to_the_first_sound_of_the_answer() -> None:
    reading = read(golden())
    gaps = [None if turn.gap_ms is None else round(turn.gap_ms) for turn in reading.turns]
    assert gaps == [404, None, 231, 151, 742]
    assert [round(gap) for gap in reading.gaps_ms] == [404, 231, 151, 742]


def test_a_turn_taken_back_gives_its_voice_to_the_next_turn() -> None:
    _, taken_back, whole, *_ = read(golden()).turns
    assert taken_back.retracted and taken_back.answered_s is None
    assert whole.voice is not None
    assert (whole.voice.start_s, whole.voice.end_s) == (13.6, 16.7)
    assert whole.answer == "중앙로 십이 번지, 소방서 건너편이 맞으세요?"


def test_a_back_channel_long_before_does_not_belong_to_the_turn() -> None:
    reading = read(golden())
    assert reading.turns[0].voice is not None
    assert reading.turns[0].voice.start_s == 7.18
    assert (reading.citizen[0].text, reading.citizen[0].unanswered) == ("네", True)
    assert (reading.citizen[1].text, reading.citizen[1].unanswered) == (reading.turns[0].text, False)
    assert reading.citizen[2].text == ""


def test_prompts_give_the_bot_its_words() -> None:
    words = [span.text for span in read(golden()).bot]
    assert len(words) == 7 and all(words)


def test_prompts_stand_in_where_the_bot_was_not_listened_to() -> None:
    reading = read(
        timeline(
            (1.0, "voice_started", {}),
            (2.0, "voice_ended", {}),
            (2.2, "turn", {"turn_id": 1, "text": "네"}),
            (2.3, "prompt", {"id": 1, "text": "알겠습니다."}),
            (3.0, "prompt_ended", {"id": 1}),
        )
    )
    assert [(span.start_s, span.end_s, span.text) for span in reading.bot] == [(2.3, 3.0, "알겠습니다.")]
    assert reading.gaps_ms == pytest.approx([300.0])


def test_voice_that_goes_on_after_the_commit_is_not_a_negative_gap() -> None:
    reading = read(
        timeline(
            (1.0, "voice_started", {}),
            (2.2, "turn", {"turn_id": 1}),
            (2.3, "audible_started", {}),
            (2.8, "voice_ended", {}),
            (3.0, "audible_ended", {}),
        )
    )
    assert reading.gaps_ms == pytest.approx([100.0])


def test_a_measured_gap_counts_where_nothing_was_audible() -> None:
    assert read(timeline((1.0, "turn", {"turn_id": 1, "gap_ms": 180.0}))).gaps_ms == [180.0]


def test_an_answer_that_never_came_has_no_gap() -> None:
    reading = read(
        timeline((1.0, "turn", {"turn_id": 1}), (2.0, "turn", {"turn_id": 2}), (2.5, "audible_started", {}))
    )
    assert [turn.answered_s for turn in reading.turns] == [None, 2.5]


def test_spans_left_open_end_with_the_call() -> None:
    reading = read(timeline((1.0, "voice_started", {}), (4.0, "statistics", {})))
    assert [(span.start_s, span.end_s) for span in reading.citizen] == [(1.0, 4.0)]


def test_a_later_entry_of_a_decode_adds_to_the_first() -> None:
    (decode,) = read(
        timeline(
            (2.0, "decode", {"decode_id": 1, "kind": "partial", "ms": 500, "text": "네", "outcome": "used"}),
            (2.4, "decode", {"decode_id": 1, "outcome": "discarded"}),
        )
    ).decodes
    assert (decode.asked_s, decode.answered_s, decode.kind) == (1.5, 2.0, "partial")
    assert (decode.text, decode.outcome) == ("네", "discarded")


def test_the_decode_of_a_turn_was_used() -> None:
    (decode,) = read(
        timeline((2.0, "decode", {"decode_id": 1}), (2.1, "turn", {"turn_id": 1, "decode_id": 1}))
    ).decodes
    assert decode.outcome == "used"


_events = st.sampled_from(
    [
        "voice_started",
        "voice_ended",
        "audible_started",
        "audible_ended",
        "prompt",
        "turn",
        "retract",
        "decode",
    ]
)


@given(st.lists(st.tuples(st.floats(0, 600), _events, st.integers(0, 3)), max_size=40))
def test_any_order_of_events_can_be_read(entries: list[tuple[float, str, int]]) -> None:
    records = [
        Record(at_s=at_s, track=Track.ENGINE, event=event, details={"turn_id": key, "decode_id": key})
        for at_s, event, key in sorted(entries)
    ]
    reading = read(Timeline(records=tuple(records)))
    assert all(span.start_s <= span.end_s for span in (*reading.citizen, *reading.bot))
    assert all(gap >= 0 for gap in reading.gaps_ms)


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.95) == 4.0
    assert percentile([7.0], 0.0) == 7.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
