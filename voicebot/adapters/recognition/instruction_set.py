"""CTranslate2 on 512-bit registers, where the processor has them and loses no speed by them.

CTranslate2 stays with AVX2 unless ``CT2_FORCE_CPU_ISA`` says otherwise, since the first processors with
AVX-512 lowered their clock for it. Those with VNNI instructions hardly do: measured on one with the embedded
model, 2 s of speech took 11 % less time (``python -m benchmarks.instruction_sets``).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

VARIABLE = "CT2_FORCE_CPU_ISA"
_WIDEST = "AVX512"
# What CTranslate2 asks for (src/cpu/cpu_info.cc, cpu_supports_avx512); it does not start without one of them.
_NEEDED = frozenset({"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"})
_AT_FULL_SPEED = "avx512_vnni"
_FLAGS = re.compile(r"^flags\s*:(.*)$", re.MULTILINE)
_CPUINFO = Path("/proc/cpuinfo")


def choose_instruction_set(cpuinfo: Path = _CPUINFO) -> None:
    """Make CTranslate2's choice for this process, unless the operator has; before any model is loaded."""
    if VARIABLE in os.environ:
        return
    try:
        described = cpuinfo.read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux, or hidden from us: CTranslate2's own choice stays
        return
    if has_quick_avx512(described):
        os.environ[VARIABLE] = _WIDEST


def has_quick_avx512(cpuinfo: str) -> bool:
    """Whether a ``/proc/cpuinfo`` describes a processor whose 512-bit registers are worth their clock."""
    found = _FLAGS.search(cpuinfo)
    return found is not None and {*_NEEDED, _AT_FULL_SPEED} <= set(found[1].split())
