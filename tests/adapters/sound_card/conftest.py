from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.adapters.sound_card.fake_pyaudio import FakePyAudio


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakePyAudio], FakePyAudio]:
    """Put a fake in PyAudio's place."""

    def install(fake: FakePyAudio) -> FakePyAudio:
        monkeypatch.setitem(sys.modules, "pyaudio", SimpleNamespace(PyAudio=lambda: fake))
        return fake

    return install
