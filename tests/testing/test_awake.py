"""The processes that keep processors awake: one each, out of everybody's way, and gone afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.testing.awake import awake

pytestmark = pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="this system has no SCHED_IDLE")


def _children() -> list[int]:
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(word) for word in task.read_text().split()]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_each_processor_is_kept_awake_by_a_process_that_gives_way() -> None:
    before = set(_children())
    with awake():
        spinners = set(_children()) - before
        assert len(spinners) == len(os.sched_getaffinity(0))
        _until(lambda: all(os.sched_getscheduler(pid) == os.SCHED_IDLE for pid in spinners))
        assert {min(os.sched_getaffinity(pid)) for pid in spinners} == os.sched_getaffinity(0)
    assert set(_children()) == before


def test_they_end_when_what_is_measured_fails() -> None:
    before = set(_children())
    with pytest.raises(ZeroDivisionError), awake():
        raise ZeroDivisionError
    assert set(_children()) == before
