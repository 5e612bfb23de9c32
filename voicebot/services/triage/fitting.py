"""Fit the model to examples; needs scikit-learn (extra ``dev``), which is loaded by training alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from voicebot.services.triage.classifier import CLASS_SHARE, SCALE, Model, scores
from voicebot.services.triage.examples import Example
from voicebot.services.triage.features import BUCKETS, features_of
from voicebot.services.triage.vocabulary import Vocabulary

_PENALTY = 1.0
"""C of the linear support vector machine: 0.5, 1 and 2 gave 74.5, 75.1 and 75.3 % on held-out ideas before
classes were weighed alike (75.6 % with 1); the smaller one of two that are as good."""
_FOLDS = 8
"""Folds whose held-out ideas the confidence is fitted on."""
_SHARPNESSES = np.linspace(0.5, 20.0, 79)

Features = tuple[list[int], list[int]]


def _matrix(features: Sequence[Features], rarity: NDArray[np.float32]) -> csr_matrix:
    """Pieces in rows of unit length and classes in rows of ``CLASS_SHARE``, (utterances, features)."""
    values: list[NDArray[np.float32]] = []
    columns: list[NDArray[np.int64]] = []
    starts = [0]
    for pieces, classes in features:
        for part, share in ((pieces, 1.0), ([BUCKETS + number for number in classes], CLASS_SHARE)):
            index = np.asarray(part, dtype=np.int64)
            weight = rarity[index]
            length = float(np.sqrt(np.square(weight).sum())) or 1.0
            values.append(weight * np.float32(share / length))
            columns.append(index)
        starts.append(starts[-1] + len(pieces) + len(classes))
    shape = (len(features), len(rarity))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=shape)


def _rarity(features: Sequence[Features], width: int) -> NDArray[np.float32]:
    """Inverse document frequency of every feature, smoothed, to half precision as it is stored."""
    held_by = np.zeros(width)
    for pieces, classes in features:
        held_by[pieces] += 1
        held_by[[BUCKETS + number for number in classes]] += 1
    rarity: NDArray[np.float32] = np.log((1 + len(features)) / (1 + held_by)) + 1
    return rarity.astype(np.float16).astype(np.float32)


def fit(
    examples: Sequence[Example], vocabulary: Vocabulary, checksum: str = "", sharpness: float = 1.0
) -> Model:
    """Fit a model.

    Args:
        examples: What to learn from; every type at least once.
        vocabulary: The classes of words.
        checksum: Of the examples and the classes, kept in the model.
        sharpness: See ``Model``.
    """
    codes = sorted({example.code for example in examples})
    features = [features_of(example.said, vocabulary) for example in examples]
    rarity = _rarity(features, BUCKETS + len(vocabulary.names))
    labels = np.array([codes.index(example.code) for example in examples])
    machine = LinearSVC(C=_PENALTY, class_weight="balanced", random_state=0)
    machine.fit(_matrix(features, rarity), labels)
    weights = machine.coef_.T * rarity[:, None]
    kinds = np.split(weights, [BUCKETS])
    steps = np.stack([np.maximum(np.abs(kind).max(axis=0, initial=0.0), 1e-9) / SCALE for kind in kinds])
    small = np.concatenate([np.round(kind / step) for kind, step in zip(kinds, steps, strict=True)])
    return Model(
        codes=tuple(codes),
        weights=small.astype(np.int8),
        steps=steps.astype(np.float32),
        rarity=rarity,
        intercepts=machine.intercept_.astype(np.float32),
        sharpness=sharpness,
        checksum=checksum,
        vocabulary=vocabulary,
    )


def held_out_folds(
    examples: Sequence[Example], folds: int = _FOLDS
) -> list[tuple[list[Example], list[Example]]]:
    """(learnt from, held out) pairs; an idea is never on both sides."""
    groups = [example.group for example in examples]
    splits = GroupKFold(n_splits=folds).split(groups, groups=groups)
    return [([examples[i] for i in learnt], [examples[i] for i in held]) for learnt, held in splits]


def fit_calibrated(examples: Sequence[Example], vocabulary: Vocabulary, checksum: str) -> Model:
    """Fit a model whose probabilities are true on ideas that it has not seen.

    Args:
        examples: What to learn from; every type in at least two ideas.
        vocabulary: The classes of words.
        checksum: Of the examples and the classes, kept in the model.
    """
    found: list[NDArray[np.float32]] = []
    right: list[int] = []
    model = fit(examples, vocabulary, checksum)
    for learnt, held_out in held_out_folds(examples):
        fitted = fit(learnt, vocabulary)
        for example in held_out:
            if example.code in fitted.codes:
                found.append(scores(fitted, *features_of(example.said, vocabulary)))
                right.append(fitted.codes.index(example.code))
    raw = np.stack(found)
    losses = [_loss(raw * sharpness, right) for sharpness in _SHARPNESSES]
    return replace(model, sharpness=float(_SHARPNESSES[int(np.argmin(losses))]))


def _loss(scores_: NDArray[np.float32], right: Sequence[int]) -> float:
    """Mean negative log-likelihood."""
    shifted = scores_ - scores_.max(axis=1, keepdims=True)
    likely = shifted[np.arange(len(right)), right] - np.log(np.exp(shifted).sum(axis=1))
    return float(-likely.mean())
