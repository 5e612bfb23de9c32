"""The optional online voices: what goes out, what comes back, and every way it can fail."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from types import SimpleNamespace

import aiohttp
import av
import numpy as np
import pytest

from voicebot.adapters.synthesis import edge
from voicebot.adapters.synthesis.edge import EdgeSynthesiser, decode_mp3
from voicebot.audio.level import level_dbfs
from voicebot.errors import ConfigurationError, SynthesisError


class EdgeTTSException(Exception):
    """Stands for the package's own."""


class Service:
    """Plays the package: answers each request with the given chunks, or fails."""

    def __init__(self, *chunks: bytes, error: Exception | None = None) -> None:
        self.chunks = chunks
        self.error = error
        self.requests: list[tuple[str, str, str]] = []

    def communicate(self, text: str, voice: str, *, rate: str) -> SimpleNamespace:
        self.requests.append((text, voice, rate))
        return SimpleNamespace(stream=self._stream)

    async def _stream(self) -> AsyncIterator[dict[str, object]]:
        yield {"type": "SentenceBoundary", "text": "x"}
        for chunk in self.chunks:
            yield {"type": "audio", "data": chunk}
        if self.error is not None:
            raise self.error

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exceptions = SimpleNamespace(EdgeTTSException=EdgeTTSException)
        package = SimpleNamespace(Communicate=self.communicate, exceptions=exceptions)
        monkeypatch.setattr(edge, "edge_tts", package)


def mp3(seconds: float) -> bytes:
    tone = (8000 * np.sin(np.arange(int(seconds * 24_000)) * 2 * np.pi * 440 / 24_000)).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=24_000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 24_000
        for part in (frame, None):
            container.mux(stream.encode(part))
    return file.getvalue()


async def test_what_the_service_sends_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = mp3(1.0)
    service = Service(data[:1000], data[1000:])
    service.install(monkeypatch)
    synthesiser = EdgeSynthesiser(words_per_minute=165)
    speech = await synthesiser.synthesise("안녕하세요", rate=0.8)
    assert service.requests[-1] == ("안녕하세요", "ko-KR-SunHiNeural", "-12%")
    assert speech.sample_rate_hz == 24_000
    assert 0.95 < len(speech.samples) / 24_000 < 1.15
    assert level_dbfs(speech.samples) == pytest.approx(-15.3, abs=1.0)
    assert not synthesiser.local
    assert synthesiser.identity == "edge ko-KR-SunHiNeural 165"


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ClientConnectionError("no route"),
        OSError("network is unreachable"),
        TimeoutError(),
        EdgeTTSException("No audio was received"),
    ],
)
async def test_a_service_that_fails_says_what_to_do(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    Service(error=error).install(monkeypatch)
    with pytest.raises(
        SynthesisError, match=r'check the network and the voice, or set \[tts\] engine = "espeak"'
    ):
        await EdgeSynthesiser().synthesise("안녕하세요")


@pytest.mark.parametrize("data", [b"", b"<html>Forbidden</html>", b"\xff\xfb" + bytes(300)])
def test_what_is_not_mp3_is_refused(data: bytes) -> None:
    with pytest.raises(SynthesisError, match=r"^edge: "):
        decode_mp3(data)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "edge_tts", None)
    with pytest.raises(ConfigurationError, match="-m pip install edge-tts"):
        EdgeSynthesiser()


def test_a_voice_that_cannot_be_one_names_the_setting() -> None:
    pytest.importorskip("edge_tts")
    EdgeSynthesiser()
    with pytest.raises(ConfigurationError, match=r"\[tts.voice\] no such voice: 'sunhi'"):
        EdgeSynthesiser(voice="sunhi")
