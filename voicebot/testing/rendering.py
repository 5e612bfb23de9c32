"""Everything a persona says, as A-law packets made before the call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from voicebot.audio.level import trim_silence
from voicebot.ports import Samples
from voicebot.testing.persona import Answer, Pause, Persona, Voice
from voicebot.testing.telephone import FRAME_SAMPLES, SAMPLE_RATE_HZ, to_payloads, voiced_frames
from voicebot.testing.voices import speak_espeak

SaySpec = tuple[str | Pause, ...]

_NOISE_LOOP_FRAMES = 150
"""3 s of idle noise: long enough not to be heard as a beat."""

_SPECTRAL_TILT = 0.7
"""One-pole low-pass of the noise: a line's and a street's noise falls towards high frequencies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One thing said, in packets of 20 ms."""

    payloads: tuple[bytes, ...]
    voiced: tuple[bool, ...]
    """Which packets hold voice (judged before noise is added)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repertoire:
    """All clips of one persona, and what its line sounds like when nothing is said."""

    clips: Mapping[SaySpec, Clip]
    idle: tuple[bytes, ...]
    """Packets sent in turn while nothing is said: silence, or the line's noise."""

    def clip(self, say: SaySpec) -> Clip:
        """The clip of an answer's ``say``."""
        return self.clips[say]


Speak = Callable[[str, Voice], Samples]
"""Text and voice → samples at ``SAMPLE_RATE_HZ``. Runs in a thread."""


async def render_persona(persona: Persona, speak: Speak = speak_espeak) -> Repertoire:
    """Render all that a persona can say.

    Args:
        persona: Whose answers.
        speak: The voice; espeak-ng unless given.

    Raises:
        SynthesisError: A text could not be spoken; names the engine and the remedy.
    """
    return await asyncio.to_thread(_render, persona, speak)


def _render(persona: Persona, speak: Speak) -> Repertoire:
    said: dict[SaySpec, Samples] = {}
    answers = [*persona.answers, *([persona.default] if persona.default else [])]
    for answer in answers:
        for say in _says(answer):
            if say not in said:
                said[say] = _assemble(say, persona.voice, speak)
    noise = _noise_level(persona, said)
    random = np.random.default_rng(persona.seed)
    idle = _noise(random, _NOISE_LOOP_FRAMES * FRAME_SAMPLES, noise) if noise else _SILENT_FRAME
    clips = {
        say: Clip(payloads=to_payloads(_mix(samples, random, noise)), voiced=voiced_frames(samples))
        for say, samples in said.items()
    }
    return Repertoire(clips=clips, idle=to_payloads(idle))


def _says(answer: Answer) -> list[SaySpec]:
    return [*([answer.say] if answer.say else []), *((nod.say,) for nod in answer.back_channels)]


def _assemble(say: SaySpec, voice: Voice, speak: Speak) -> Samples:
    """The parts with their pauses, beginning and ending with voice, in whole frames."""
    parts: list[Samples] = []
    for part in say:
        if isinstance(part, Pause):
            parts.append(np.zeros(part.pause_ms * SAMPLE_RATE_HZ // 1000, dtype=np.int16))
        else:
            parts.append(trim_silence(speak(part, voice), SAMPLE_RATE_HZ))
    samples = np.concatenate(parts)
    return np.pad(samples, (0, -len(samples) % FRAME_SAMPLES))


def _noise_level(persona: Persona, said: Mapping[SaySpec, Samples]) -> float:
    """RMS of the line's noise, from the RMS of all voiced frames; 0 for a quiet line."""
    snr_db = persona.line.noise_snr_db
    if snr_db is None or not said:
        return 0.0
    voiced = np.concatenate(
        [
            samples.reshape(-1, FRAME_SAMPLES)[list(voiced_frames(samples))].ravel()
            for samples in said.values()
        ]
    ).astype(np.float64)
    return float(np.sqrt(np.mean(voiced**2)) / 10 ** (snr_db / 20)) if len(voiced) else 0.0


def _noise(random: np.random.Generator, count: int, rms: float) -> Samples:
    white = random.normal(size=count + 1)
    coloured = white[1:] + _SPECTRAL_TILT * white[:-1]
    scaled = coloured * (rms / np.sqrt(1 + _SPECTRAL_TILT**2))
    noise: Samples = np.clip(scaled, -32768, 32767).astype(np.int16)
    return noise


def _mix(samples: Samples, random: np.random.Generator, noise: float) -> Samples:
    if not noise:
        return samples
    summed = samples.astype(np.int32) + _noise(random, len(samples), noise)
    mixed: Samples = np.clip(summed, -32768, 32767).astype(np.int16)
    return mixed


_SILENT_FRAME: Samples = np.zeros(FRAME_SAMPLES, dtype=np.int16)
