from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.recognition.scheduler import PARTIAL_PATIENCE_S, BatchScheduler
from voicebot.errors import RecognitionError
from voicebot.speech.events import DecodeKind

FINAL, SPECULATIVE, PARTIAL = DecodeKind.FINAL, DecodeKind.SPECULATIVE, DecodeKind.PARTIAL


def scheduler(*, max_queue: int = 10, max_batch: int = 4) -> BatchScheduler[str]:
    return BatchScheduler(max_queue=max_queue, max_batch=max_batch)


def test_finals_then_speculative_oldest_first_and_partials_apart() -> None:
    queue = scheduler()
    for name, kind in (("p", PARTIAL), ("s", SPECULATIVE), ("f1", FINAL), ("f2", FINAL)):
        queue.push(name, kind=kind, frames=200, now=0.0)
    assert queue.next_batch(0.0).items == ("f1", "f2", "s")
    assert queue.next_batch(0.0).items == ("p",)
    assert queue.next_batch(0.0).items == ()


def test_a_batch_is_never_larger_than_allowed() -> None:
    queue = scheduler(max_batch=2)
    for name in "abc":
        queue.push(name, kind=FINAL, frames=100, now=0.0)
    assert queue.next_batch(0.0).items == ("a", "b")
    assert queue.next_batch(0.0).items == ("c",)


def test_a_long_window_does_not_hold_up_a_short_one() -> None:
    queue = scheduler()
    for name, frames in (("short", 100), ("long", 480), ("similar", 180)):
        queue.push(name, kind=FINAL, frames=frames, now=0.0)
    assert queue.next_batch(0.0).items == ("short", "similar")
    assert queue.next_batch(0.0).items == ("long",)


def test_the_oldest_partial_gives_way_when_the_queue_is_full() -> None:
    queue = scheduler(max_queue=2)
    queue.push("p1", kind=PARTIAL, frames=100, now=0.0)
    queue.push("p2", kind=PARTIAL, frames=100, now=0.0)
    assert queue.push("f", kind=FINAL, frames=100, now=0.0).dropped == ("p1",)
    assert queue.push("p3", kind=PARTIAL, frames=100, now=0.0).dropped == ("p2",)
    assert queue.next_batch(0.0).items == ("f",)


def test_a_partial_gives_way_itself_when_only_others_wait() -> None:
    queue = scheduler(max_queue=1)
    queue.push("f", kind=FINAL, frames=100, now=0.0)
    assert queue.push("p", kind=PARTIAL, frames=100, now=0.0).dropped == ("p",)
    assert len(queue) == 1


def test_a_queue_full_of_finals_refuses_with_the_remedy() -> None:
    queue = scheduler(max_queue=1)
    queue.push("f", kind=FINAL, frames=100, now=0.0)
    with pytest.raises(RecognitionError, match=r"queue is full \(1 utterances wait\); raise stt.workers"):
        queue.push("g", kind=SPECULATIVE, frames=100, now=0.0)


def test_a_stale_partial_is_dropped_and_a_stale_final_is_not() -> None:
    queue = scheduler()
    queue.push("p", kind=PARTIAL, frames=100, now=0.0)
    queue.push("f", kind=FINAL, frames=100, now=0.0)
    batch = queue.next_batch(PARTIAL_PATIENCE_S + 0.01)
    assert batch.items == ("f",)
    assert batch.dropped == ("p",)


def test_cancelled_utterances_leave_the_queue_once() -> None:
    queue = scheduler()
    ticket = queue.push("f", kind=FINAL, frames=100, now=0.0).ticket
    assert queue.cancel(ticket)
    assert not queue.cancel(ticket)
    assert queue.next_batch(0.0).items == ()


@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.just("push"), st.sampled_from(list(DecodeKind)), st.integers(2, 500).map(lambda n: 2 * n)
            ),
            st.tuples(st.just("batch"), st.none(), st.just(0)),
            st.tuples(st.just("cancel"), st.none(), st.integers(0, 30)),
        ),
        max_size=60,
    )
)
def test_every_utterance_comes_out_exactly_once(operations: list[tuple[str, DecodeKind | None, int]]) -> None:
    queue: BatchScheduler[int] = BatchScheduler(max_queue=5, max_batch=3)
    pushed: list[int] = []
    out: list[int] = []
    now = 0.0
    for name, kind, number in operations:
        now += 0.04
        if name == "push" and kind is not None:
            item = len(pushed)
            try:
                admitted = queue.push(item, kind=kind, frames=number, now=now)
            except RecognitionError:
                assert kind is not PARTIAL and len(queue) == 5
                pushed.append(item)
                out.append(item)
                continue
            assert admitted.ticket == item
            pushed.append(item)
            out += admitted.dropped
        elif name == "batch":
            batch = queue.next_batch(now)
            assert len(batch.items) <= 3
            out += [*batch.items, *batch.dropped]
        elif queue.cancel(number):
            out.append(number)
        assert len(queue) <= 5
    while len(queue):
        batch = queue.next_batch(now)
        out += [*batch.items, *batch.dropped]
    assert sorted(out) == pushed
