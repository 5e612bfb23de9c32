"""Models side by side on the same clips: errors, texts where nobody speaks, milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from benchmarks.recognition.clips import CLIPS_PER_SET, RATE_HZ, clips
from benchmarks.recognition.gate import Heard, through_gate, ungated
from benchmarks.recognition.joining import PAUSES_S, UTTERANCES, Joined, measure_joining
from benchmarks.recognition.non_speech import non_speech
from benchmarks.recognition.scoring import Tally
from benchmarks.recognition.sets import CONDITIONS, Condition, Measure
from benchmarks.recognition.speed import CLIPS, Speed, two_seconds_of
from voicebot.adapters.recognition.model import load_model
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.adapters.voice_activity.two_stage import TwoStageVoiceActivity
from voicebot.config import RecogniserSettings
from voicebot.ports import Recognition, Samples, Utterance
from voicebot.speech.events import DecodeKind

DECODE_TARGET_MS = 8.0
NON_SPEECH_S = 600.0
_TIMED_ROUNDS = 5
"""After each set, from where there are enough clips."""
_VOICED_MS = 1000.0  # every clip is speech: only the model may reject it

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured."""

    every: int = 1
    """Only each n-th sentence of a set."""
    clips: int = CLIPS_PER_SET
    """In a set, at least."""
    non_speech_s: float = NON_SPEECH_S
    long_utterances: int = UTTERANCES
    """For each kind of pause."""


QUICK = Plan(every=5, clips=1, non_speech_s=80.0, long_utterances=1)


@dataclass(slots=True, kw_only=True)
class ModelResult:
    """What was measured of one model."""

    name: str
    pipeline: Pipeline
    tallies: dict[str, Tally] = field(default_factory=dict)
    """By condition."""
    gated: dict[str, Heard] = field(default_factory=dict)
    """By kind of non-speech."""
    ungated: dict[str, Heard] = field(default_factory=dict)
    joined: list[Joined] = field(default_factory=list)
    """Utterances of several sentences, by pause."""
    speed: Speed = field(default_factory=Speed)
    """Of clips of 2 s on one thread, features included."""


def open_model(name: str) -> ModelResult:
    """Load a model as production does, on one thread, in int8.

    Raises:
        ModelError: The model cannot be used; the message names the file and the remedy.
    """
    settings = RecogniserSettings(model=name, device="cpu", compute_type="int8", threads=1)
    pipeline = Pipeline(load_model(settings), max_batch=settings.max_batch)
    pipeline.warm_up()
    return ModelResult(name=name, pipeline=pipeline)


def recognise(pipeline: Pipeline, samples: Samples, kind: DecodeKind = DecodeKind.FINAL) -> Recognition:
    """Decode speech at 8 kHz by itself."""
    utterance = Utterance(samples=samples, sample_rate_hz=RATE_HZ, kind=kind, voiced_ms=_VOICED_MS)
    return pipeline.recognise([utterance])[0]


def measure(results: Sequence[ModelResult], plan: Plan, progress: Progress) -> None:
    """Fill the results; every model hears the same clips."""
    timed: list[Samples] = []
    for condition in CONDITIONS:
        began = time.monotonic()
        for result in results:
            result.tallies[condition.name] = Tally()
        for clip in clips(condition, every=plan.every, least=plan.clips):
            part = two_seconds_of(clip.samples)
            if part is not None and len(timed) < CLIPS:
                timed.append(part)
            for result in results:
                heard = recognise(result.pipeline, clip.samples)
                sentence = clip.sentence
                tally = result.tallies[condition.name]
                tally.add(sentence.kind, sentence.text, heard.text, heard.rejected)
        if len(timed) == CLIPS or condition is CONDITIONS[-1]:
            for result in results:
                for _ in range(_TIMED_ROUNDS):
                    result.speed.once_more(partial(recognise, result.pipeline), timed)
        progress(f"{condition.name}: {time.monotonic() - began:.1f} s")
    for result in results:
        result.joined = [
            measure_joining(result.pipeline, pause_s, plan.long_utterances) for pause_s in PAUSES_S
        ]
    began = time.monotonic()
    for kind, samples in non_speech(plan.non_speech_s).items():
        for result in results:
            voice_activity = TwoStageVoiceActivity(RATE_HZ)
            result.gated[kind] = through_gate(result.pipeline, voice_activity, samples)
            result.ungated[kind] = ungated(result.pipeline, samples)
    progress(f"non-speech: {time.monotonic() - began:.1f} s")


def percent(condition: Condition, tally: Tally) -> float:
    """The figure that the condition's target is about."""
    return tally.exact_percent if condition.measure is Measure.EXACT else tally.cer_percent


def loops(tallies: Mapping[str, Tally]) -> int:
    """Repetition loops in all sets."""
    return sum(tally.loops for tally in tallies.values())


def texts(heard: Mapping[str, Heard]) -> int:
    """Texts that reached the dialogue though nobody spoke."""
    return sum(len(one.turns) for one in heard.values())


def minutes(plan: Plan) -> float:
    """Length of the non-speech."""
    return float(np.round(plan.non_speech_s / 60.0, 1))
