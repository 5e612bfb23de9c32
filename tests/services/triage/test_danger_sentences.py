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


@pytest.mark.parametrize(
    ("name", "missed", "certain_alarms", "asked"), [("tuned.txt", 0, 0, 1), ("held_out.txt", 1, 0, 5)]
)
def test_dangers_are_heard_and_everyday_talk_is_not(
    name: str, missed: int, certain_alarms: int, asked: int
) -> None:
    dangers, calm = _sentences(name)
    assert sum(detect_danger(said) is None for said in dangers) <= missed
    alarms = [danger for danger in map(detect_danger, calm) if danger is not None]
    assert sum(danger.certain for danger in alarms) <= certain_alarms
    assert sum(not danger.certain for danger in alarms) <= asked
