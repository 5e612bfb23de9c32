"""Whom to ring next: one at a time, everybody once, nobody for ever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.engine.handoff.policy import (
    FIRST_WORD_AFTER_S,
    LOOK_AGAIN_S,
    WAITING_WORDS,
    WORD_EVERY_S,
    GiveUp,
    Limits,
    LookAgain,
    Member,
    Presence,
    Ring,
    RingResult,
    Search,
    WaitingWords,
    staffed,
)


def member(name: str, presence: Presence = Presence.FREE, **more: float) -> Member:
    return Member(
        interface=f"PJSIP/{name}",
        presence=presence,
        penalty=int(more.get("penalty", 0)),
        last_call_s=more.get("last_call_s", 0.0),
    )


def test_the_lowest_penalty_then_the_longest_rest_is_rung_first() -> None:
    search = Search(Limits(), 100.0)
    members = [
        member("c", penalty=1),
        member("a", last_call_s=50.0),
        member("b", last_call_s=20.0),
    ]
    for name in ("b", "a", "c"):
        assert search.decide(members, 100.0) == Ring(interface=f"PJSIP/{name}", ring_s=30)
        search.ended(f"PJSIP/{name}", RingResult.NO_ANSWER)
    assert search.decide(members, 190.0) == GiveUp(reason="all_rung")


def test_a_second_round_leaves_out_who_refused() -> None:
    search = Search(Limits(rounds=2, total_s=300), 0.0)
    members = [member("a"), member("b")]
    search.ended("PJSIP/a", RingResult.REFUSED)
    search.ended("PJSIP/b", RingResult.NO_KEY)
    assert search.decide(members, 60.0) == Ring(interface="PJSIP/b", ring_s=30)
    search.ended("PJSIP/b", RingResult.FAILED)
    assert search.decide(members, 90.0) == GiveUp(reason="all_rung")


def test_who_is_talking_is_waited_for_and_who_is_away_is_not() -> None:
    search = Search(Limits(), 0.0)
    busy, away = member("a", Presence.BUSY), member("b", Presence.AWAY)
    assert search.decide([busy, away], 0.0) == LookAgain(after_s=LOOK_AGAIN_S)
    assert search.decide([away], 0.0) == GiveUp(reason="all_rung")
    assert search.decide([], 0.0) == GiveUp(reason="all_rung")
    assert staffed([busy, away]) and not staffed([away]) and not staffed([])


def test_the_last_ring_is_as_long_as_the_time_that_is_left() -> None:
    search = Search(Limits(total_s=100), 0.0)
    assert search.decide([member("a")], 80.0) == Ring(interface="PJSIP/a", ring_s=20)
    assert search.decide([member("a")], 93.0) == GiveUp(reason="limit")


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from(list(RingResult)), min_size=1, max_size=40),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_every_search_ends(results: list[RingResult], people: int, rounds: int) -> None:
    search, members = Search(Limits(rounds=rounds), 0.0), [member(str(index)) for index in range(people)]
    rung = 0
    for result in results:
        decision = search.decide(members, 0.0)
        if not isinstance(decision, Ring):
            assert decision == GiveUp(reason="all_rung")
            break
        rung += 1
        search.ended(decision.interface, result)
    assert rung <= people * rounds


def test_the_words_come_in_turn() -> None:
    words = WaitingWords(10.0)
    assert words.next_deadline() == 10.0 + FIRST_WORD_AFTER_S
    heard = []
    for _ in range(4):
        now = words.next_deadline()
        heard.append(words.take(now))
        assert words.next_deadline() == now + WORD_EVERY_S
    assert heard == [*WAITING_WORDS, WAITING_WORDS[0]]
