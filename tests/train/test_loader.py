"""Processes that make batches."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest

from models.train.errors import TrainingError
from models.train.loader import Loader
from models.train.network.batches import Batch


def _batch(number: int) -> Batch:
    numbers = np.full((1, 1), number)
    return Batch(
        features=np.zeros((1, 80, 2), np.float32),
        tokens=numbers,
        targets=numbers,
        sounds=numbers,
        sound_counts=numbers[0],
    )


def _counting() -> Callable[[int], Batch]:
    return _batch


def _failing() -> Callable[[int], Batch]:
    def fail(number: int) -> Batch:
        if number == 3:
            raise ValueError("a clip is damaged")
        return _batch(number)

    return fail


def _dying() -> Callable[[int], Batch]:
    os._exit(9)


def test_batches_come_in_order_from_the_first_on() -> None:
    with Loader(_counting, first=5, processes=2) as loader:
        numbers = [int(batch.tokens[0, 0]) for batch in islice(loader, 15)]
    assert numbers == list(range(5, 20))


def test_a_failing_process_says_why() -> None:
    with (
        Loader(_failing, first=2, processes=1) as loader,
        pytest.raises(TrainingError, match="a clip is damaged"),
    ):
        list(islice(loader, 4))


def test_a_process_that_was_ended_is_noticed() -> None:
    with (
        Loader(_dying, first=0, processes=1) as loader,
        pytest.raises(TrainingError, match=r"batches-0 ended \(exit code 9\)"),
    ):
        next(iter(loader))
