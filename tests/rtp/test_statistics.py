"""Figures of reception."""

from __future__ import annotations

import pytest

from voicebot.rtp.statistics import ReceptionStatistics


def test_jitter_follows_rfc_3550() -> None:
    statistics = ReceptionStatistics(8000)
    # Arrivals in milliseconds for packets of 20 ms: deviations of 0, 10, 10 and 0 ms.
    expected = 0.0
    for index, (arrival_ms, deviation_ms) in enumerate([(0, 0), (20, 0), (50, 10), (60, 10), (80, 0)]):
        statistics.packet_arrived((2**32 - 160 + index * 160) % 2**32, arrival_ms / 1000)
        if index:
            expected += (deviation_ms - expected) / 16
    assert statistics.report(0.0).jitter_ms == pytest.approx(expected)


def test_a_restart_is_no_jitter() -> None:
    statistics = ReceptionStatistics(8000)
    statistics.packet_arrived(0, 0.0)
    statistics.stream_restarted()
    statistics.packet_arrived(3_000_000, 0.02)
    report = statistics.report(0.0)
    assert report.jitter_ms == 0.0
    assert report.source_changes == 1


def test_loss_fraction_counts_what_could_not_be_heard() -> None:
    statistics = ReceptionStatistics(8000)
    assert statistics.report(0.0).loss_fraction == 0.0
    statistics.received, statistics.lost, statistics.late, statistics.duplicated = 97, 3, 2, 5
    # 97 received: 5 repetitions, 2 late, 90 heard; 95 packets sent.
    assert statistics.report(0.0).loss_fraction == pytest.approx(5 / 95)
