"""The town's people, its log, and its clock."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime

import pytest

from voicebot.campaigns.clock import SEOUL
from voicebot.testing.town import Behaviour, Ring, listed, number_of, people, read_rings
from voicebot.testing.town_campaign import apart, morning
from voicebot.testing.town_clock import read_clock

LOG = """\
[{hour}:00:00.250] NOTICE[71][C-1] Ext. 01088020001: town rings 01088020001 citizen-1796086800.1
[{hour}:00:00.300] WARNING[71] something else
[{hour}:00:00.310] NOTICE[71][C-1] Ext. h: town stops 01088020001 citizen-1796086800.1
[{hour}:00:02.000] NOTICE[72][C-2] Ext. 01088000007: town rings 01088000007 citizen-1796086802.2
"""


@pytest.mark.parametrize("hour", ["2026-12-01 10", "2026-12-01 01", "2026-11-30 20"])
def test_the_log_tells_of_every_ring_in_whatever_zone(hour: str) -> None:
    first = datetime(2026, 12, 1, 10, 0, tzinfo=SEOUL).timestamp()
    assert read_rings(LOG.format(hour=hour)) == [
        Ring(number="01088020001", began_at=first + 0.25, ended_at=first + 0.31),
        Ring(number="01088000007", began_at=first + 2.0),
    ]


def test_a_number_says_what_its_owner_does() -> None:
    assert number_of(Behaviour.BUSY, 17) == "01088020017"
    with pytest.raises(ValueError, match="10000 people of a kind"):
        number_of(Behaviour.KEYS, 10_000)


def test_people_are_mixed_evenly() -> None:
    town = people({Behaviour.KEYS: 6, Behaviour.BUSY: 3, Behaviour.GONE: 1}, 100)
    assert Counter(town.values()) == {Behaviour.KEYS: 60, Behaviour.BUSY: 30, Behaviour.GONE: 10}
    assert Counter(list(town.values())[:10]) == {Behaviour.KEYS: 6, Behaviour.BUSY: 3, Behaviour.GONE: 1}
    assert len(listed(town).splitlines()) == 101


def test_the_clock_of_the_town_goes_both_ways() -> None:
    clock = morning(1_764_550_800.0, 20.0)
    assert clock.starts == datetime(2025, 12, 2, 8, 0, tzinfo=SEOUL)
    assert clock.town(1_764_550_803.0) == datetime(2025, 12, 2, 8, 1, tzinfo=SEOUL)
    assert clock.ours(clock.town(1_764_550_999.5)) == pytest.approx(1_764_550_999.5)
    assert read_clock(*clock.arguments()) == clock


def test_kills_fall_within_their_time() -> None:
    pauses = apart(random.Random(3), 5, 30.0)
    assert len(pauses) == 5 and all(pause >= 0 for pause in pauses) and sum(pauses) <= 30.0
