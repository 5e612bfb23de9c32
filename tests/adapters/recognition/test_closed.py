from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.recognition.closed import grow, score

# A vocabulary of ten: 0 is the end of text, 1 a space, 2–9 letters.
END, SPACE = 0, 1
WORD_ENDS = np.array([True, True] + [False] * 8)


def step(**probabilities: float) -> npt.NDArray[np.float32]:
    """Logits of one step; tokens not named get next to nothing."""
    weights = np.full(10, 1e-12)
    for name, probability in probabilities.items():
        weights[int(name[1:])] = probability
    logits: npt.NDArray[np.float32] = np.log(weights).astype(np.float32)
    return logits


def test_an_answer_said_for_certain_takes_everything() -> None:
    tree = grow([("yes", (2, 3)), ("no", (4, 5))])
    logits = np.stack([step(t2=1.0), step(t3=1.0), step(t0=1.0)])
    assert score(tree, (2, 3, END), logits, WORD_ENDS) == pytest.approx({"yes": 1.0, "no": 0.0})


def test_an_answer_followed_by_more_words_counts() -> None:
    tree = grow([("yes", (2,)), ("no", (4, 5))])
    logits = np.stack([step(t2=1.0), step(t1=0.9, t0=0.1), step(t7=1.0), step(t0=1.0)])
    assert score(tree, (2, SPACE, 7, END), logits, WORD_ENDS)["yes"] == pytest.approx(1.0)


def test_an_answer_inside_a_longer_word_does_not_count() -> None:
    tree = grow([("yes", (2,))])
    logits = np.stack([step(t2=1.0), step(t7=0.9, t0=0.1), step(t0=1.0)])
    assert score(tree, (2, 7, END), logits, WORD_ENDS)["yes"] == pytest.approx(0.1)


def test_the_answer_that_was_almost_heard_is_credited_where_it_leaves_the_walk() -> None:
    tree = grow([("yes", (2, 3)), ("no", (4, 5))])
    logits = np.stack([step(t2=0.6, t4=0.3, t9=0.1), step(t8=0.75, t3=0.25), step(t0=1.0)])
    scores = score(tree, (2, 8, END), logits, WORD_ENDS)
    assert scores["no"] == pytest.approx(0.3)
    assert scores["yes"] == pytest.approx(0.6 * 0.25)


def test_open_speech_stays_in_the_reject_class() -> None:
    tree = grow([("yes", (2, 3)), ("no", (4, 5))])
    logits = np.stack([step(t9=0.97, t2=0.03), step(t0=1.0)])
    assert sum(score(tree, (9, END), logits, WORD_ENDS).values()) < 0.05


def test_two_answers_behind_the_same_token_share_it() -> None:
    tree = grow([("week", (2, 3)), ("month", (2, 4))])
    logits = np.stack([step(t9=0.6, t2=0.4), step(t0=1.0)])
    assert score(tree, (9, END), logits, WORD_ENDS) == pytest.approx({"week": 0.2, "month": 0.2})


def test_the_longer_of_two_answers_wins_where_it_is_said() -> None:
    tree = grow([("right", (2,)), ("right leg", (2, SPACE, 3))])
    logits = np.stack([step(t2=1.0), step(t1=1.0), step(t3=0.9, t5=0.1), step(t0=1.0)])
    scores = score(tree, (2, SPACE, 3, END), logits, WORD_ENDS)
    assert scores == pytest.approx({"right": 0.1, "right leg": 0.9})


def test_the_shorter_answer_keeps_what_the_longer_one_is_not_said_with() -> None:
    tree = grow([("right", (2,)), ("right leg", (2, SPACE, 3))])
    logits = np.stack([step(t2=1.0), step(t1=1.0), step(t5=1.0), step(t0=1.0)])
    assert score(tree, (2, SPACE, 5, END), logits, WORD_ENDS) == pytest.approx(
        {"right": 1.0, "right leg": 0.0}
    )


def test_label_smoothing_does_not_make_long_forms_improbable() -> None:
    tree = grow([("yes", tuple([2] * 12))])
    smoothed = np.log(np.array([0.006] * 2 + [0.95] + [0.006] * 7)).astype(np.float32)
    ending = np.log(np.array([0.95] + [0.005] * 9)).astype(np.float32)
    logits = np.stack([smoothed] * 12 + [ending])
    assert score(tree, (*[2] * 12, END), logits, WORD_ENDS)["yes"] == pytest.approx(1.0)


def test_forms_without_tokens_are_left_out() -> None:
    assert score(grow([("yes", ())]), (END,), np.stack([step(t0=1.0)]), WORD_ENDS) == {}


@given(
    forms=st.lists(
        st.tuples(st.sampled_from("abc"), st.lists(st.integers(1, 9), min_size=1, max_size=4)), max_size=8
    ),
    path=st.lists(st.integers(1, 9), max_size=6),
    seed=st.integers(0, 10_000),
    cut=st.booleans(),
)
def test_scores_are_probabilities(
    forms: list[tuple[str, list[int]]], path: list[int], seed: int, cut: bool
) -> None:
    logits = np.random.default_rng(seed).normal(0.0, 2.0, (len(path) + 1, 10)).astype(np.float32)
    scores = score(grow(forms), path if cut else [*path, END], logits, WORD_ENDS)
    assert set(scores) == {answer for answer, _ in forms}
    assert all(value >= -1e-9 for value in scores.values())
    assert sum(scores.values()) <= 1.0 + 1e-9
