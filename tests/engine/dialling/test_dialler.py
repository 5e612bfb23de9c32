"""One attempt after the other: each ends in one disposition, in the hours, at the pace, by the caps."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.adapters.records.kept import Trouble
from tests.campaigns.plans import once, seoul, twice_a_day
from tests.engine.dialling.world import START, Telephone, World, silent, talks
from voicebot.adapters.records.records import Records
from voicebot.engine.dialling.dialler import Dialler
from voicebot.errors import AsteriskUnreachable, TelephonyError
from voicebot.outcome import CallResult
from voicebot.records.campaigns import CampaignState, Disposition, Priority, TargetState
from voicebot.records.people import Source

FAST = {"pace": {"at_once": 50, "per_second": 50, "keep_free": 0}}


async def _run(world: World, dialler: Dialler, seconds: float, step_s: float = 5.0) -> None:
    for _ in range(round(seconds / step_s)):
        await dialler.step()
        await world.go_on(step_s)
    await dialler.step()


async def _dispositions(records: Records, first: int = 1, people: int = 1) -> list[Disposition | None]:
    found = []
    for person in range(first, first + people):
        found += [attempt.disposition for attempt in reversed(await records.attempts.of_person(person))]
    return found


async def _state(records: Records, name: str) -> CampaignState:
    campaign = await records.campaigns.get(name)
    assert campaign is not None
    return campaign.state


@pytest.mark.parametrize(
    ("phone", "disposition", "state"),
    [
        (talks(CallResult.COMPLETED), Disposition.ANSWERED, TargetState.DONE),
        (silent(2, 17, 486), Disposition.BUSY, TargetState.WAITING),
        (silent(2, 1, 404), Disposition.INVALID_NUMBER, TargetState.EXCLUDED),
        (silent(2, 21, 603), Disposition.DECLINED, TargetState.DONE),
        (
            talks(CallResult.NO_RESPONSE, heard="전원이 꺼져 있어 연결할 수 없습니다"),
            Disposition.ANNOUNCEMENT,
            TargetState.WAITING,
        ),
        (
            talks(CallResult.NO_RESPONSE, heard="지금 거신 번호는 없는 번호입니다"),
            Disposition.ANNOUNCEMENT,
            TargetState.EXCLUDED,
        ),
        (talks(CallResult.HUNG_UP, heard="여보세요"), Disposition.ANSWERED, TargetState.WAITING),
    ],
)
async def test_an_attempt_ends_in_one_disposition(
    records: Records, phone: Telephone, disposition: Disposition, state: TargetState
) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: replace(phone))
    campaign = await world.campaign(once(**FAST), people=1)
    await _run(world, world.engine(), 60)
    assert await _dispositions(records) == [disposition]
    assert (await records.campaigns.counts(campaign))[state] == 1
    assert await records.attempts.open_ones("engine-1") == []


async def test_a_campaign_finishes_by_itself(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: talks(CallResult.COMPLETED))
    await world.campaign(once(**FAST), people=3)
    await _run(world, world.engine(), 60)
    assert await _state(records, "welfare-winter") is CampaignState.FINISHED
    assert len(world.rung) == 3


async def test_pace_and_lines_are_kept(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: talks(CallResult.COMPLETED, 600))
    await world.campaign(once(pace={"at_once": 8, "per_second": 0.5, "keep_free": 10}), people=30)
    dialler = world.engine(lines=16)
    for _ in range(100):
        await dialler.step()
        await world.go_on(1)
    assert len(world.rung) == 6  # 16 lines, of which 10 stay free
    moments = [moment for _, _, moment in world.rung]
    assert all(after - before >= timedelta(seconds=2) for before, after in pairwise(moments))


async def test_nobody_is_called_outside_the_hours(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(2, 17, 486))
    await world.campaign(once(pace={"at_once": 1, "per_second": 0.02, "keep_free": 0}), people=500)
    dialler = world.engine()
    world.now_s = (seoul("2026-12-01 11:58") - START).total_seconds()
    await _run(world, dialler, 3600, step_s=20)
    assert world.rung and max(moment for _, _, moment in world.rung) < seoul("2026-12-01 12:00")


async def test_a_pause_lets_calls_go_on_and_a_stop_takes_back_what_rings(records: Records) -> None:
    phones = [talks(CallResult.COMPLETED, 100), silent(300, 0, 487)]
    world = World(records, seed=1, behaviours=lambda chance, number: phones.pop(0))
    plan = once(pace={"at_once": 2, "per_second": 50, "keep_free": 0})
    campaign = await world.campaign(plan, people=3)
    dialler = world.engine()
    await _run(world, dialler, 20)
    await records.campaigns.set_state(campaign, CampaignState.PAUSED, by="kim", at=START)
    await _run(world, dialler, 20)
    before = len(dialler.calls)
    await records.campaigns.set_state(campaign, CampaignState.STOPPED, by="kim", at=START)
    await _run(world, dialler, 10)
    assert (before, len(dialler.calls)) == (2, 1)  # the conversation goes on
    await _run(world, dialler, 100)
    assert Counter(await _dispositions(records, people=3)) == {
        Disposition.ANSWERED: 1,
        Disposition.CANCELLED: 1,
    }


async def test_a_trunk_that_refuses_us_pauses_the_campaign(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(1, 21, 403))
    await world.campaign(once(**FAST), people=200)
    await _run(world, world.engine(), 60)
    assert await _state(records, "welfare-winter") is CampaignState.PAUSED
    assert len(world.rung) <= 50


async def test_a_network_that_fails_is_left_alone(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(1, 34, 503))
    await world.campaign(once(pace={"at_once": 5, "per_second": 5, "keep_free": 0}), people=200)
    await _run(world, world.engine(), 600, step_s=2)
    assert 3 <= len(world.rung) <= 20  # without breaker and back-off there would be more than a thousand


async def test_the_hour_that_was_asked_for_comes_before_the_others(records: Records) -> None:
    again = talks(CallResult.COMPLETED, 10, reason="later", call_again="afternoon")
    phones = [again, *[talks(CallResult.COMPLETED, 10) for _ in range(9)]]
    world = World(records, seed=1, behaviours=lambda chance, number: phones.pop(0))
    campaign = await world.campaign(once(pace={"at_once": 1, "per_second": 1, "keep_free": 0}), people=1)
    dialler = world.engine()
    await _run(world, dialler, 60)
    world.now_s = (seoul("2026-12-01 13:59") - START).total_seconds()
    await _run(world, dialler, 30)
    assert len(world.rung) == 1
    await _run(world, dialler, 60)
    assert len(world.rung) == 2 and world.rung[1][2] >= seoul("2026-12-01 14:00")
    assert (await records.campaigns.counts(campaign))[TargetState.DONE] == 1


async def test_what_a_call_has_told_is_waited_for(records: Records) -> None:
    """The database was away when the conversation ended: who asked to be called again is."""
    again = talks(CallResult.COMPLETED, 10, reason="later", call_again="afternoon")
    world = World(records, seed=1, behaviours=lambda chance, number: replace(again))
    campaign = await world.campaign(once(**FAST), people=1)
    dialler = world.engine()
    await _run(world, dialler, 10)
    trouble = Trouble(records.database)
    trouble.down = True
    await world.go_on(60)  # the call ends; all of it is in the journal alone
    trouble.down = False
    await _run(world, dialler, 60)  # the dialler is back before the journal
    assert await _dispositions(records) == [None]
    await world.write_down()
    await _run(world, dialler, 5)
    assert await _dispositions(records) == [Disposition.ANSWERED]
    assert (await records.campaigns.counts(campaign))[TargetState.WAITING] == 1
    (due,) = await records.campaigns.due(campaign, seoul("2026-12-01 14:00"), 5)
    assert due.priority is Priority.HIGH


async def test_an_opt_out_between_two_tries_is_honoured(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(2, 17, 486))
    campaign = await world.campaign(once(**FAST), people=1)
    dialler = world.engine()
    await _run(world, dialler, 60)
    await records.opt_outs.add("010-2000-0000", at=START, source=Source.STAFF)
    await _run(world, dialler, 600)
    assert len(world.rung) == 1
    assert (await records.campaigns.counts(campaign))[TargetState.EXCLUDED] == 1


async def test_three_missed_slots_in_a_row_alert_somebody(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(40, 0, 487))
    await world.campaign(twice_a_day(**FAST, retry={"no_answer": []}), people=1)
    dialler = world.engine()
    for _ in range(4 * 24 * 2 - 4):  # until 8:00 of the fifth day
        await dialler.step()
        await world.go_on(1800)
    slots = {attempt.slot for attempt in await records.attempts.of_person(1)}
    alerts = await records.alerts.unseen()
    assert len(slots) == 8 and len(alerts) == 2
    assert {alert.details["kind"] for alert in alerts} == {"not_reached"}


async def test_a_refusal_of_asterisk_is_tried_again_and_rings_nobody(records: Records) -> None:
    found: list[Telephone | TelephonyError] = [TelephonyError("no"), talks(CallResult.COMPLETED)]
    world = World(records, seed=1, behaviours=lambda chance, number: found.pop(0))
    await world.campaign(once(**FAST), people=1)
    await _run(world, world.engine(), 300)
    assert await _dispositions(records) == [Disposition.NETWORK, Disposition.ANSWERED]


async def test_a_stopping_engine_takes_back_what_rings(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(300, 0, 487))
    campaign = await world.campaign(once(**FAST), people=3)
    dialler = world.engine()
    await _run(world, dialler, 10)
    await dialler.step(place=False)
    await world.go_on(1)
    await dialler.step(place=False)
    assert not dialler.calls
    assert (await records.campaigns.counts(campaign))[TargetState.WAITING] == 3


async def test_an_asterisk_that_is_away_costs_nobody_their_call(records: Records) -> None:
    away = iter([AsteriskUnreachable("not there")] * 2)
    world = World(
        records, seed=1, behaviours=lambda chance, number: next(away, None) or talks(CallResult.COMPLETED)
    )
    await world.campaign(once(**FAST), people=3)
    await _run(world, world.engine(), 600)
    found = Counter(await _dispositions(records, people=3))
    assert found == {Disposition.NETWORK: 2, Disposition.ANSWERED: 3}


async def test_while_asterisk_cannot_be_asked_ends_are_written_and_nobody_is_called(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(20, 17, 486))
    await world.campaign(once(pace={"at_once": 1, "per_second": 50, "keep_free": 0}), people=3)
    dialler = world.engine()
    await _run(world, dialler, 5)
    world.reachable = False
    await _run(world, dialler, 120)
    assert set(await _dispositions(records, people=3)) <= {Disposition.BUSY, Disposition.NETWORK}
    assert len(world.rung) == 1 and not dialler.calls


async def test_without_events_nobody_is_called(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: talks(CallResult.COMPLETED))
    await world.campaign(once(**FAST), people=3)
    dialler = world.engine()
    dialler.disconnected()
    await _run(world, dialler, 60)
    assert not world.rung
    dialler.connected()
    await _run(world, dialler, 60)
    assert len(world.rung) == 3


async def test_an_end_that_was_never_told_is_found(records: Records) -> None:
    world = World(records, seed=1, behaviours=lambda chance, number: silent(20, 17, 486))
    await world.campaign(once(**FAST), people=1)
    dialler = world.engine()
    await _run(world, dialler, 10)
    for phone in world.telephones.values():
        phone.watched = False
    await _run(world, dialler, 60)
    assert await _dispositions(records) == [Disposition.UNKNOWN]
    assert len(world.rung) == 1


async def test_a_dialler_that_holds_nothing_stops_at_once(records: Records) -> None:
    dialler = World(records, seed=1).engine()
    stop = asyncio.Event()
    stop.set()
    await dialler.run(stop)
