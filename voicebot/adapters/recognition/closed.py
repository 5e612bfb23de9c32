"""How probable each answer of a closed question is, from the free decode itself.

The greedy decode is one walk through all texts the model can write, and at each step it tells the
probability of every other step. The spoken forms of the answers are a tree over the same tokens, so walking
both together gives the probability that the text begins with each form, without decoding again:

* where a form ends on the walk, it is credited with the probability that its word ends there;
* where a form leaves the walk, it is credited with the probability of its next token, an upper bound of its
  own (what the model would say of its later tokens is not known, but all such bounds share what the walk
  left over);
* the rest, the text that begins with no form, is the reject class: noise and open speech stay there instead
  of being forced into an answer. So the scores sum to at most 1.

Each step keeps only the tokens that are plausible there, at least 2 % of the best (min-p truncation, Nguyen
et al. 2024): label smoothing spreads 5 % over the whole vocabulary at every step of a trained model, which
would make every long form improbable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

PLAUSIBLE_SHARE = 0.02


@dataclass(slots=True)
class AnswerTree:
    """Spoken forms as a tree of tokens."""

    children: dict[int, AnswerTree] = field(default_factory=dict)
    ending: set[str] = field(default_factory=set)
    """Answers of which a form ends here."""
    beneath: set[str] = field(default_factory=set)
    """Answers of which a form ends here or further on."""


def grow(forms: Iterable[tuple[str, Sequence[int]]]) -> AnswerTree:
    """The tree of ``(answer, tokens of a spoken form)`` pairs; forms without tokens are left out."""
    root = AnswerTree()
    for answer, tokens in forms:
        if not tokens:
            continue
        root.beneath.add(answer)
        node = root
        for token in tokens:
            node = node.children.setdefault(token, AnswerTree())
            node.beneath.add(answer)
        node.ending.add(answer)
    return root


def score(
    tree: AnswerTree,
    path: Sequence[int],
    logits: npt.NDArray[np.float32],
    word_ends: npt.NDArray[np.bool_],
) -> Mapping[str, float]:
    """Probability that the text begins with a form of each answer.

    Args:
        tree: The forms, from ``grow``.
        path: The decoded tokens, end of text included when it was reached.
        logits: Shape ``[len(path) or fewer, vocabulary]``: the distribution from which each was chosen.
        word_ends: Shape ``[vocabulary]``: tokens that show that the word before them was complete.

    Returns:
        Every answer of the tree with its probability; together at most 1.
    """
    scores = dict.fromkeys(tree.beneath, 0.0)
    node = tree
    mass = 1.0
    complete: set[str] = set()  # the answer whose form ended at the last word boundary that the walk crossed
    for token, step in zip(path, logits, strict=False):
        probabilities = _plausible(step)
        left = mass
        for child, subtree in node.children.items():
            if child != token:
                left -= _credit(scores, subtree.beneath, mass * float(probabilities[child]))
        onward = mass * float(probabilities[token])
        goes_on = token in node.children
        if goes_on:
            left -= onward
        if node.ending:
            ended = _ending_mass(node, probabilities, word_ends) * mass
            left -= _credit(scores, node.ending, ended)
        _credit(scores, complete, left)
        if not goes_on:
            return scores
        if node.ending and word_ends[token]:
            complete = node.ending
        node = node.children[token]
        mass = onward
    # The decode stopped inside the tree (its cap): what it reached is all that is known.
    _credit(scores, node.ending or complete, mass)
    return scores


def _ending_mass(
    node: AnswerTree, probabilities: npt.NDArray[np.float64], word_ends: npt.NDArray[np.bool_]
) -> float:
    """Probability that the word ends after ``node``, but for the ways on which a longer form may follow."""
    ended = float(probabilities[word_ends].sum())
    return ended - sum(float(probabilities[child]) for child in node.children if word_ends[child])


def _credit(scores: dict[str, float], answers: set[str], mass: float) -> float:
    """Share ``mass`` evenly among ``answers`` and say how much was given."""
    if not answers or mass <= 0.0:
        return 0.0
    for answer in answers:
        scores[answer] += mass / len(answers)
    return mass


def _plausible(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Probabilities over the tokens that are plausible, summing to 1."""
    weights = np.exp(logits.astype(np.float64) - float(logits.max()))
    weights[weights < PLAUSIBLE_SHARE] = 0.0
    return np.asarray(weights / weights.sum())
