"""Where an utterance is cut before it is decoded: at its pauses, and wherever it outgrows the model's
window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voicebot.adapters.recognition.features import FRAMES_PER_SECOND
from voicebot.adapters.recognition.window import WindowRule

_Levels = npt.NDArray[np.float64]

_STEP_S = 0.02  # levels are taken every 20 ms

# Measured on the embedded model, whose training knew no pauses inside a sentence: after one of 0.5 s half of
# the letters are lost; cut there, 4 % are. Silence inside a tense consonant (ㄲ, ㄸ) stays below 0.15 s. Turn
# taking leaves pauses of up to 0.26 s in a stretch: with 0.1 to 1.2 s between sentences 18 % of the letters
# are wrong (10 % in the sentences alone), 29 % where only those of 0.3 s are cut.
_PAUSE_S = 0.22

# Silence that a piece keeps on either side of its speech: soft consonants lie below the level of a pause, and
# the embedded model loses words after more than a second of it.
_EDGE_S = 0.3

# A pause lies in the lower 30 % of the range, in dB, between the line's noise and its speech; a range of less
# than 12 dB is all noise or all speech and is not cut.
_PAUSE_SHARE = 0.3
_LEAST_RANGE_DB = 12.0
_NOISE_PERCENTILE, _SPEECH_PERCENTILE = 10.0, 95.0
_SILENCE_DBFS = -60.0  # a line without speech; digital silence counts as this

# An utterance without pauses that is too long: the cut is at the quietest 0.2 s of what fits into the window.
_QUIET_S = 0.2
_SHORTEST_PIECE = 0.3  # of the longest: a phrase of 1.5 s may stand alone, a word may not
_AS_QUIET = 2.0  # 3 dB: pauses of one line differ by that much; the last of them makes the fewest pieces
_SILENCE_POWER = (32768.0 * 10.0 ** (_SILENCE_DBFS / 20.0)) ** 2


def cut(samples: npt.NDArray[np.int16], sample_rate_hz: int, rule: WindowRule) -> list[slice]:
    """Cut audio into pieces that fit the window.

    The pieces do not overlap, so nothing is said twice when their texts are joined.

    Returns:
        Slices over ``samples``, in order, often one. They cover all of it but the middles of long pauses.
    """
    spans = [(0, samples.shape[0])]
    if rule.cut_at_pauses:
        spans = _between_pauses(samples, sample_rate_hz)
    return [piece for start, stop in spans for piece in _fitting(samples, start, stop, sample_rate_hz, rule)]


def _between_pauses(samples: npt.NDArray[np.int16], sample_rate_hz: int) -> list[tuple[int, int]]:
    """The stretches between the pauses that have speech on both sides, each with its share of the silence."""
    step = round(_STEP_S * sample_rate_hz)
    levels = _levels_dbfs(samples, step)
    least, edge = round(_PAUSE_S / _STEP_S), round(_EDGE_S / _STEP_S)
    everything = [(0, samples.shape[0])]
    if levels.shape[0] <= least:
        return everything
    noise, speech = np.percentile(levels, [_NOISE_PERCENTILE, _SPEECH_PERCENTILE])
    if speech - noise < _LEAST_RANGE_DB:
        return everything
    loud = np.flatnonzero(levels > noise + (speech - noise) * _PAUSE_SHARE)
    spans, start = [], 0
    for gap in np.flatnonzero(np.diff(loud) > least):
        silence, speech_again = int(loud[gap]) + 1, int(loud[gap + 1])
        middle = (silence + speech_again) // 2
        spans.append((start, min(middle, silence + edge) * step))
        start = max(middle, speech_again - edge) * step
    return [*spans, (start, samples.shape[0])]


def _levels_dbfs(samples: npt.NDArray[np.int16], step: int) -> _Levels:
    count = samples.shape[0] // step
    frames = samples[: count * step].reshape(count, step).astype(np.float32)
    power = np.einsum("ij,ij->i", frames, frames).astype(np.float64) / step
    levels: _Levels = 10.0 * np.log10(np.maximum(power, _SILENCE_POWER) / 32768.0**2)
    return levels


def _fitting(
    samples: npt.NDArray[np.int16], start: int, stop: int, sample_rate_hz: int, rule: WindowRule
) -> list[slice]:
    """Pieces of one stretch, each short enough for the window."""
    samples_per_frame = sample_rate_hz // FRAMES_PER_SECOND
    if stop - start <= rule.longest_frames * samples_per_frame:
        return [slice(start, stop)]
    longest = (rule.longest_frames - rule.margin_frames) * samples_per_frame  # with room for the margin
    pieces: list[slice] = []
    while stop - start > longest:
        earliest = start + round(longest * _SHORTEST_PIECE)
        place = _quietest(samples, earliest, start + longest, sample_rate_hz)
        pieces.append(slice(start, place))
        start = place
    pieces.append(slice(start, stop))
    return pieces


def _quietest(samples: npt.NDArray[np.int16], earliest: int, latest: int, sample_rate_hz: int) -> int:
    """Middle of the last of the quietest stretches between two positions."""
    length = round(_QUIET_S * sample_rate_hz)
    step = round(_STEP_S * sample_rate_hz)
    energy = np.concatenate(([0.0], np.cumsum(np.square(samples[earliest:latest].astype(np.float64)))))
    levels = (energy[length:] - energy[:-length])[::step] / length
    quiet = np.flatnonzero(levels <= max(float(levels.min()) * _AS_QUIET, _SILENCE_POWER))
    return earliest + int(quiet[-1]) * step + length // 2
