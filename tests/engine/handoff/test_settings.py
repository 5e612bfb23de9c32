"""The settings of a hand-over: what is wrong is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.config import HandoffSettings, load_settings
from voicebot.errors import ConfigurationError


def test_without_the_section_officers_are_briefed() -> None:
    settings = HandoffSettings()
    assert (settings.briefing, settings.queue, settings.ring_s, settings.rounds) == (True, "duty", 30, 1)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("ring_s = 2", r"\[handoff\.ring_s\] Input should be greater than or equal to 5, is '2'"),
        ("rounds = 0", r"\[handoff\.rounds\] Input should be greater than or equal to 1"),
        ("limit_s = 3600", r"\[handoff\.limit_s\] Input should be less than or equal to 600"),
        ('queue = "duty,room"', r"\[handoff\.queue\] String should match pattern"),
        ("ring = 20", r"\[handoff\.ring\] there is no such setting"),
    ],
)
def test_a_wrong_setting_is_refused(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "voicebot.toml"
    path.write_text(f"[handoff]\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=complaint):
        load_settings(path)
