"""Sentences as they come over a telephone line: voice, level, noise, A-law."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.recognition.sets import Condition, Sentence, load
from models.train.sound.noise import at_snr
from models.train.sound.synthesis import speak
from models.train.sound.voices import HELD_OUT_VOICES, SEEN_VOICES, Voice
from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.ports import Samples

RATE_HZ = 8000
CLIPS_PER_SET = 500
"""At least: half a percent is three clips."""

_LEAD_S = 0.2  # turn taking's pre-roll
_TAIL_S = (0.1, 0.25)  # silence after which a closed or another answer is decoded
_LEVEL_DB = (-12.0, 0.0)  # below the level of the synthesis, −20 dBFS: callers differ by that (ITU-T P.56)
_QUIET_LINE = 20.0  # RMS of 32768, −64 dBFS


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One sentence on the line."""

    sentence: Sentence
    voice: Voice
    samples: Samples
    """Shape ``[n]``, 8 kHz, A-law decoded."""


def clips(condition: Condition, *, every: int = 1, least: int = CLIPS_PER_SET) -> Iterator[Clip]:
    """The clips of a condition.

    eSpeak NG's breath and flutter go on from clip to clip, so a clip depends on those spoken before it: the
    same calls in a fresh process give the same clips.

    Args:
        condition: Which set, which voices, which line.
        every: Only each n-th sentence.
        least: So many clips at least, each sentence by equally many voices; all voices take their turns.
    """
    chosen = load(condition.corpus)[::every]
    voices = -(-least // len(chosen))
    speakers = HELD_OUT_VOICES if condition.held_out_voices else SEEN_VOICES
    for number, sentence in enumerate(chosen):
        for turn in range(voices):
            voice = speakers[(number * voices + turn) % len(speakers)]
            seed = zlib.crc32(f"{condition.name} {sentence.text} {turn}".encode())
            yield Clip(
                sentence=sentence, voice=voice, samples=on_line(sentence.text, voice, seed, condition.snr_db)
            )


def on_line(text: str, voice: Voice, seed: int, snr_db: float | None = None) -> Samples:
    """One text over the line, at a level and with a tail of silence drawn from the seed."""
    random = np.random.default_rng(seed)
    clean = speak(text, voice) * 10 ** (random.uniform(*_LEVEL_DB) / 20)
    tail_s = random.uniform(*_TAIL_S)
    padded = np.pad(clean, (round(_LEAD_S * RATE_HZ), round(tail_s * RATE_HZ)))
    if snr_db is not None:
        padded = at_snr(padded.astype(np.int16), snr_db, random).astype(np.float64)
    noisy = padded + random.standard_normal(padded.shape[0]) * _QUIET_LINE
    return decode_alaw(encode_alaw(np.clip(noisy, -32768, 32767).astype(np.int16)))
