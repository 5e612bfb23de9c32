"""How much audio the encoder sees: the shortest window that the model decodes well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicebot.adapters.recognition.features import FRAMES_PER_SECOND

# Measured on the embedded model: after a word cut off in the middle, as partial decodes cut it, the decoder
# invents more (200 wrong letters in 45 cuts); half a second of padding leaves 35, a second no fewer.
_MARGIN_FRAMES = 50

# Audio whose last 100 ms lie this far below its loudest 100 ms ends in silence, not in a word: the pauses of
# an ordinary line lie 30 dB and more below its speech. On a noisier line the margin stays.
_ENDED_DB = 25.0
_END_S = 0.1

# Shorter windows save nothing measurable.
_SHORTEST_WINDOW_FRAMES = 30

# Stock Whisper is trained on 30 s windows and loses words in short ones: published for large-v3-turbo, a
# floor of 10 s with 2 s of margin showed no loss.
_STOCK_WINDOW_FRAMES = 30 * FRAMES_PER_SECOND
_STOCK_FLOOR_S = 10.0
_STOCK_MARGIN_FRAMES = 2 * FRAMES_PER_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """Which window a model wants, in frames of 10 ms."""

    longest_frames: int
    floor_frames: int
    margin_frames: int
    """Padding after speech that is cut off, as far as it fits."""
    always_margin: bool = False
    """Pad after speech that ends in silence as well."""
    cut_at_pauses: bool = False
    """Decode what lies before and after a pause by itself."""

    def frames_for(self, speech_frames: int, *, cut_off: bool = True) -> int:
        """Window for so much audio: even, since the encoder halves it, and at most the model's longest.

        Args:
            speech_frames: What there is, silence included.
            cut_off: Whether it ends inside a word.
        """
        margin = self.margin_frames if cut_off or self.always_margin else 0
        wanted = max(self.floor_frames, speech_frames + margin, _SHORTEST_WINDOW_FRAMES)
        return min(wanted + wanted % 2, self.longest_frames)


def rule_for(longest_frames: int, floor_s: float | None) -> WindowRule:
    """The rule of a model whose longest window is known.

    Args:
        longest_frames: 3000 for stock Whisper; less for a model trained on short windows.
        floor_s: The operator's choice; ``None`` takes the model's own.
    """
    stock = longest_frames >= _STOCK_WINDOW_FRAMES
    if floor_s is None:
        floor_s = _STOCK_FLOOR_S if stock else 0.0
    return WindowRule(
        longest_frames=longest_frames,
        floor_frames=min(round(floor_s * FRAMES_PER_SECOND), longest_frames),
        margin_frames=_STOCK_MARGIN_FRAMES if stock else _MARGIN_FRAMES,
        always_margin=stock,
        cut_at_pauses=not stock,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """What of some audio is not silence beside its loudest part."""

    seconds: float
    """Of all; on a noisy line everything sounds."""
    cut_off: bool
    """Whether it ends loud, as a partial decode's audio does, instead of in silence."""


def sounding(samples: npt.NDArray[np.int16], sample_rate_hz: int) -> Sounding:
    """Look at each 100 ms, the last ones whole: does it lie less than ``_ENDED_DB`` below the loudest?"""
    length = round(_END_S * sample_rate_hz)
    count = samples.shape[0] // length
    if count < 2:  # nothing to compare with
        return Sounding(seconds=samples.shape[0] / sample_rate_hz, cut_off=True)
    blocks = samples[samples.shape[0] - count * length :].reshape(count, length).astype(np.float32)
    power = np.einsum("ij,ij->i", blocks, blocks)
    loud = power > power.max() * 10.0 ** (-_ENDED_DB / 10.0)
    return Sounding(seconds=float(np.count_nonzero(loud)) * _END_S, cut_off=bool(loud[-1]))
