"""Microsoft's voices through the optional package edge-tts: for rendering fixed prompts, never during a call.

The endpoint is unofficial and may vanish, and text leaves the machine: ``local`` is false, so that nothing of
a citizen is ever given to it. What it speaks is MP3, decoded with PyAV, which faster-whisper needs anyway.
"""

from __future__ import annotations

import io
import math
import sys

import aiohttp
import av
import numpy as np

from voicebot.errors import ConfigurationError, SynthesisError
from voicebot.ports import Samples, Speech

try:
    import edge_tts
except ImportError:  # an optional extra
    edge_tts = None

DEFAULT_VOICE = "ko-KR-SunHiNeural"
_NORMAL_WORDS_PER_MINUTE = 150
"""The configured speed that these voices' own speed stands for."""
_SAMPLE_RATE_HZ = 24_000
"""What the service sends (24 kHz mono, 48 kbit/s)."""


class EdgeSynthesiser:
    """Speaks through Microsoft Edge's read-aloud service (``ports.Synthesiser``)."""

    def __init__(
        self, *, voice: str = DEFAULT_VOICE, words_per_minute: int = _NORMAL_WORDS_PER_MINUTE
    ) -> None:
        """Check that the package is there; nothing is fetched yet.

        Args:
            voice: Microsoft's name of the voice.
            words_per_minute: Speed at rate 1.0; 150 is the voice's own.

        Raises:
            ConfigurationError: The package is missing, or the voice's name cannot be one.
        """
        if edge_tts is None:
            raise ConfigurationError(
                f"edge: the package edge-tts is not installed: {sys.executable} -m pip install edge-tts, "
                'or set [tts] engine = "espeak"'
            )
        self._voice = voice
        self._words_per_minute = words_per_minute
        try:
            self._communicate("", 1.0)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(
                f"edge: [tts.voice] no such voice: {voice!r}; 'edge-tts --list-voices' lists them"
            ) from error

    @property
    def identity(self) -> str:
        """See ``ports.Synthesiser``; the service does not tell its version."""
        return f"edge {self._voice} {self._words_per_minute}"

    @property
    def local(self) -> bool:
        """The text leaves this machine."""
        return False

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        """Speak one text; see ``ports.Synthesiser``.

        Raises:
            SynthesisError: The service cannot be reached, sent no audio, or what it sent is not MP3.
        """
        try:
            mp3 = b"".join(
                [
                    chunk["data"]
                    async for chunk in self._communicate(text, rate).stream()
                    if chunk["type"] == "audio"
                ]
            )
        except (aiohttp.ClientError, OSError, edge_tts.exceptions.EdgeTTSException, ValueError) as error:
            raise SynthesisError(
                f"edge: the service gave no audio ({type(error).__name__}: {error}); check the network and "
                'the voice, or set [tts] engine = "espeak"'
            ) from error
        return Speech(samples=decode_mp3(mp3), sample_rate_hz=_SAMPLE_RATE_HZ)

    def _communicate(self, text: str, rate: float) -> edge_tts.Communicate:
        percent = math.floor((rate * self._words_per_minute / _NORMAL_WORDS_PER_MINUTE - 1) * 100 + 0.5)
        return edge_tts.Communicate(text, self._voice, rate=f"{percent:+d}%")


def decode_mp3(data: bytes) -> Samples:
    """Decode MP3 into mono int16 at 24 kHz.

    Raises:
        SynthesisError: The bytes are not MP3.
    """
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_SAMPLE_RATE_HZ)
    pieces: list[Samples] = []
    try:
        with av.open(io.BytesIO(data), mode="r", format="mp3") as container:
            for frame in [*container.decode(audio=0), None]:
                pieces += [
                    part.to_ndarray().reshape(-1).astype(np.int16) for part in resampler.resample(frame)
                ]
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise SynthesisError(f"edge: {len(data)} bytes from the service are not MP3 ({error})") from error
    if not pieces:
        raise SynthesisError("edge: the service sent no audio")
    return np.concatenate(pieces)
