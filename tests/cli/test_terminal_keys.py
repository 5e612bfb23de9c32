"""Telephone keys typed at a real (pseudo) terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import termios
from collections.abc import Iterator

import pytest

from voicebot.cli.terminal_keys import typed_keys


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Our end and the program's end."""
    ours, programs = pty.openpty()
    yield ours, programs
    os.close(ours)
    os.close(programs)


async def _typed(ours: int, text: str) -> None:
    os.write(ours, text.encode())
    await asyncio.sleep(0.02)  # through the kernel's terminal


async def test_keys_arrive_without_enter_and_others_are_ignored(terminal: tuple[int, int]) -> None:
    ours, programs = terminal
    pressed: list[str] = []
    with typed_keys(pressed.append, programs) as there:
        assert there
        await _typed(ours, "1")
        assert pressed == ["1"]
        await _typed(ours, "a0\n*#한9 ")
    assert pressed == ["1", "0", "*", "#", "9"]


async def test_the_terminal_is_left_as_it_was(terminal: tuple[int, int]) -> None:
    ours, programs = terminal
    before = termios.tcgetattr(programs)
    pressed: list[str] = []
    with typed_keys(pressed.append, programs):
        local_modes = termios.tcgetattr(programs)[3]
        assert not local_modes & termios.ECHO
        assert local_modes & termios.ISIG, "Ctrl-C keeps its meaning"
    assert termios.tcgetattr(programs) == before
    await _typed(ours, "5")
    assert pressed == []


async def test_input_that_is_no_terminal_is_left_alone() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"0")
        pressed: list[str] = []
        with typed_keys(pressed.append, reading) as there:
            assert not there
            await asyncio.sleep(0)
        assert pressed == []
        assert os.read(reading, 1) == b"0"
    finally:
        os.close(reading)
        os.close(writing)


async def test_there_may_be_no_input_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with typed_keys(lambda key: None) as there:
        assert not there
