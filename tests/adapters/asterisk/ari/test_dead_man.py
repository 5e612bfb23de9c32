from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.asterisk.ari.fake_ari import FakeAri
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch, RefreshWheel
from voicebot.errors import AsteriskUnavailable, ChannelGone


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30).map(str)), max_size=80), st.integers(1, 6))
def test_one_round_of_the_wheel_gives_every_channel_once(steps: list[tuple[bool, str]], slots: int) -> None:
    wheel = RefreshWheel(slots)
    held: set[str] = set()
    for added, channel_id in steps:
        wheel.add(channel_id) if added else wheel.remove(channel_id)
        held = held | {channel_id} if added else held - {channel_id}
    assert len(wheel) == len(held)
    assert Counter(channel_id for _ in range(slots) for channel_id in wheel.turn()) == Counter(held)


def test_two_hundred_calls_are_spread_evenly() -> None:
    wheel = RefreshWheel(75)
    for index in range(200):
        wheel.add(str(index))
    assert {len(wheel.turn()) for _ in range(75)} == {2, 3}


class Clock:
    """Counts the rests of ``run`` and stops it after as many as a test allows.

    Args:
        overslept_s: By how much each rest is longer than asked, as on a busy machine.
    """

    def __init__(self, rests: int, overslept_s: float = 0.0) -> None:
        self._rests = rests
        self._overslept_s = overslept_s
        self.now = 0.0
        self.rested_s = 0.0
        self.stopped = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.rested_s += seconds
        self.now += seconds + self._overslept_s
        self._rests -= 1
        if self._rests <= 0:
            self.stopped.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


async def turn(switch: DeadManSwitch, clock: Clock) -> None:
    """Let the switch run as long as the clock allows, its requests to their end."""
    task = asyncio.create_task(switch.run())
    async with asyncio.timeout(5.0):
        await clock.stopped.wait()
        while switch._under_way:
            await asyncio.wait(set(switch._under_way.values()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_every_call_is_wound_up_once_a_period(fake: FakeAri, client: AriClient) -> None:
    clock = Clock(rests=75)
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    await switch.arm("a")
    await switch.arm("b")
    await turn(switch, clock)
    assert clock.rested_s == pytest.approx(1.5)
    for name in "ab":
        assert fake.times("POST", f"/channels/{name}/variable") == 2
    assert {str(asked.body) for asked in fake.asked} == {"{'variable': 'TIMEOUT(absolute)', 'value': '4'}"}


async def test_a_busy_machine_delays_no_round(fake: FakeAri, client: AriClient) -> None:
    clock = Clock(rests=30, overslept_s=0.08)  # 3 s in all: two rounds of 1.5 s
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    await switch.arm("a")
    await turn(switch, clock)
    assert fake.times("POST", "/channels/a/variable") == 3


async def test_a_long_stall_is_made_up_for_by_one_round(fake: FakeAri, client: AriClient) -> None:
    clock = Clock(rests=3, overslept_s=7.0)
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    await switch.arm("a")
    await turn(switch, clock)
    assert fake.times("POST", "/channels/a/variable") <= 1 + 3


async def test_a_channel_that_left_is_let_go(fake: FakeAri, client: AriClient) -> None:
    fake.answer("POST", "/channels/a/variable", (204, None), (409, None))
    clock = Clock(rests=225)
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    await switch.arm("a")
    await turn(switch, clock)
    assert fake.times("POST", "/channels/a/variable") == 2
    with pytest.raises(ChannelGone):
        await switch.arm("a")
    assert switch.failures == 0


async def test_a_failure_is_counted_and_tried_again(fake: FakeAri, client: AriClient) -> None:
    fake.answer("POST", "/channels/a/variable", (503, None))
    clock = Clock(rests=1)
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    with pytest.raises(AsteriskUnavailable):
        await switch.arm("a")
    await turn(switch, clock)
    assert switch.failures == 1
    assert fake.times("POST", "/channels/a/variable") == 2


async def test_a_silent_asterisk_gets_one_refresh_at_a_time_for_each_call(
    fake: FakeAri, client: AriClient
) -> None:
    clock = Clock(rests=300)
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    await switch.arm("a")
    await switch.arm("b")
    fake.hang.clear()
    task = asyncio.create_task(switch.run())
    await clock.stopped.wait()
    fake.hang.set()
    while switch._under_way:
        await asyncio.wait(set(switch._under_way.values()))
    task.cancel()
    await asyncio.wait({task})
    assert len(fake.asked) == 4


async def test_taking_the_switch_off_comes_last(fake: FakeAri, client: AriClient) -> None:
    clock = Clock(rests=1)
    switch = DeadManSwitch(client, sleep=clock.sleep, clock=lambda: clock.now)
    await switch.arm("a")
    fake.hang.clear()
    task = asyncio.create_task(switch.run())
    for _ in range(2):
        await fake.arrivals.acquire()
    off = asyncio.create_task(switch.disarm("a"))
    await asyncio.sleep(0)
    fake.hang.set()
    await off
    task.cancel()
    await asyncio.wait({task})
    assert fake.asked[-1].body == {"variable": "TIMEOUT(absolute)", "value": "0"}
    assert len(fake.asked) == 3


async def test_a_channel_that_is_gone_needs_no_switch(fake: FakeAri, client: AriClient) -> None:
    fake.answer("POST", "/channels/a/variable", (204, None), (404, None))
    switch = DeadManSwitch(client)
    await switch.arm("a")
    await switch.disarm("a")
