"""Fit the model to examples; needs scikit-learn (extra ``dev``), which is loaded by training alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from voicebot.services.triage.classifier import SCALE, Model, scores
from voicebot.services.triage.examples import Example
from voicebot.services.triage.features import BUCKETS, features_of

_PENALTY = 2.0
"""C of the linear support vector machine: 0.1, 0.3 and 1 gave 58, 61 and 63 % on held-out ideas; 2 goes on
in that direction and has not been compared with more."""
_FOLDS = 8
"""Folds whose held-out ideas the confidence is fitted on."""
_SHARPNESSES = np.linspace(0.5, 20.0, 79)


def _matrix(features: Sequence[Sequence[int]], rarity: NDArray[np.float32]) -> csr_matrix:
    """Rows of unit length, (utterances, features)."""
    starts = np.cumsum([0, *(len(row) for row in features)])
    index = np.concatenate([np.asarray(row, dtype=np.int64) for row in features])
    values = rarity[index]
    for begin, end in pairwise(starts):
        values[begin:end] /= np.sqrt(np.square(values[begin:end]).sum()) or 1.0
    return csr_matrix((values, index, starts), shape=(len(features), BUCKETS))


def fit(examples: Sequence[Example], checksum: str = "", sharpness: float = 1.0) -> Model:
    """Fit a model.

    Args:
        examples: What to learn from; every type at least once.
        checksum: Of the examples, kept in the model.
        sharpness: See ``Model``.
    """
    codes = sorted({example.code for example in examples})
    features = [features_of(example.said) for example in examples]
    held_by = np.bincount(np.concatenate([np.asarray(row) for row in features]), minlength=BUCKETS)
    rarity = (np.log((1 + len(examples)) / (1 + held_by)) + 1).astype(np.float16).astype(np.float32)
    labels = np.array([codes.index(example.code) for example in examples])
    machine = LinearSVC(C=_PENALTY, random_state=0)
    machine.fit(_matrix(features, rarity), labels)
    weights = machine.coef_.T * rarity[:, None]
    steps = np.maximum(np.abs(weights).max(axis=0), 1e-9) / SCALE
    return Model(
        codes=tuple(codes),
        weights=np.round(weights / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        rarity=rarity,
        intercepts=machine.intercept_.astype(np.float32),
        sharpness=sharpness,
        checksum=checksum,
    )


def held_out_folds(
    examples: Sequence[Example], folds: int = _FOLDS
) -> list[tuple[list[Example], list[Example]]]:
    """(learnt from, held out) pairs; an idea is never on both sides."""
    groups = [example.group for example in examples]
    splits = GroupKFold(n_splits=folds).split(groups, groups=groups)
    return [([examples[i] for i in learnt], [examples[i] for i in held]) for learnt, held in splits]


def fit_calibrated(examples: Sequence[Example], checksum: str) -> Model:
    """Fit a model whose probabilities are true on ideas that it has not seen.

    Args:
        examples: What to learn from; every type in at least two ideas.
        checksum: Of the examples, kept in the model.
    """
    found: list[NDArray[np.float32]] = []
    right: list[int] = []
    model = fit(examples, checksum)
    for learnt, held_out in held_out_folds(examples):
        fitted = fit(learnt)
        for example in held_out:
            if example.code in fitted.codes:
                found.append(scores(fitted, features_of(example.said)))
                right.append(fitted.codes.index(example.code))
    raw = np.stack(found)
    losses = [_loss(raw * sharpness, right) for sharpness in _SHARPNESSES]
    return replace(model, sharpness=float(_SHARPNESSES[int(np.argmin(losses))]))


def _loss(scores_: NDArray[np.float32], right: Sequence[int]) -> float:
    """Mean negative log-likelihood."""
    shifted = scores_ - scores_.max(axis=1, keepdims=True)
    likely = shifted[np.arange(len(right)), right] - np.log(np.exp(shifted).sum(axis=1))
    return float(-likely.mean())
