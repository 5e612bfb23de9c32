"""Longer and shorter vocal tracts than the synthesiser's, by warping the features (Jaitly and Hinton 2013).

eSpeak NG scales all formants of a voice by up to 8 % when a clip is spoken; people differ by more, and single
formants of a voice by more still.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.random import Generator

from voicebot.adapters.recognition.features import Features

SHARE = 0.3
FACTORS = (0.88, 1.22)
"""A tall man's to a child's, over what the clips have already."""

_HIGHEST_HZ = 3600.0  # a telephone has nothing above, whoever speaks: those bands stay as they are
_MODEL_BINS_HZ = 40.0  # of the 400-point transform at 16 kHz


def another_vocal_tract(features: Features, random: Generator) -> Features:
    """With a share of the clips: the spectrum stretched or compressed along the frequencies, by one factor.

    Args:
        features: Log-mel, shape ``[mel bands, frames]``.
        random: Draws whether and by how much.

    Returns:
        The same shape.
    """
    if random.random() >= SHARE:
        return features
    return stretched(features, float(random.uniform(*FACTORS)))


def stretched(features: Features, factor: float) -> Features:
    """What was at a frequency is at ``factor`` times it; shape ``[mel bands, frames]`` in and out."""
    centres = band_centres(features.shape[0])
    places = np.interp(centres / factor, centres, np.arange(len(centres)))
    places[centres > _HIGHEST_HZ] = np.flatnonzero(centres > _HIGHEST_HZ)
    below = np.minimum(places.astype(np.int64), len(centres) - 2)
    share = (places - below).astype(np.float32)[:, None]
    result: Features = features[below] * (1.0 - share) + features[below + 1] * share
    return result


@lru_cache(maxsize=4)
def band_centres(mel_bands: int) -> npt.NDArray[np.float64]:
    """Centres of Whisper's mel bands in Hz, shape ``[mel bands]``."""
    filters = np.asarray(FeatureExtractor(feature_size=mel_bands).mel_filters, dtype=np.float64)
    bins = np.arange(filters.shape[1]) * _MODEL_BINS_HZ
    centres: npt.NDArray[np.float64] = (filters @ bins) / filters.sum(axis=1)
    return centres
