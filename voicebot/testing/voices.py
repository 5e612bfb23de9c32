"""The citizens' voices: espeak-ng with the variant, rate, pitch and volume of a persona.

A process for each text, not the library: the library keeps pitch and volume in globals of the process, and a
citizen may live in the same process as an engine that speaks with it. All is said before the call, so the 6
ms do not count.
"""

from __future__ import annotations

import shutil
import subprocess

from voicebot.audio.level import audible_span
from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav
from voicebot.errors import ProtocolError, SynthesisError
from voicebot.ports import Samples
from voicebot.testing.persona import Voice
from voicebot.testing.telephone import SAMPLE_RATE_HZ

_LIMIT_S = 20.0
"""espeak-ng needs milliseconds; a process that hangs must not hang the call's preparation."""


def speak_espeak(text: str, voice: Voice) -> Samples:
    """Speak one text at the telephone's sampling rate.

    Raises:
        SynthesisError: espeak-ng is missing, or does not know the voice.
    """
    program = shutil.which("espeak-ng")
    if program is None:
        raise SynthesisError(
            "espeak-ng is not installed, so citizens have no voice: apt-get install espeak-ng"
        )
    name = f"{voice.language}+{voice.variant}" if voice.variant else voice.language
    command = [program, "-v", name, "-s", str(voice.words_per_minute), "-p", str(voice.pitch)]
    command += ["-a", str(voice.volume), "--stdout", "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_LIMIT_S, check=True)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise SynthesisError(
            f"espeak-ng cannot speak with voice {name!r}: {said or error.returncode}"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SynthesisError(f"espeak-ng did not end within {_LIMIT_S:g} s with voice {name!r}") from error
    try:
        audio = parse_wav(done.stdout, "espeak-ng")
    except ProtocolError as error:
        raise SynthesisError(f"espeak-ng gave no sound for the text {text!r}: {error}") from error
    if audible_span(audio.samples, audio.sample_rate_hz) is None:
        raise SynthesisError(f"espeak-ng gave no sound for the text {text!r}: give words")
    return resample(audio.samples, audio.sample_rate_hz, SAMPLE_RATE_HZ)
