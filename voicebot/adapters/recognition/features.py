"""Log-mel features exactly as faster-whisper computes them, on no more audio than there is.

Whisper's front end (Radford et al. 2022, section 2.2): 25 ms Hann windows every 10 ms, 80 or 128 Slaney mel
bands of the power spectrum at 16 kHz, log10 clipped 8 decades below the loudest value, scaled to about −1..1.

Telephone audio is not resampled. A 200-point transform at 8 kHz has the same 40 Hz bins as the 400-point one
at 16 kHz, so the lower half of the spectrum is computed as it is and the upper half is empty, which is what
an ideal resampler would give. That costs a quarter of the transform and no filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor

Features = npt.NDArray[np.float32]
"""Log-mel features, shape ``[mel bands, frames]`` or, stacked, ``[utterances, mel bands, frames]``."""

MODEL_RATE_HZ = 16000  # every Whisper model (openai/whisper, audio.py)
FRAMES_PER_SECOND = 100  # hop of 160 samples at 16 kHz
WINDOW_SAMPLES = 400  # at 16 kHz
TELEPHONE_RATE_HZ = 8000  # G.711
RATES_HZ = (TELEPHONE_RATE_HZ, MODEL_RATE_HZ)  # those whose bins fall on the model's
INT16_SCALE = 1.0 / 32768.0

# OpenBLAS starts its thread pool for products above 4 × 65,536 multiplications (GEMM_MULTITHREAD_THRESHOLD),
# and its idle threads then spin: measured, they double the CPU time of everything here. Smaller blocks stay
# on the calling thread.
_SINGLE_THREAD_PRODUCT = 4 * 65536

_POWER_FLOOR = 1e-10
_DECADES_KEPT = 8.0


@dataclass(frozen=True, slots=True)
class _Transform:
    """What one sampling rate needs: window, hop and the mel bands over its bins."""

    hop_samples: int
    window: npt.NDArray[np.float32]
    bands: npt.NDArray[np.float32]
    """Shape ``[bins, mel bands]``; scaled to the power of the 16 kHz spectrum."""
    block_frames: int


class LogMel:
    """Features of whole utterances at 8 or 16 kHz.

    Args:
        mel_bands: Rows of the features, 80 or 128, as the model was trained.
    """

    def __init__(self, mel_bands: int) -> None:
        self.mel_bands = mel_bands
        filters = np.asarray(FeatureExtractor(feature_size=mel_bands).mel_filters, dtype=np.float32).T
        self._transforms = {rate_hz: _transform(filters, rate_hz) for rate_hz in RATES_HZ}

    def __call__(self, samples: npt.NDArray[np.int16], sample_rate_hz: int) -> Features:
        """Features of one utterance.

        Args:
            samples: Mono PCM, shape ``[n]``, at least one frame (10 ms).
            sample_rate_hz: 8000 or 16000.

        Returns:
            Shape ``[mel bands, n // hop]``: faster-whisper's own, without the frame of padding it drops.
        """
        transform = self._transforms[sample_rate_hz]
        hop = transform.hop_samples
        width = transform.window.shape[0]
        half = width // 2
        frames = samples.shape[0] // hop
        # One frame more than is kept: faster-whisper computes it from its padding and clips against its
        # maximum.
        padded = np.zeros(max(samples.shape[0], half + 1) + width, dtype=np.float32)
        padded[half : half + samples.shape[0]] = samples
        padded *= INT16_SCALE
        padded[:half] = padded[2 * half : half : -1]  # the reflection of a centred transform
        framed = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop][: frames + 1]
        spectrum = np.fft.rfft(framed * transform.window).astype(np.complex64, copy=False)  # already is
        mel = _bands(spectrum, transform)
        np.log10(np.maximum(mel, _POWER_FLOOR, out=mel), out=mel)
        np.maximum(mel, mel.max() - np.float32(_DECADES_KEPT), out=mel)
        mel += np.float32(4.0)
        mel *= np.float32(0.25)
        return mel[:frames].T

    def stack(self, features: Sequence[Features], frames: int) -> Features:
        """Features of several utterances, padded to one length with 0.0 as faster-whisper pads.

        Args:
            features: Each of shape ``[mel bands, at most frames]``.
            frames: Length of the window.

        Returns:
            Shape ``[utterances, mel bands, frames]``, contiguous.
        """
        stacked = np.zeros((len(features), self.mel_bands, frames), dtype=np.float32)
        for row, one in zip(stacked, features, strict=True):
            row[:, : one.shape[1]] = one
        return stacked


def _transform(filters: npt.NDArray[np.float32], rate_hz: int) -> _Transform:
    step = MODEL_RATE_HZ // rate_hz
    window_samples = WINDOW_SAMPLES // step
    bins = window_samples // 2 + 1
    # Half the samples give half the amplitude, a quarter of the power.
    bands = np.ascontiguousarray(filters[:bins]) * np.float32(step * step)
    return _Transform(
        hop_samples=rate_hz // FRAMES_PER_SECOND,
        window=np.hanning(WINDOW_SAMPLES + 1)[:-1:step].astype(np.float32),
        bands=bands,
        block_frames=max(1, _SINGLE_THREAD_PRODUCT // bands.size),
    )


def _bands(spectrum: npt.NDArray[np.complex64], transform: _Transform) -> npt.NDArray[np.float32]:
    """Power in the mel bands, shape ``[frames, mel bands]``, by products small enough for one thread."""
    frames, bins = spectrum.shape
    blocks = -(-frames // transform.block_frames)
    power = np.zeros((blocks * transform.block_frames, bins), dtype=np.float32)
    np.square(spectrum.real, out=power[:frames])
    power[:frames] += np.square(spectrum.imag)
    mel = power.reshape(blocks, transform.block_frames, bins) @ transform.bands
    return np.asarray(mel.reshape(-1, transform.bands.shape[1])[:frames])
