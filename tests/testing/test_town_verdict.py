"""The verdict on a campaign tells every way in which it can go wrong."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.outcome import CallResult
from voicebot.records.campaigns import Disposition
from voicebot.testing.town import Behaviour, Ring, number_of
from voicebot.testing.town_verdict import Outage, TownAttempt, Verdict, judge

KEYS, BUSY, OPTS_OUT = (
    number_of(behaviour, 1) for behaviour in (Behaviour.KEYS, Behaviour.BUSY, Behaviour.OPTS_OUT)
)


def attempt(
    number: str = KEYS,
    at: float = 0.0,
    disposition: Disposition | None = Disposition.ANSWERED,
    result: CallResult | None = CallResult.COMPLETED,
) -> TownAttempt:
    ended_at = None if disposition is None else at + 5.0
    return TownAttempt(number=number, began_at=at, ended_at=ended_at, disposition=disposition, result=result)


def ring(number: str = KEYS, at: float = 0.1) -> Ring:
    return Ring(number=number, began_at=at, ended_at=at + 3.0)


def verdict(
    attempts: Sequence[TownAttempt],
    rings: Sequence[Ring],
    *,
    number: str = KEYS,
    behaviour: Behaviour = Behaviour.KEYS,
    outages: Sequence[Outage] = (),
    opted_out: Sequence[str] = (),
    tries: int = 1,
) -> Verdict:
    return judge(
        people={number: behaviour},
        attempts=attempts,
        rings=rings,
        outages=outages,
        opted_out=opted_out,
        tries={behaviour: tries},
    )


def test_one_ring_in_one_attempt_is_right() -> None:
    found = verdict([attempt()], [ring()])
    assert found.wrong == found.misjudged == ()
    assert found.ends == {(Behaviour.KEYS, "answered"): 1}


def test_nobody_is_called_twice_in_one_attempt() -> None:
    found = verdict([attempt()], [ring(), ring(at=2.0)])
    assert found.wrong == (f"{KEYS} was called 2 times in one attempt",)


def test_nobody_is_called_outside_of_every_attempt() -> None:
    found = verdict([attempt()], [ring(), ring(at=60.0)])
    assert found.wrong == (f"{KEYS} rang 1 times outside of every attempt",)


def test_strangers_are_not_called() -> None:
    found = verdict([attempt()], [ring(), ring(BUSY)])
    assert found.wrong == (f"{BUSY} rang, and is nobody of the campaign",)


def test_nobody_is_lost() -> None:
    assert verdict([], []).wrong[0] == f"{KEYS} was lost: there is no attempt"
    assert f"{KEYS}: an attempt has no end" in verdict([attempt(disposition=None)], [ring()]).wrong


def test_an_attempt_that_rang_has_its_ring() -> None:
    found = verdict([attempt()], [])
    assert found.wrong == (f"{KEYS}: an attempt ended as answered, but the telephone did not ring",)


def test_what_is_unknown_may_have_rung_or_not() -> None:
    unknown = attempt(disposition=Disposition.UNKNOWN, result=None)
    outage = Outage(since=1.0, until=3.0)
    for rings in ([], [ring()]):
        found = verdict([unknown], rings, outages=[outage])
        assert found.wrong == found.misjudged == ()
        assert found.touched == 1


def test_an_attempt_that_no_outage_touched_ends_as_the_behaviour_demands() -> None:
    found = verdict([attempt(result=CallResult.HUNG_UP)], [ring()])
    assert found.misjudged == (f"{KEYS} KEYS: ended as answered hung_up, not as answered completed",)


def test_everybody_is_tried_as_often_as_the_retries_say() -> None:
    busy = attempt(BUSY, disposition=Disposition.BUSY, result=None)
    found = verdict([busy], [ring(BUSY)], number=BUSY, behaviour=Behaviour.BUSY, tries=2)
    assert found.wrong == (f"{BUSY} BUSY: tried 1 times, not 2",)


def test_opting_out_is_kept_and_ends_it() -> None:
    refused = attempt(OPTS_OUT, result=CallResult.REFUSED)
    again = attempt(OPTS_OUT, at=60.0, result=CallResult.REFUSED)
    rings = [ring(OPTS_OUT), ring(OPTS_OUT, at=61.0)]
    found = verdict([refused, again], rings, number=OPTS_OUT, behaviour=Behaviour.OPTS_OUT, tries=2)
    assert found.wrong == (
        f"{OPTS_OUT} opted out, and nobody has kept it",
        f"{OPTS_OUT} opted out, and was called again",
    )
