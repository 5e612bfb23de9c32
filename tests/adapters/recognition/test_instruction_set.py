"""Which registers CTranslate2 is told to use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voicebot.adapters.recognition.instruction_set import choose_instruction_set

_AVX512 = "avx512f avx512cd avx512vl avx512dq avx512bw"
_VARIABLE = "CT2_FORCE_CPU_ISA"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_VARIABLE, "restored afterwards")
    monkeypatch.delenv(_VARIABLE)


def _cpuinfo(folder: Path, flags: str) -> Path:
    path = folder / "cpuinfo"
    path.write_text(f"processor\t: 0\nmodel name\t: A CPU\nflags\t\t: fpu avx2 {flags} sse2\n\n" * 2)
    return path


@pytest.mark.parametrize(
    ("flags", "chosen"),
    [
        (f"{_AVX512} avx512_vnni", "AVX512"),
        (_AVX512, None),  # the first of them lower their clock
        ("avx512f avx512cd avx512vl avx512dq avx512_vnni", None),  # one of CTranslate2's is missing
        ("", None),
    ],
)
def test_the_widest_registers_that_cost_no_clock(tmp_path: Path, flags: str, chosen: str | None) -> None:
    choose_instruction_set(_cpuinfo(tmp_path, flags))
    assert os.environ.get(_VARIABLE) == chosen


def test_the_operator_has_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_VARIABLE, "AVX2")
    choose_instruction_set(_cpuinfo(tmp_path, f"{_AVX512} avx512_vnni"))
    assert os.environ[_VARIABLE] == "AVX2"


@pytest.mark.parametrize("content", [None, "", "Features: neon"])
def test_without_a_description_the_choice_is_left_to_ctranslate2(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "cpuinfo"
    if content is not None:
        path.write_text(content)
    choose_instruction_set(path)
    assert _VARIABLE not in os.environ
