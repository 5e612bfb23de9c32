"""One batch through the model: features in, tokens out, greedily and without timestamps.

``generate`` takes the features themselves and encodes them: given an encoder's output of as many frames as
the model has mel bands (80 frames, a window of 1.6 s), CTranslate2 takes it for features and encodes it again
(``layers::WhisperEncoder::is_encoded``), and the text is garbage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt

from voicebot.adapters.recognition.features import Features
from voicebot.adapters.recognition.vocabulary import Vocabulary

# The fastest readers reach 9 syllables a second; a syllable takes at most three tokens, jamo or bytes.
# Beyond that the decoder repeats itself.
_TOKENS_PER_SECOND = 27
_TOKENS_AT_LEAST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What the model wrote for one window."""

    tokens: tuple[int, ...]
    """Without the end of text."""
    log_probability: float
    """Of the whole text."""
    no_speech: float
    capped: bool
    """The decode ran into its cap."""
    logits: npt.NDArray[np.float32] | None = None
    """Shape ``[tokens + 1, vocabulary]`` where asked for: the distribution at each step, end of text last."""

    @property
    def steps(self) -> int:
        """Decisions taken: tokens and the end of text."""
        return len(self.tokens) + 1


class GreedyDecoder:
    """Decodes batches of windows of equal length; safe to use from several threads.

    Args:
        whisper: ``ctranslate2.models.Whisper``.
        longest_text_tokens: Positions of the decoder, prompt included.
    """

    def __init__(self, whisper: Any, vocabulary: Vocabulary, longest_text_tokens: int) -> None:
        self._whisper = whisper
        self._vocabulary = vocabulary
        # CTranslate2 decodes half of ``max_length`` and no more than the positions that the prompt leaves.
        self._most_tokens = min(longest_text_tokens // 2, longest_text_tokens - len(vocabulary.prompt)) - 1

    def decode(
        self, features: Features, speech_s: Sequence[float], *, scored: Sequence[bool]
    ) -> list[Decoded]:
        """Decode a batch.

        Args:
            features: Shape ``[windows, mel bands, frames]``, contiguous.
            speech_s: Seconds of audio in each window, padding left out: what caps its tokens.
            scored: For which windows to keep the distribution of every step.
        """
        caps = [self._cap(seconds) for seconds in speech_s]
        results = self._whisper.generate(
            ctranslate2.StorageView.from_array(features),
            [list(self._vocabulary.prompt)] * features.shape[0],
            beam_size=1,
            max_length=2 * (max(caps) + 1),
            suppress_tokens=[-1],  # those that the model's own config.json lists
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=any(scored),
        )
        return [
            self._decoded(result, cap, keep) for result, cap, keep in zip(results, caps, scored, strict=True)
        ]

    def _cap(self, seconds: float) -> int:
        return min(_TOKENS_AT_LEAST + math.ceil(seconds * _TOKENS_PER_SECOND), self._most_tokens)

    def _decoded(self, result: Any, cap: int, keep_logits: bool) -> Decoded:
        tokens = tuple(result.sequences_ids[0])
        # The score is the mean over the tokens without the end of text; without tokens it is a division by
        # zero.
        log_probability = float(result.scores[0]) * len(tokens) if tokens else 0.0
        kept = tokens[:cap]
        logits = None
        if keep_logits:
            steps = result.logits[0][: len(kept) + 1]
            logits = np.stack([np.array(step, dtype=np.float32).reshape(-1) for step in steps])
        return Decoded(
            tokens=kept,
            log_probability=log_probability * len(kept) / max(len(tokens), 1),
            no_speech=float(result.no_speech_prob),
            capped=len(tokens) > cap,
            logits=logits,
        )
