"""The pause corpus as audio: answers spoken by espeak-ng over a telephone line, with known pauses."""

from __future__ import annotations

import hashlib
import math
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import yaml

from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.audio.level import audible_span, level_dbfs
from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav
from voicebot.dialogue.actions import AnswerKind
from voicebot.errors import ConfigurationError
from voicebot.ports import Samples

CORPUS = Path(__file__).parent / "corpora" / "pauses.yaml"
SAMPLE_RATE_HZ = 8000
_VOICES = ("ko", "ko+m3", "ko+f2", "ko+f4")
_LEAD_MS, _TAIL_MS = 900.0, 3600.0
"""Before the answer: noise from which the floor is learned. After it: longer than the longest wait."""
_LEVELS_DBFS = (-28.0, -18.0)
"""Active speech level: nominal −26 dBFS (ITU-T P.56) and the louder half of telephones."""
_QUIET_LINE_DBFS = -65.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to speak."""

    group: str
    expect: AnswerKind
    parts: tuple[str, ...]
    pauses_ms: tuple[float, ...]
    """Between the parts."""
    words_per_minute: int
    voice: str
    pitch: int

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An answer as it comes down the line."""

    answer: Answer
    samples: Samples
    spans: tuple[tuple[int, int], ...]
    """First and last-plus-one audible sample of each part."""

    @property
    def end_s(self) -> float:
        """When the last audible sample was spoken."""
        return self.spans[-1][1] / SAMPLE_RATE_HZ

    def text_between(self, first_sample: int, last_sample: int) -> str:
        """What was said there: what a faultless recogniser would hear."""
        said: list[str] = []
        for part, (start, end) in zip(self.answer.parts, self.spans, strict=True):
            first, last = (
                round(min(max((sample - start) / (end - start), 0.0), 1.0) * len(part))
                for sample in (first_sample, last_sample)
            )
            said.append(part[first:last].strip())
        return " ".join(piece for piece in said if piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Everything in the file."""

    answers: tuple[Answer, ...]
    interruptions: tuple[Answer, ...]
    nods: tuple[Answer, ...]


@dataclass(slots=True)
class _Reader:
    pauses: Mapping[str, Mapping[str, float]]
    speakers: Mapping[str, Mapping[str, object]]
    answers: list[Answer] = field(default_factory=list)

    def read(self, group: str, expect: str, speaker: str, marked: str, take: int = 0) -> Answer:
        random = Random(f"{group} {marked} {take}")
        parts: list[str] = []
        marks: list[str] = []
        for piece in re.split(r"\s+(/{1,3})\s+", marked):
            (marks if piece.startswith("/") else parts).append(piece)
        how = self.speakers[speaker]
        pace = how["pause"]
        tempo = how["words_per_minute"]
        assert isinstance(pace, float) and isinstance(tempo, list)
        slowest, fastest = tempo
        lengths = []
        for mark in marks:
            shape = self.pauses[mark]
            lengths.append(random.lognormvariate(math.log(shape["median_ms"]), shape["sigma"]) * pace)
        return Answer(
            group=group,
            expect=AnswerKind(expect),
            parts=tuple(parts),
            pauses_ms=tuple(lengths),
            words_per_minute=random.randint(slowest, fastest),
            voice=random.choice(_VOICES),
            pitch=random.randint(30, 70),
        )


def load_corpus(path: Path = CORPUS, *, draws: Sequence[int] = (0,), takes: int = 3) -> Corpus:
    """Read the corpus and draw its timings.

    Args:
        path: The file.
        draws: Each answer is spoken once for each of these, with other pauses and another voice. The settings
            were tuned on draw 0; others are new to them.
        takes: How often each interruption and nod is spoken, by different voices.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    reader = _Reader(pauses=data["pauses"], speakers=data["speakers"])
    answers = [
        reader.read(name, group["expect"], group["speaker"], marked, draw)
        for draw in draws
        for name, group in data["answers"].items()
        for marked in group["say"]
    ]
    over = {
        name: [
            reader.read(name, "open", "quick" if take % 2 else "usual", marked, take * 100 + place)
            for place, marked in enumerate(data["barge_in"][name])
            for take in range(takes)
        ]
        for name in ("interruptions", "nods")
    }
    return Corpus(
        answers=tuple(answers), interruptions=tuple(over["interruptions"]), nods=tuple(over["nods"])
    )


def speak(answer: Answer, *, noise_db: float | None) -> Spoken:
    """Put an answer on the line: level, pauses, noise, A-law.

    Args:
        answer: What to say.
        noise_db: Signal to noise ratio of the line; ``None`` for a quiet line.
    """
    random = Random(repr(answer))
    level = random.uniform(*_LEVELS_DBFS)
    # The onset lies anywhere within a frame of ours.
    pieces = [np.zeros(_samples(_LEAD_MS + random.uniform(0, 20)), np.float32)]
    spans, position = [], len(pieces[0])
    for index, part in enumerate(answer.parts):
        clip = _synthesise(answer, part).astype(np.float32)
        clip *= 10 ** ((level - level_dbfs(clip.astype(np.int16))) / 20)
        span = audible_span(clip.astype(np.int16), SAMPLE_RATE_HZ)
        assert span is not None
        clip = clip[span[0] : span[1]]
        pieces.append(clip)
        spans.append((position, position + len(clip)))
        position += len(clip)
        last = index == len(answer.parts) - 1
        pieces.append(np.zeros(_samples(_TAIL_MS if last else answer.pauses_ms[index]), np.float32))
        position += len(pieces[-1])
    line = np.concatenate(pieces)
    noise_dbfs = _QUIET_LINE_DBFS if noise_db is None else level - noise_db
    noise = np.random.default_rng(random.getrandbits(32)).normal(
        0, 32768 * 10 ** (noise_dbfs / 20), len(line)
    )
    mixed = np.clip(line + noise, -32768, 32767).astype(np.int16)
    return Spoken(answer=answer, samples=decode_alaw(encode_alaw(mixed)), spans=tuple(spans))


def _samples(ms: float) -> int:
    return int(ms * SAMPLE_RATE_HZ / 1000)


def _synthesise(answer: Answer, text: str) -> Samples:
    program = shutil.which("espeak-ng")
    if program is None:
        raise ConfigurationError("espeak-ng is not installed: apt-get install espeak-ng")
    command = [program, "-v", answer.voice, "-s", str(answer.words_per_minute), "-p", str(answer.pitch)]
    folder = Path(tempfile.gettempdir()) / "voicebot-pause-corpus"
    folder.mkdir(exist_ok=True)
    file = folder / (hashlib.sha256("\0".join([*command, text]).encode()).hexdigest()[:24] + ".npy")
    if file.exists():
        cached: Samples = np.load(file)
        return cached
    spoken = subprocess.run([*command, "--stdout", text], capture_output=True, check=True, timeout=20)
    wav = parse_wav(spoken.stdout, text)
    samples = resample(wav.samples, wav.sample_rate_hz, SAMPLE_RATE_HZ)
    np.save(file, samples)
    return samples
