"""Short sentences and answers of the duty desk, spoken by espeak-ng through a telephone band at run time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicebot.adapters.synthesis.espeak import EspeakSynthesiser
from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.audio.resample import resample
from voicebot.ports import Samples

_SENTENCES = Path(__file__).with_name("recognition_sentences.txt")
_VOICES = ("ko", "ko+f2")
_LEAD_S, _TAIL_S = 0.2, 0.2  # turn taking's pre-roll, and the silence after which a decode is asked for
_NOISE = 20.0  # RMS of 32768, −64 dBFS: a quiet line
_BAND_HZ = (200.0, 3500.0)  # ITU-T G.712, with its slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One sentence in the forms that could come over the wire."""

    text: str
    alaw_8k: Samples
    """A-law, 8 kHz, decoded: what a caller's own codec gives."""
    linear_8k: Samples
    linear_16k: Samples
    """slin16 of the same A-law call, as Asterisk would resample it."""
    wideband_16k: Samples
    """16 kHz without a telephone."""

    @property
    def duration_s(self) -> float:
        """Length of the audio."""
        return len(self.alaw_8k) / 8000.0


def load_corpus() -> list[Spoken]:
    """Speak every sentence with every voice."""
    texts = _SENTENCES.read_text(encoding="utf-8").split("\n")
    return asyncio.run(_speak_all([text for text in texts if text]))


def character_error_percent(references: Sequence[str], heard: Sequence[str]) -> float:
    """Edit distance (Levenshtein) over the references' length, spaces left out."""
    errors = letters = 0
    for reference, text in zip(references, heard, strict=True):
        said, written = reference.replace(" ", ""), text.replace(" ", "")
        letters += len(said)
        row = list(range(len(written) + 1))
        for i, letter in enumerate(said, 1):
            previous, row[0] = row[0], i
            for j, other in enumerate(written, 1):
                previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (letter != other))
        errors += row[-1]
    return 100.0 * errors / letters


async def _speak_all(texts: Sequence[str]) -> list[Spoken]:
    random = np.random.default_rng(3)
    spoken = []
    for voice in _VOICES:
        synthesiser = EspeakSynthesiser(voice=voice)
        for text in texts:
            speech = await synthesiser.synthesise(text)
            spoken.append(_through_line(text, speech.samples, speech.sample_rate_hz, random))
    return spoken


def _through_line(text: str, samples: Samples, rate_hz: int, random: np.random.Generator) -> Spoken:
    padded = np.pad(samples // 2, (round(_LEAD_S * rate_hz), round(_TAIL_S * rate_hz)))
    wide = resample(padded, rate_hz, 16000)
    wide = (wide + random.standard_normal(wide.shape[0]) * _NOISE).astype(np.int16)
    spectrum = np.fft.rfft(wide)
    frequencies = np.fft.rfftfreq(wide.shape[0], 1.0 / 16000.0)
    spectrum[(frequencies < _BAND_HZ[0]) | (frequencies > _BAND_HZ[1])] = 0.0
    narrow = resample(np.fft.irfft(spectrum, wide.shape[0]).astype(np.int16), 16000, 8000)
    alaw = decode_alaw(encode_alaw(narrow))
    return Spoken(
        text=text,
        alaw_8k=alaw,
        linear_8k=narrow,
        linear_16k=resample(alaw, 8000, 16000),
        wideband_16k=wide,
    )
