"""The embedded synthesiser: eSpeak NG, local, robotic, and in a millisecond."""

from __future__ import annotations

import asyncio
import unicodedata

import numpy as np

from voicebot.adapters.synthesis.espeak_library import espeak_library
from voicebot.errors import SynthesisError
from voicebot.ports import Speech

DEFAULT_VOICE = "ko"
_LONGEST_TEXT = 2000
"""Characters: some five minutes of speech; more is a mistake, and would hold up every other call."""


class EspeakSynthesiser:
    """Speaks through libespeak-ng in the library's own thread (``ports.Synthesiser``)."""

    def __init__(self, *, voice: str = DEFAULT_VOICE, words_per_minute: int = 150) -> None:
        """Load the library, if nobody has yet, and check the voice.

        Args:
            voice: eSpeak's name of the voice; variants as in ``ko+f2``.
            words_per_minute: Speed at rate 1.0.

        Raises:
            ConfigurationError: The library, its data or the voice is missing; names the Debian package.
        """
        self._library = espeak_library()
        self._library.thread.submit(self._library.check_voice, voice).result()
        self._voice = voice
        self._words_per_minute = words_per_minute

    @property
    def identity(self) -> str:
        """See ``ports.Synthesiser``."""
        return f"espeak-ng {self._library.version} {self._voice} {self._words_per_minute}"

    @property
    def local(self) -> bool:
        """The text stays on this machine."""
        return True

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        """Speak one text; see ``ports.Synthesiser``.

        Raises:
            SynthesisError: The text is too long, or there is nothing in it to be spoken.
        """
        if len(text) > _LONGEST_TEXT:
            raise SynthesisError(
                f"espeak: a text of {len(text)} characters is too long; at most {_LONGEST_TEXT}"
            )
        # A control character would end the text early (NUL) or be a command to the library.
        plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
        pcm = await asyncio.get_running_loop().run_in_executor(
            self._library.thread, self._speak, plain, round(self._words_per_minute * rate)
        )
        samples = np.frombuffer(pcm, dtype=np.int16)
        if not samples.any():
            raise SynthesisError(f"espeak: nothing can be spoken in a text of {len(text)} characters")
        return Speech(samples=samples, sample_rate_hz=self._library.sample_rate_hz)

    def _speak(self, text: str, words_per_minute: int) -> bytes:
        return self._library.speak(text, voice=self._voice, words_per_minute=words_per_minute)
