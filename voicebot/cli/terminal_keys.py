"""Telephone keys typed at the terminal."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

KEYS = frozenset("0123456789*#")

_READ_BYTES = 64


@contextmanager
def typed_keys(press: Callable[[str], None], descriptor: int | None = None) -> Iterator[bool]:
    """Hand over each telephone key that is typed, without Enter; whatever else is typed is ignored.

    Ctrl-C keeps its meaning. Use in a running event loop.

    Args:
        press: Told each key.
        descriptor: The terminal; not given: standard input.

    Yields:
        Whether there is a terminal: none where input comes from a file, a pipe or nowhere.
    """
    given = _standard_input() if descriptor is None else descriptor
    if given is None or not os.isatty(given):
        yield False
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        typed = os.read(given, _READ_BYTES)
        if not typed:
            loop.remove_reader(given)  # the terminal has gone
        for key in typed.decode("ascii", "ignore"):
            if key in KEYS:
                press(key)

    before = termios.tcgetattr(given)
    tty.setcbreak(given)
    loop.add_reader(given, read)
    try:
        yield True
    finally:
        loop.remove_reader(given)
        termios.tcsetattr(given, termios.TCSADRAIN, before)


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (OSError, ValueError, AttributeError):
        return None  # closed, replaced, or never there
