"""The danger detector on hundreds of sentences: what it reached once, it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.dialogue.understanding import detect_danger

_FOLDER = Path(__file__).parent / "danger"


def _sentences(name: str) -> tuple[list[str], list[str]]:
    """(dangers, everyday sentences)."""
    dangers: list[str] = []
    calm: list[str] = []
    part = dangers
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            part = calm if line == "@none" else dangers
        elif line and not line.startswith("#"):
            part.append(line)
    return dangers, calm


def test_there_are_enough_sentences() -> None:
    both = [_sentences("tuned.txt"), _sentences("held_out.txt")]
    assert sum(len(dangers) for dangers, _ in both) >= 250
    assert sum(len(calm) for _, calm in both) >= 250


@pytest.mark.parametrize(("name", "missed", "alarms"), [("tuned.txt", 0, 2), ("held_out.txt", 1, 2)])
def test_dangers_are_heard_and_everyday_talk_is_not(name: str, missed: int, alarms: int) -> None:
    dangers, calm = _sentences(name)
    assert sum(detect_danger(said) is None for said in dangers) <= missed
    assert sum(detect_danger(said) is not None for said in calm) <= alarms
