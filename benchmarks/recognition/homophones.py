"""Words that were taken for others of the same sound: only a vocabulary can tell them apart, no ear."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterable

from benchmarks.recognition.scoring import Tally
from voicebot.adapters.synthesis.espeak_library import espeak_library

# speak_lib.h
_UTF8 = 1
_AS_NAMES = 0


@functools.cache
def _library() -> ctypes.CDLL:
    espeak = espeak_library()  # initialises the one library of this process
    espeak.thread.submit(espeak.check_voice, "ko").result()
    library = ctypes.CDLL("libespeak-ng.so.1")
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


def _phonemes(text: str) -> bytes:
    rest = ctypes.c_char_p(text.encode())
    found = b""
    while rest.value is not None:
        found += _library().espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _AS_NAMES) or b""
    return found.translate(None, b" _'%,")


def sound_the_same(pairs: Iterable[tuple[str, str]]) -> list[bool]:
    """Whether eSpeak NG speaks both of each pair from the same phonemes."""

    def compare() -> list[bool]:
        return [_phonemes(one) == _phonemes(other) for one, other in pairs]

    _library()
    return espeak_library().thread.submit(compare).result()


def homophones_percent(tally: Tally) -> float:
    """Share of the words that came out wrong which are heard as a word of the same sound."""
    counted = list(tally.confusions.items())
    alike = sound_the_same(pair for pair, _ in counted)
    same = sum(times for (_, times), one in zip(counted, alike, strict=True) if one)
    return 100.0 * same / max(tally.confusions.total(), 1)
