from itertools import pairwise

import pytest

from voicebot.testing.line import DTX_HANGOVER_PACKETS, SendingLine
from voicebot.testing.packet_log import PACKET_S
from voicebot.testing.persona import Line


def _times(line: Line, seed: int = 1, count: int = 5000) -> list[float | None]:
    shaped = SendingLine(line, seed)
    return [shaped.leaves_at(packet * PACKET_S) for packet in range(count)]


def test_a_good_line_sends_everything_at_once() -> None:
    assert _times(Line(), count=50) == [packet * PACKET_S for packet in range(50)]
    shaped = SendingLine(Line(), 1)
    assert all(shaped.sends(True) for _ in range(100))


def test_loss_is_what_was_asked_and_the_same_for_the_same_seed() -> None:
    times = _times(Line(loss=0.05))
    assert times.count(None) / len(times) == pytest.approx(0.05, abs=0.01)
    assert times == _times(Line(loss=0.05))
    assert times != _times(Line(loss=0.05), seed=2)


def test_jitter_is_late_by_no_more_than_its_limit_and_keeps_the_order() -> None:
    times = [at for at in _times(Line(jitter_ms=120)) if at is not None]
    late = [at - packet * PACKET_S for packet, at in enumerate(times)]
    assert min(late) >= 0 and 0.1 < max(late) <= 0.12 + 1e-9
    assert times == sorted(times)


def test_reordered_packets_leave_after_the_next_one() -> None:
    times = [at for at in _times(Line(reorder=0.1)) if at is not None]
    overtaken = sum(first > second for first, second in pairwise(times))
    assert overtaken / len(times) == pytest.approx(0.1, abs=0.02)


def test_switching_jitter_on_loses_the_same_packets() -> None:
    lost = [at is None for at in _times(Line(loss=0.1))]
    assert lost == [at is None for at in _times(Line(loss=0.1, jitter_ms=50))]


def test_dtx_sends_a_hangover_and_then_nothing_until_speech() -> None:
    shaped = SendingLine(Line(dtx=True), 1)
    sent = [shaped.sends(silent) for silent in [False] * 5 + [True] * 50 + [False] * 5]
    assert sent[: 5 + DTX_HANGOVER_PACKETS] == [True] * (5 + DTX_HANGOVER_PACKETS)
    assert not any(sent[5 + DTX_HANGOVER_PACKETS : 55]) and all(sent[55:])


def test_a_phone_with_dtx_is_quiet_from_the_start() -> None:
    assert not SendingLine(Line(dtx=True), 1).sends(True)
