from __future__ import annotations

import tomllib

from voicebot.config import Settings
from voicebot.testing.persona import Answer, Persona
from voicebot.testing.stage import known_of, to_toml


def test_sections_in_sections_are_toml() -> None:
    settings = {"city": "예시시", "known": {"0101": {"name": "김순이"}, "0102": {"today": "2026-10-12"}}}
    assert tomllib.loads(to_toml(settings)) == settings


def test_a_table_is_told_to_the_flow_as_json() -> None:
    profile = {"age": 70, "basic_livelihood": []}
    citizen = Persona(
        name="누구",
        service="welfare",
        caller_id="0101",
        known={"profile": profile},  # type: ignore[dict-item]  # becomes text
        answers=(Answer(say=("네",)),),
    )
    settings = Settings.model_validate(tomllib.loads(to_toml(known_of([citizen]))))
    assert settings.known == {"0101": {"profile": '{"age": 70, "basic_livelihood": []}'}}
