from __future__ import annotations

import pytest

from voicebot.adapters.asterisk.backoff import Backoff


def test_delays_double_up_to_the_ceiling_and_begin_again_after_a_success() -> None:
    backoff = Backoff(lambda: 1.0, first_s=0.1, longest_s=1.0)
    assert [backoff.next_delay_s() for _ in range(6)] == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0])
    assert backoff.attempts == 6
    backoff.reset()
    assert backoff.next_delay_s() == pytest.approx(0.1)


def test_jitter_takes_away_up_to_half() -> None:
    assert Backoff(lambda: 0.0, first_s=0.2).next_delay_s() == pytest.approx(0.1)
    assert Backoff(lambda: 0.5, first_s=0.2).next_delay_s() == pytest.approx(0.15)


def test_a_long_outage_does_not_overflow() -> None:
    backoff = Backoff(lambda: 1.0)
    assert max(backoff.next_delay_s() for _ in range(5000)) == pytest.approx(2.0)
