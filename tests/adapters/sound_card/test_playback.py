"""Between two clocks: nothing is lost in step, silence gives way first, and delay stays bounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.sound_card.playback import PlaybackQueue
from voicebot.ports import Samples

FRAME = 160


def frame(value: int) -> Samples:
    return np.full(FRAME, value, np.int16)


def test_in_step_everything_is_played_once_and_in_order() -> None:
    queue = PlaybackQueue(8000)
    played = []
    for number in range(1, 51):
        queue.push(frame(100 * number))
        played.append(queue.pull(FRAME))
    out = np.concatenate(played)
    sound = out[out != 0]
    assert len(out) - len(sound) == FRAME, "one frame of cushion"
    assert np.array_equal(sound, np.repeat(np.arange(1, 50) * 100, FRAME))


def test_pieces_need_not_be_frames() -> None:
    queue = PlaybackQueue(8000)
    for number in range(1, 5):
        queue.push(frame(100 * number))
    out = np.concatenate([queue.pull(count) for count in (1, 200, 39, 400)])
    assert np.array_equal(out, np.repeat(np.arange(1, 5) * 100, FRAME))


def test_run_dry_it_waits_for_a_new_cushion() -> None:
    queue = PlaybackQueue(8000)
    queue.push(frame(100))
    assert not queue.pull(FRAME).any(), "one frame is no cushion"
    queue.push(frame(200))
    assert queue.pull(3 * FRAME).tolist() == [100] * FRAME + [200] * FRAME + [0] * FRAME
    queue.push(frame(300))
    assert not queue.pull(FRAME).any()
    queue.push(frame(400))
    assert queue.pull(FRAME).tolist() == [300] * FRAME


def test_a_slow_device_loses_silence_before_sound() -> None:
    queue = PlaybackQueue(8000)
    for value in (1000, 1000, 1000, 8, 8, 2000):
        queue.push(frame(value))
    assert queue.left_out_samples == 2 * FRAME
    assert queue.pull(4 * FRAME).tolist() == [1000] * 3 * FRAME + [2000] * FRAME


def test_a_device_that_stalls_is_not_played_the_past() -> None:
    queue = PlaybackQueue(8000)
    for number in range(1, 101):
        queue.push(frame(100 * number))
    out = queue.pull(100 * FRAME)
    assert out[0] == 9300 and out[8 * FRAME - 1] == 10_000
    assert not out[8 * FRAME :].any()
    assert queue.left_out_samples == 92 * FRAME


@given(st.lists(st.one_of(st.integers(0, 700), st.tuples(st.integers(0, 400), st.integers(1, 30_000)))))
def test_it_always_gives_what_is_asked_and_counts_every_sample(steps: list[int | tuple[int, int]]) -> None:
    queue = PlaybackQueue(8000)
    pushed = sounded = 0
    for step in steps:
        if isinstance(step, tuple):
            count, value = step
            queue.push(np.full(count, value, np.int16))
            pushed += count
        else:
            out = queue.pull(step)
            assert len(out) == step
            sounded += int((out != 0).sum())
    for _ in range(20):
        sounded += int((queue.pull(FRAME) != 0).sum())
    held = pushed - sounded - queue.left_out_samples
    assert 0 <= held < 2 * FRAME, "at most a cushion that never filled"
