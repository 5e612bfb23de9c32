"""The setting is taken where there is one to take, and its absence is no error."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import pytest

from models.train import allocator

# A process of its own, since the setting cannot be taken back.
_FAULTS = """
import resource, sys
import numpy as np
from models.train.allocator import keep_freed_memory
assert sys.argv[1] == "no" or keep_freed_memory()
def fill():
    for _ in range(20):
        np.ones(12_000_000, dtype=np.int32)
fill()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
fill()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(kept: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _FAULTS, kept], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt's settings are glibc's")
def test_memory_that_was_given_back_is_used_again_without_page_faults() -> None:
    assert page_faults("yes") * 20 < page_faults("no")


@pytest.mark.parametrize("missing", [AttributeError("no mallopt"), OSError("no such library")])
def test_another_c_library_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch, missing: Exception) -> None:
    def load(name: None) -> None:
        raise missing

    monkeypatch.setattr(ctypes, "CDLL", load)

    assert allocator.keep_freed_memory() is False
