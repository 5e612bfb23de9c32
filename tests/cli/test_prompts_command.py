"""``voicebot prompts render`` fills the cache, keeps what is there, and fails loudly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.cli import prompts
from voicebot.config import Settings, SynthesiserSettings
from voicebot.dialogue.actions import Say, SegmentKind
from voicebot.dialogue.events import CallStarted
from voicebot.errors import ConfigurationError, SynthesisError
from voicebot.ports import Speech, Synthesiser
from voicebot.services import load_service

TEXTS = ["안녕하세요. 예시시 당직실입니다.", "주소가 어떻게 되세요?"]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prompts, "service_texts", lambda settings: TEXTS)
    path = tmp_path / "voicebot.toml"
    path.write_text(f'[tts]\ncache_dir = "{tmp_path / "cache"}"\n', encoding="utf-8")
    return path


class Silent:
    """A synthesiser whose service is down."""

    identity = "silent"
    local = False

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        raise SynthesisError("silent: no network; connect it")


def test_it_renders_what_is_missing(config: Path, tmp_path: Path) -> None:
    arguments = ["render", "--config", str(config), "--json"]
    first = CliRunner().invoke(prompts.app, arguments)
    assert first.exit_code == 0
    summary = json.loads(first.stdout)
    assert (summary["rendered"], summary["cached"], summary["failed"]) == (36, 0, {})
    assert summary["engine"].startswith("espeak-ng")
    assert len(list((tmp_path / "cache").iterdir())) == 36
    again = json.loads(CliRunner().invoke(prompts.app, arguments).stdout)
    assert (again["rendered"], again["cached"]) == (0, 36)


def test_it_says_what_it_did(config: Path) -> None:
    result = CliRunner().invoke(prompts.app, ["render", "--config", str(config)])
    assert result.exit_code == 0
    assert "36 prompts rendered in" in result.stdout


def test_failures_are_listed_and_counted(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines: list[str] = []

    def load(settings: SynthesiserSettings) -> Synthesiser:
        engines.append(settings.engine)
        return Silent()

    monkeypatch.setattr(prompts, "load_synthesiser", load)
    result = CliRunner().invoke(prompts.app, ["render", "--engine", "edge", "--config", str(config)])
    assert result.exit_code == 1
    assert engines == ["edge"]
    assert "silent: no network; connect it" in result.stdout
    assert "7 more" in result.stdout


def test_what_the_duty_desk_says_first_is_among_the_texts() -> None:
    settings = Settings(city="시험시")
    service = load_service("duty", {"city": settings.city})
    said = service.machine().receive(CallStarted(variables={"city": settings.city}), 0.0)
    greeting = next(action for action in said if isinstance(action, Say))
    texts = prompts.service_texts(settings)
    carriers = [segment.text for segment in greeting.segments if segment.kind is SegmentKind.FIXED]
    assert carriers and set(carriers) <= set(texts)
    assert any("시험시" in text for text in texts)


def test_services_of_campaigns_and_flows_of_the_city_are_rendered_too(tmp_path: Path) -> None:
    own = tmp_path / "library.yaml"
    own.write_text(
        "flow: library\nstart: bye\nstates:\n  bye: {end: completed, say: 도서관은 쉽니다.}\n"
        "everywhere: {human: bye, silent: bye, who: bye, later: bye, stop: bye, emergency: bye, police: bye, "
        "suicide: bye}\n",
        encoding="utf-8",
    )
    numbers = {"1000": "duty", "1001": str(own)}
    texts = prompts.service_texts(Settings.model_validate({"numbers": numbers}))
    assert "도서관은 쉽니다." in texts
    dialled = {"numbers": numbers, "dialling": {"services": ["care"]}}
    care = set(load_service("care", {"city": Settings().city}).fixed_texts())
    assert not care <= set(texts)
    assert care <= set(prompts.service_texts(Settings.model_validate(dialled)))


def test_an_unknown_engine_is_a_configuration_error(config: Path) -> None:
    result = CliRunner().invoke(prompts.app, ["render", "--engine", "flute", "--config", str(config)])
    assert isinstance(result.exception, ConfigurationError)
    assert "no synthesiser 'flute'" in str(result.exception)
