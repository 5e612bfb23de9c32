import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.testing.packet_log import PACKET_S, PacketLog


def _log(
    bot: list[tuple[float, float]], said: list[tuple[int, float, float]], *, until: float = 12.0
) -> PacketLog:
    """A log with the bot audible in spans of seconds, and utterances voiced in spans; packets every 20 ms."""
    log = PacketLog()
    for packet in range(round(until / PACKET_S)):
        at = packet * PACKET_S
        log.heard(any(first <= at + 1e-9 < last for first, last in bot), at + 0.007)
        for utterance, first, last in said:
            if first <= at + 1e-9 < last:
                log.sent(utterance, at)
    return log


def test_the_gap_runs_from_the_last_voiced_packet_to_the_first_audible_one() -> None:
    log = _log([(0.0, 2.0), (4.3, 6.0)], [(1, 3.0, 4.0)])
    figures = log.figures(1)
    assert figures.ended_at == pytest.approx(3.98)
    assert figures.gap_ms == pytest.approx((4.307 - 3.98) * 1000)
    assert not figures.cut_off and figures.silenced_ms is None


def test_a_click_is_no_answer() -> None:
    log = _log([(4.1, 4.12), (4.5, 5.0)], [(1, 3.0, 4.0)])
    assert log.figures(1).gap_ms == pytest.approx((4.507 - 3.98) * 1000)


def test_the_bot_in_an_inner_pause_cuts_off() -> None:
    log = _log([(0.0, 2.0), (3.8, 5.0)], [(1, 3.0, 3.4), (1, 4.4, 4.8)])
    figures = log.figures(1)
    assert figures.cut_off and figures.gap_ms is None


def test_a_bot_that_gives_way_after_cutting_off_still_answers() -> None:
    log = _log([(0.0, 2.0), (3.8, 4.5), (6.2, 8.0)], [(1, 3.0, 3.4), (1, 4.4, 5.8)])
    figures = log.figures(1)
    assert figures.cut_off and figures.gap_ms == pytest.approx((6.207 - 5.78) * 1000)


def test_an_inner_pause_that_is_respected_is_no_cut_off() -> None:
    log = _log([(0.0, 2.0), (5.0, 6.0)], [(1, 3.0, 3.4), (1, 4.4, 4.8)])
    figures = log.figures(1)
    assert not figures.cut_off and figures.gap_ms == pytest.approx((5.007 - 4.78) * 1000)


def test_barge_in_runs_from_the_onset_to_the_end_of_the_last_audible_packet() -> None:
    log = _log([(0.0, 1.24), (3.0, 4.0)], [(1, 1.0, 2.0)])
    figures = log.figures(1)
    assert figures.silenced_ms == pytest.approx((1.22 + 0.007 + PACKET_S - 1.0) * 1000)
    assert not figures.cut_off


def test_words_of_a_prompt_that_was_not_interrupted_are_one_prompt() -> None:
    log = _log([(0.0, 1.2), (1.4, 1.8), (2.0, 2.6), (5.0, 6.0)], [(1, 1.0, 1.5)])
    figures = log.figures(1)
    assert figures.silenced_ms == pytest.approx((2.58 + 0.007 + PACKET_S - 1.0) * 1000)
    assert not figures.cut_off


def test_a_reply_after_the_next_answer_began_is_not_this_answers() -> None:
    log = _log([(0.0, 1.0), (6.0, 7.0)], [(1, 2.0, 3.0), (2, 5.0, 5.5)])
    assert log.figures(1, until=5.0).gap_ms is None
    assert log.figures(2).gap_ms == pytest.approx((6.007 - 5.48) * 1000)


def test_nothing_said_has_no_figures() -> None:
    figures = _log([(0.0, 1.0)], []).figures(1)
    assert figures.started_at is None and figures.gap_ms is None and not figures.cut_off


def test_an_unanswered_utterance_has_no_gap() -> None:
    assert _log([(0.0, 1.0)], [(1, 2.0, 3.0)]).figures(1).gap_ms is None


@given(
    st.integers(0, 100),
    st.integers(10, 100),
    st.integers(5, 200),
    st.floats(0, 0.019),
)
def test_a_reply_after_any_time_is_measured_to_the_packet(
    prompt: int, answer: int, wait: int, transit_s: float
) -> None:
    log = PacketLog()
    position = 0
    for audible, packets in ((True, prompt), (False, 40), (None, answer), (False, wait), (True, 20)):
        for _ in range(packets):
            log.heard(bool(audible), position * PACKET_S + transit_s)
            if audible is None:
                log.sent(1, position * PACKET_S)
            position += 1
    assert log.figures(1).gap_ms == pytest.approx(((wait + 1) * PACKET_S + transit_s) * 1000)
