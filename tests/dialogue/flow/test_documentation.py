"""The example in the documentation is a good flow."""

from __future__ import annotations

import re
from pathlib import Path

from voicebot.dialogue.flow import compile_flow

DOCUMENT = Path(__file__).parents[3] / "docs" / "FLOWS.md"
SUB_FLOW = "flow: number\nstart: done\nstates:\n  done: {say: 네., next: return}\n"


def test_the_example_compiles() -> None:
    found = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    compilation = compile_flow("FLOWS.md", found.group(1), open_file=lambda _: SUB_FLOW)
    assert compilation.problems == ()
    assert compilation.plan is not None
