"""The settings choose the synthesiser, ours or another package's."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from voicebot.adapters.synthesis import edge, plugins
from voicebot.adapters.synthesis.plugins import GROUP, load_fallback, load_synthesiser
from voicebot.config import SynthesiserSettings
from voicebot.errors import ConfigurationError
from voicebot.ports import Speech, Synthesiser


class Harp:
    """A synthesiser of another package."""

    def __init__(self, settings: SynthesiserSettings) -> None:
        self.identity = f"harp {settings.voice}"
        self.local = True

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        return Speech(samples=np.zeros(len(text), np.int16), sample_rate_hz=16_000)


def make(settings: SynthesiserSettings) -> Synthesiser:
    return Harp(settings)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = EntryPoints(
        EntryPoint(name=name, value=value, group=GROUP)
        for name, value in (("harp", f"{__name__}:make"), ("broken", "no_such_package:make"))
    )
    monkeypatch.setattr(plugins, "entry_points", lambda group: found.select(group=group))


def test_espeak_is_the_default() -> None:
    synthesiser = load_synthesiser(SynthesiserSettings(words_per_minute=140))
    assert synthesiser.identity.startswith("espeak-ng") and synthesiser.identity.endswith(" ko 140")


def test_edge_has_its_own_default_voice_and_a_local_fallback() -> None:
    pytest.importorskip("edge_tts")
    assert load_synthesiser(SynthesiserSettings(engine="edge")).identity.startswith(
        f"edge {edge.DEFAULT_VOICE}"
    )
    fallback = load_fallback(SynthesiserSettings(engine="edge", voice="ko-KR-InJoonNeural"))
    assert fallback.local and " ko " in fallback.identity


@pytest.mark.usefixtures("installed")
def test_another_package_is_found_by_its_name() -> None:
    assert load_synthesiser(SynthesiserSettings(engine="harp", voice="low")).identity == "harp low"


@pytest.mark.usefixtures("installed")
def test_an_unknown_name_lists_what_is_installed() -> None:
    with pytest.raises(
        ConfigurationError, match="no synthesiser 'flute'; installed are: broken, edge, espeak, harp"
    ):
        load_synthesiser(SynthesiserSettings(engine="flute"))


@pytest.mark.usefixtures("installed")
def test_a_package_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(ConfigurationError, match="'broken' cannot be loaded from no_such_package:make"):
        load_synthesiser(SynthesiserSettings(engine="broken"))
