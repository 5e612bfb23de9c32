"""What the engine makes of a line on which nobody speaks: voice activity, turn taking, recognition."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.recognition.clips import RATE_HZ
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.adapters.voice_activity.two_stage import TwoStageVoiceActivity
from voicebot.audio.level import levels_dbfs
from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding.completeness import judge_completeness
from voicebot.ports import Recognition, Samples, Utterance
from voicebot.speech.actions import Action, CommitTurn, RequestDecode
from voicebot.speech.events import (
    AnswerShape,
    Completeness,
    DecodeKind,
    FloorGiven,
    FrameHeard,
    HypothesisHeard,
)
from voicebot.speech.turn_taker import TurnSettings, TurnTaker

_FRAME = RATE_HZ // 50
_FRAME_S = 0.02
_SILENCE_S = 8.0  # after which the dialogue would ask again; the floor is given anew
_UNGATED_S = 4.0  # the longest utterance that the embedded model takes whole
_EXPECTED = Expectation(kind=AnswerKind.YES_NO)
"""The question that is quickest with its answer: a yes or no needs one syllable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of a stretch without speech."""

    decodes: int
    """Passed by the voice gate to the recogniser."""
    decoded: tuple[str, ...]
    """Texts that the recogniser wrote for these, partials included."""
    turns: tuple[str, ...]
    """Texts that reached the dialogue."""


def through_gate(pipeline: Pipeline, voice_activity: TwoStageVoiceActivity, samples: Samples) -> Heard:
    """Play a line to a fresh call that waits for a yes or no all the time."""
    taker = TurnTaker(TurnSettings(), RATE_HZ)
    stream = voice_activity.open()
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels = levels_dbfs(frames)
    floor = FloorGiven(shape=AnswerShape.CLOSED, silence_s=_SILENCE_S)
    taker.receive(floor, 0.0)
    decodes = 0
    decoded: list[str] = []
    turns: list[str] = []
    for number, frame in enumerate(frames):
        now = (number + 1) * _FRAME_S
        event = FrameHeard(
            end_sample=(number + 1) * _FRAME,
            duration_ms=_FRAME_S * 1000,
            probability=voice_activity.judge([stream], [frame])[0],
            level_dbfs=float(levels[number]),
            echo=0.0,
        )
        actions: list[Action] = taker.receive(event, now)
        deadline = taker.next_deadline()
        if deadline is not None and deadline <= now:
            actions += taker.handle_timer(now)
        while actions:
            action = actions.pop(0)
            if isinstance(action, RequestDecode):
                decodes += 1
                answer = _recognise(pipeline, samples, action)
                decoded += [answer.text] if answer.text else []
                actions += taker.receive(_hypothesis(action, answer), now)
            elif isinstance(action, CommitTurn):
                turns += [action.text] if action.text else []
        taker.receive(floor, now)  # whatever came, the next question is asked
    return Heard(decodes=decodes, decoded=tuple(decoded), turns=tuple(turns))


def ungated(pipeline: Pipeline, samples: Samples) -> Heard:
    """The same line given to the recogniser in windows, as if all of it were speech."""
    step = round(_UNGATED_S * RATE_HZ)
    texts = [
        _decode(pipeline, samples[start : start + step], DecodeKind.FINAL, _UNGATED_S * 1000).text
        for start in range(0, len(samples), step)
    ]
    written = tuple(text for text in texts if text)
    return Heard(decodes=len(texts), decoded=written, turns=written)


def _recognise(pipeline: Pipeline, samples: Samples, request: RequestDecode) -> Recognition:
    part = samples[max(request.start_sample, 0) : request.end_sample]
    return _decode(pipeline, part, request.kind, request.voiced_ms)


def _decode(pipeline: Pipeline, samples: Samples, kind: DecodeKind, voiced_ms: float) -> Recognition:
    utterance = Utterance(samples=samples, sample_rate_hz=RATE_HZ, kind=kind, voiced_ms=voiced_ms)
    return pipeline.recognise([utterance])[0]


def _hypothesis(request: RequestDecode, answer: Recognition) -> HypothesisHeard:
    words = f"{request.earlier_text} {answer.text}".strip()
    return HypothesisHeard(
        decode_id=request.decode_id,
        text=answer.text,
        completeness=Completeness(judge_completeness(words, _EXPECTED).value),
        confidence=answer.confidence,
    )
