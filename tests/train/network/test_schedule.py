"""Budget, learning rate and average over the course of training."""

from __future__ import annotations

import pytest

from models.train.network.schedule import WARM_UP_STEPS, Budget, average_decay, learning_rate


def test_a_budget_of_steps_knows_no_time() -> None:
    budget = Budget(steps=200)
    assert [budget.progress(step, 1e9) for step in (0, 50, 200, 300)] == [0.0, 0.25, 1.0, 1.0]


def test_a_budget_of_hours_knows_no_steps() -> None:
    budget = Budget(hours=2.0)
    times_s = (0.0, 1800.0, 7200.0, 9000.0)
    assert [budget.progress(10**9, time_s) for time_s in times_s] == [
        0.0,
        0.25,
        1.0,
        1.0,
    ]


def test_no_hours_at_all_are_used_up_at_once() -> None:
    assert Budget(hours=0.0).progress(0, 1.0) == 1.0


@pytest.mark.parametrize("given", [{}, {"hours": 1.0, "steps": 1}])
def test_a_budget_is_either(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="either hours or steps"):
        Budget(**given)


def test_the_rate_rises_linearly_then_falls_to_zero() -> None:
    assert learning_rate(1.0, 0, 0.0) == pytest.approx(1.0 / WARM_UP_STEPS)
    assert learning_rate(1.0, WARM_UP_STEPS // 2 - 1, 0.0) == pytest.approx(0.5)
    assert learning_rate(1.0, 10**6, 0.5) == pytest.approx(0.5)
    assert learning_rate(1.0, 10**6, 1.0) == pytest.approx(0.0)


def test_the_average_forgets_the_beginning() -> None:
    assert average_decay(1, 500) < 0.2
    assert average_decay(10**6, 500) == pytest.approx(0.998)
