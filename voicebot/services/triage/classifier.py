"""Type of complaint by a linear model over the pieces of an utterance; numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voicebot.services.triage.features import features_of

SCALE = 127
"""Weights are stored as signed bytes of their type's largest one: 4 times smaller than float32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What training has found."""

    codes: tuple[str, ...]
    weights: NDArray[np.int8]
    """(features, types), stepped by ``steps``."""
    steps: NDArray[np.float32]
    """(types,): value of one step of a weight, the idf of features already in it."""
    rarity: NDArray[np.float32]
    """(features,): inverse document frequency, for the length of an utterance."""
    intercepts: NDArray[np.float32]
    """(types,)."""
    sharpness: float
    """Scores times this are the log-odds that fit held-out utterances (temperature scaling)."""
    checksum: str
    """SHA-256 of the examples it was trained on."""


def scores(model: Model, features: Sequence[int]) -> NDArray[np.float32]:
    """Score of each type, (types,), calibrated as unnormalised log-probabilities.

    Args:
        model: The model.
        features: Numbers of ``features_of``.
    """
    index = np.asarray(features, dtype=np.intp)
    length = float(np.sqrt(np.square(model.rarity[index]).sum())) or 1.0
    summed = model.weights[index].sum(axis=0, dtype=np.int32) * model.steps / length
    result: NDArray[np.float32] = ((summed + model.intercepts) * model.sharpness).astype(np.float32)
    return result


def probabilities(model: Model, text: str) -> dict[str, float]:
    """Probability of each type, the likeliest first; they add up to 1.

    Args:
        model: The model.
        text: What was recognised.
    """
    found = scores(model, features_of(text))
    odds = np.exp(found - found.max())
    odds /= odds.sum()
    order = np.argsort(-odds, kind="stable")
    return {model.codes[place]: float(odds[place]) for place in order}
