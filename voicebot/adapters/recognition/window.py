"""How much audio the encoder sees: the shortest window the model decodes well, where long audio is cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicebot.adapters.recognition.features import FRAMES_PER_SECOND

# Shorter windows save nothing measurable and leave the encoder's convolutions almost no context.
_SHORTEST_WINDOW_FRAMES = 50

# The cut may move this far from the even division to find a pause between words; half the window is the most
# that still keeps every piece shorter than the longest window, 0.75 s spans at least one word boundary.
_SEARCH_S = 0.75
_LEVEL_S = 0.1  # a pause between words lasts at least this long
_LEVEL_STEP_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """Which window a model wants, in frames of 10 ms.

    Stock Whisper is trained on 30 s windows and loses words in short ones: measured elsewhere on
    large-v3-turbo, a floor of 10 s with 2 s of margin showed no loss. A model trained on short windows
    wants neither.
    """

    longest_frames: int
    floor_frames: int = 0
    margin_frames: int = 0

    @property
    def longest_speech_frames(self) -> int:
        """How much speech fits into one window, its margin included."""
        return max(self.longest_frames - self.margin_frames, self.longest_frames // 2)

    def frames_for(self, speech_frames: int) -> int:
        """Window for so much speech: even, since the encoder halves it, and at most the model's longest."""
        wanted = max(self.floor_frames, speech_frames + self.margin_frames, _SHORTEST_WINDOW_FRAMES)
        return min(wanted + wanted % 2, self.longest_frames)


def rule_for(longest_frames: int, floor_s: float | None) -> WindowRule:
    """The rule of a model whose longest window is known.

    Args:
        longest_frames: 3000 for stock Whisper; less for a model trained on short windows.
        floor_s: The operator's choice; ``None`` takes the model's own.
    """
    stock = longest_frames >= 30 * FRAMES_PER_SECOND
    if floor_s is None:
        floor_s = 10.0 if stock else 0.0
    return WindowRule(
        longest_frames=longest_frames,
        floor_frames=min(round(floor_s * FRAMES_PER_SECOND), longest_frames),
        margin_frames=2 * FRAMES_PER_SECOND if stock else 0,
    )


def split(samples: npt.NDArray[np.int16], sample_rate_hz: int, longest_frames: int) -> list[slice]:
    """Cut audio into pieces of at most ``longest_frames``, each cut at the quietest place near an even
    division.

    Even pieces, not full ones with a remainder: a model is at its best well below its longest window. The
    pieces do not overlap, so nothing is said twice when their texts are joined.

    Returns:
        Slices over ``samples``, in order, covering all of it; one slice when it is short enough.
    """
    total = samples.shape[0]
    longest = longest_frames * sample_rate_hz // FRAMES_PER_SECOND
    pieces: list[slice] = []
    start = 0
    while total - start > longest:
        remaining = -(-(total - start) // longest)
        target = start + (total - start) // remaining
        search = min(round(_SEARCH_S * sample_rate_hz), (target - start) // 2)
        # What is left must still fit into the pieces that remain; never beyond the window.
        earliest = max(target - search, total - (remaining - 1) * longest)
        latest = min(target + search, start + longest)
        cut = _quietest(samples, min(earliest, latest), latest, sample_rate_hz)
        pieces.append(slice(start, cut))
        start = cut
    pieces.append(slice(start, total))
    return pieces


def _quietest(samples: npt.NDArray[np.int16], earliest: int, latest: int, sample_rate_hz: int) -> int:
    """Middle of the quietest stretch between two positions."""
    length = max(1, round(_LEVEL_S * sample_rate_hz))
    step = max(1, round(_LEVEL_STEP_S * sample_rate_hz))
    if latest - earliest <= length:
        return latest
    energy = np.concatenate(([0.0], np.cumsum(np.square(samples[earliest:latest].astype(np.float64)))))
    sums = (energy[length:] - energy[:-length])[::step]
    return earliest + int(np.argmin(sums)) * step + length // 2
