"""The embedded synthesiser speaks Korean, from many tasks at once, and says what is missing."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.adapters.synthesis.espeak import EspeakSynthesiser
from voicebot.adapters.synthesis.espeak_library import EspeakLibrary, espeak_library
from voicebot.audio.level import level_dbfs
from voicebot.errors import ConfigurationError, SynthesisError
from voicebot.ports import Synthesiser


async def test_it_speaks_korean() -> None:
    synthesiser: Synthesiser = EspeakSynthesiser()
    speech = await synthesiser.synthesise("안녕하세요. 시청 당직실입니다.")
    assert speech.samples.dtype == np.int16 and speech.samples.ndim == 1
    assert 1.0 < len(speech.samples) / speech.sample_rate_hz < 6.0
    assert -35 < level_dbfs(speech.samples) < -10
    assert synthesiser.local
    assert synthesiser.identity.startswith("espeak-ng 1.") and synthesiser.identity.endswith(" ko 150")


async def test_slower_is_longer() -> None:
    synthesiser = EspeakSynthesiser()
    normal = await synthesiser.synthesise("천천히 말씀드릴게요.")
    slower = await synthesiser.synthesise("천천히 말씀드릴게요.", rate=0.75)
    assert len(slower.samples) > 1.15 * len(normal.samples)


async def test_voices_and_tasks_do_not_mix() -> None:
    low, high = EspeakSynthesiser(voice="ko"), EspeakSynthesiser(voice="ko+f3", words_per_minute=240)
    texts = ["네.", "아니요.", "잠시만 기다려 주세요.", "다시 말씀해 주세요."]
    alone = [(await low.synthesise(text), await high.synthesise(text)) for text in texts]
    both = [task for text in texts for task in (low.synthesise(text), high.synthesise(text))]
    together = await asyncio.gather(*both)
    # eSpeak varies a little from one time to the next; clips and voices differ by more than that.
    lengths = [len(speech.samples) for pair in alone for speech in pair]
    assert [len(speech.samples) for speech in together] == pytest.approx(lengths, rel=0.05)


def test_a_pitch_and_a_pause_last_for_one_text_only() -> None:
    library = espeak_library()

    def length(pitch: int = 50, word_gap: int = 0) -> int:
        speak = library.thread.submit(
            library.speak, "하나 둘 셋", voice="ko", words_per_minute=150, pitch=pitch, word_gap=word_gap
        )
        return len(speak.result())

    before = length()
    assert length(pitch=90, word_gap=10) > 1.1 * before
    assert length() == pytest.approx(before, rel=0.05)


async def test_control_characters_neither_cut_nor_command() -> None:
    synthesiser = EspeakSynthesiser()
    plain = await synthesiser.synthesise("하나 둘 셋")
    odd = await synthesiser.synthesise("하나\x00둘\x01셋")
    assert len(odd.samples) > 0.9 * len(plain.samples)


@pytest.mark.parametrize("text", ["", "   ", "!?", "\x00"])
async def test_nothing_to_speak_is_an_error(text: str) -> None:
    with pytest.raises(SynthesisError, match="nothing can be spoken"):
        await EspeakSynthesiser().synthesise(text)


async def test_an_endless_text_is_refused_without_repeating_it() -> None:
    with pytest.raises(SynthesisError, match="2001 characters is too long; at most 2000") as raised:
        await EspeakSynthesiser().synthesise("가" * 2001)
    assert "가가" not in str(raised.value)


@given(st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_text_is_spoken_or_refused(text: str) -> None:
    try:
        speech = asyncio.run(EspeakSynthesiser().synthesise(text))
    except SynthesisError:
        return
    assert len(speech.samples) > 0


def test_an_unknown_voice_names_the_setting() -> None:
    with pytest.raises(ConfigurationError, match=r"\[tts.voice\] no voice 'nobody'"):
        EspeakSynthesiser(voice="nobody")


def test_a_missing_library_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(ConfigurationError, match="install the Debian package espeak-ng"):
        EspeakLibrary()


def test_missing_data_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> int:
        return -1

    function: Callable[..., int] = refuse
    fake = SimpleNamespace(
        espeak_Initialize=function, espeak_Info=SimpleNamespace(), espeak_Synth=SimpleNamespace()
    )
    monkeypatch.setattr(ctypes, "CDLL", lambda name: fake)
    with pytest.raises(
        ConfigurationError, match="espeak-ng-data folder; install the Debian package espeak-ng"
    ):
        EspeakLibrary()
