"""Utterances of several sentences, longer than the model's window: is anything lost or repeated?"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.recognition.clips import RATE_HZ
from benchmarks.recognition.scoring import edits, letters
from benchmarks.recognition.sets import load
from models.train.sound.synthesis import speak
from models.train.sound.voices import HELD_OUT_VOICES
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.ports import Samples, Utterance
from voicebot.speech.events import DecodeKind

PAUSES_S = ((0.15, 0.15), (0.25, 0.25), (0.4, 0.4), (0.8, 0.8), (0.1, 1.2))
"""Between sentences: a breath, the longest in a stretch of turn taking (0.26 s), a thought, a search, any."""
UTTERANCES = 8
"""For each kind of pause; about 60 sentences."""
_SENTENCES = (4, 9)
_CORPORA = ("closed", "temperatures_dates", "numbers", "short_answers")
"""The sets that any model gets nearly right: the errors of hard sentences would hide those of the joints."""
_EDGE_S = 0.2
_LEVEL = 0.5  # of the synthesis: −26 dBFS, nominal (ITU-T P.56)
_QUIET_LINE = 20.0  # RMS of 32768, −64 dBFS


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Character errors of long utterances and of their sentences by themselves."""

    pause_s: tuple[float, float]
    shortest_s: float
    longest_s: float
    whole_percent: float
    alone_percent: float


def measure_joining(pipeline: Pipeline, pause_s: tuple[float, float], utterances: int = UTTERANCES) -> Joined:
    """Recognise long utterances with pauses between these lengths."""
    random = Random(f"joining {pause_s}")
    noise = np.random.default_rng(5)
    wrong = wrong_alone = said = 0
    lengths = []
    for _ in range(utterances):
        voice = random.choice(HELD_OUT_VOICES)
        chosen = [
            random.choice(load(random.choice(_CORPORA))).text for _ in range(random.randint(*_SENTENCES))
        ]
        spoken = [speak(text, voice) for text in chosen]
        pauses = [random.uniform(*pause_s) for _ in chosen[1:]]
        whole = on_line(spoken, pauses, noise)
        lengths.append(len(whole) / RATE_HZ)
        wrong += edits(" ".join(chosen), text_of(pipeline, whole))
        wrong_alone += sum(
            edits(text, text_of(pipeline, on_line([one], [], noise)))
            for text, one in zip(chosen, spoken, strict=True)
        )
        said += sum(len(letters(text)) for text in chosen)
    return Joined(
        pause_s=pause_s,
        shortest_s=min(lengths),
        longest_s=max(lengths),
        whole_percent=100 * wrong / said,
        alone_percent=100 * wrong_alone / said,
    )


def on_line(spoken: list[Samples], pauses_s: list[float], random: np.random.Generator) -> Samples:
    """Sentences one after the other over a quiet A-law line."""
    silences = [np.zeros(round(pause * RATE_HZ)) for pause in (_EDGE_S, *pauses_s, _EDGE_S)]
    pieces: list[npt.NDArray[Any]] = [silences[0]]
    for sentence, silence in zip(spoken, silences[1:], strict=True):
        pieces += [sentence * _LEVEL, silence]
    line = np.concatenate(pieces)
    line += random.standard_normal(len(line)) * _QUIET_LINE
    return decode_alaw(encode_alaw(np.clip(line, -32768, 32767).astype(np.int16)))


def text_of(pipeline: Pipeline, samples: Samples) -> str:
    """What is heard of a whole utterance."""
    utterance = Utterance(samples=samples, sample_rate_hz=RATE_HZ, kind=DecodeKind.FINAL, voiced_ms=1000.0)
    return pipeline.recognise([utterance])[0].text
