"""A batch of utterances from samples to recognitions: windows, features, decode, scores, rejection."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voicebot.adapters.recognition import closed, rejection
from voicebot.adapters.recognition.cutting import cut
from voicebot.adapters.recognition.decoding import Decoded, GreedyDecoder
from voicebot.adapters.recognition.features import FRAMES_PER_SECOND, Features
from voicebot.adapters.recognition.model import SpeechModel
from voicebot.adapters.recognition.window import sounding
from voicebot.ports import Recognition, Utterance

_ANSWERED = 0.5  # of the probability within the answers: more likely one of them than none
_TREES_KEPT = 64  # closed questions of all flows at once; a tree of 20 forms takes 0.2 ms to grow


@dataclass(frozen=True, slots=True)
class _Piece:
    """A window's worth of an utterance."""

    utterance: int
    features: Features
    frames: int
    """Window it wants."""
    sounding_s: float
    scored: bool


class Pipeline:
    """Recognises batches; used by one worker thread (its cache of answer trees is not shared).

    Args:
        model: Shared between threads.
        max_batch: Windows decoded together at most.
    """

    def __init__(self, model: SpeechModel, max_batch: int) -> None:
        self._model = model
        self._max_batch = max_batch
        self._decoder = GreedyDecoder(model.whisper, model.vocabulary, model.longest_text_tokens)
        self._trees: OrderedDict[tuple[tuple[str, tuple[str, ...]], ...], closed.AnswerTree] = OrderedDict()

    def warm_up(self) -> None:
        """Decode a second of faint noise: the first call of every code path allocates and is slow."""
        noise = np.resize(np.array([3, -3, 2, 0, -2], dtype=np.int16), 8000)
        features = self._model.log_mel(noise, 8000)
        frames = self._model.window.frames_for(features.shape[1])
        for size in (1, self._max_batch):
            stacked = self._model.log_mel.stack([features] * size, frames)
            self._decoder.decode(stacked, [0.0] * size, scored=[size == 1] * size)

    def recognise(self, utterances: Sequence[Utterance]) -> list[Recognition]:
        """Recognise utterances together.

        Returns:
            One recognition an utterance, in order, each with the wall time of the whole batch.
        """
        began = time.perf_counter()
        pieces = [
            piece for number, utterance in enumerate(utterances) for piece in self._cut(number, utterance)
        ]
        decoded: list[list[tuple[_Piece, Decoded]]] = [[] for _ in utterances]
        for first in range(0, len(pieces), self._max_batch):
            batch = pieces[first : first + self._max_batch]
            for piece, result in zip(batch, self._decode(batch), strict=True):
                decoded[piece.utterance].append((piece, result))
        elapsed_ms = (time.perf_counter() - began) * 1000.0
        return [
            self._judge(utterance, results, elapsed_ms)
            for utterance, results in zip(utterances, decoded, strict=True)
        ]

    def _cut(self, number: int, utterance: Utterance) -> list[_Piece]:
        rate_hz = utterance.sample_rate_hz
        pieces = []
        for part in cut(utterance.samples, rate_hz, self._model.window):
            samples = utterance.samples[part]
            features = self._model.log_mel(samples, rate_hz)
            heard = sounding(samples, rate_hz)
            frames = self._model.window.frames_for(features.shape[1], cut_off=heard.cut_off)
            pieces.append(_Piece(number, features, frames, heard.seconds, bool(utterance.choices)))
        return pieces

    def _decode(self, pieces: Sequence[_Piece]) -> list[Decoded]:
        speech_frames = [piece.features.shape[1] for piece in pieces]
        frames = max(piece.frames for piece in pieces)
        stacked = self._model.log_mel.stack([piece.features for piece in pieces], frames)
        return self._decoder.decode(
            stacked,
            [count / FRAMES_PER_SECOND for count in speech_frames],
            scored=[piece.scored for piece in pieces],
        )

    def _judge(
        self, utterance: Utterance, results: Sequence[tuple[_Piece, Decoded]], elapsed_ms: float
    ) -> Recognition:
        """Join the pieces' texts, drop what must not pass, score the answers."""
        texts: list[str] = []
        reasons: list[str] = []
        log_probability = 0.0
        steps = 0
        scores: Mapping[str, float] = {}
        for piece, result in results:
            text = self._model.vocabulary.text(result.tokens)
            reason = rejection.reason_after_decoding(
                text,
                mean_log_probability=result.log_probability / result.steps,
                no_speech=result.no_speech,
                capped=result.capped,
                sounding_s=piece.sounding_s,
            )
            if reason:
                reasons.append(reason)
                continue
            texts.append(text)
            scores = self._better(scores, self._scores(utterance.choices, result))
            log_probability += result.log_probability
            steps += result.steps
        if not texts:
            return Recognition(text="", confidence=0.0, rejected=reasons[0], decode_ms=elapsed_ms)
        return Recognition(
            text=" ".join(texts),
            confidence=math.exp(log_probability / steps),
            choice_scores=scores,
            decode_ms=elapsed_ms,
        )

    def _better(self, earlier: Mapping[str, float], later: Mapping[str, float]) -> Mapping[str, float]:
        """Of two pieces' scores the later ones where they hold an answer, since it corrects the earlier."""
        answered = sum(later.values())
        return later if answered >= min(sum(earlier.values()), _ANSWERED) else earlier

    def _scores(self, choices: Mapping[str, tuple[str, ...]], decoded: Decoded) -> Mapping[str, float]:
        if not choices or decoded.logits is None:
            return {}
        vocabulary = self._model.vocabulary
        path = (*decoded.tokens, vocabulary.end_of_text)
        return closed.score(self._tree(choices), path, decoded.logits, vocabulary.word_ends)

    def _tree(self, choices: Mapping[str, tuple[str, ...]]) -> closed.AnswerTree:
        key = tuple(choices.items())
        tree = self._trees.get(key)
        if tree is None:
            tree = closed.grow(
                (answer, self._model.vocabulary.tokens(spelling))
                for answer, forms in key
                for form in forms
                for spelling in _spellings(form)
            )
            self._trees[key] = tree
            if len(self._trees) > _TREES_KEPT:
                self._trees.popitem(last=False)
        return tree


def _spellings(form: str) -> set[str]:
    """How a model may write a form: with its spaces or without, and after a space as stock Whisper begins."""
    joined = "".join(form.split())
    return {form, joined, f" {form}", f" {joined}"}
