"""A citizen who wants a person is brought to an officer who has heard what it is about, on real Asterisks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pytest
import pytest_asyncio

from tests.acceptance.held_calls import records_of
from tests.acceptance.plain_calls import LIMIT_S, Citizen, Ear, Manager, citizen_of, manager_of
from voicebot.testing.stage import Stage, StageOptions, open_stage
from voicebot.testing.stage_call import read_timeline
from voicebot.timeline.record import Timeline

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.real_time]

CALLER = "01012345678"
RING_S = 6
JOINED_LIMIT_S = 1.0
"""From the key to each other's voice."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(asterisk_root: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A duty desk with two officers."""
    options = StageOptions(
        folder=tmp_path_factory.mktemp("handoff") / "stage",
        officers=("first", "second"),
        settings={"handoff": {"ring_s": RING_S}},
    )
    async with open_stage(options) as running:
        yield running


@dataclass
class Night:
    """One night at the duty desk: a citizen on the line, officers at their telephones."""

    stage: Stage
    telephones: Citizen
    manager: Manager
    before: frozenset[str]

    async def citizen_wants_person(self) -> tuple[str, Ear]:
        """A citizen calls, hears the bot, and presses 0."""
        caller = await self.telephones.dial("1000", CALLER)
        ear = await self.telephones.listen(caller)
        await until(lambda: len(ear.heard_at) > 20)
        await self.telephones.post(f"/channels/{caller}/dtmf", dtmf="0")
        return caller, ear

    async def rung(self, *names: str) -> tuple[str, str]:
        """Wait for a telephone of these to ring; its channel and name."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                for channel, arguments in self.telephones.arrivals.items():
                    if arguments[:1] == ["incoming"] and arguments[1] in names:
                        return channel, arguments[1]
                event = await self.telephones.events.get()
                if event["type"] == "StasisStart":
                    self.telephones.arrivals[event["channel"]["id"]] = event["args"]

    async def briefed(self, officer: str) -> Ear:
        """Let an officer pick up and hear the briefing."""
        await self.telephones.post(f"/channels/{officer}/answer")
        ear = await self.telephones.listen(officer)
        await until(lambda: len(ear.heard_at) > 100)
        return ear

    async def press(self, officer: str, key: str) -> None:
        """A key on an officer's telephone."""
        await self.telephones.post(f"/channels/{officer}/dtmf", dtmf=key)

    async def hang_up(self, channel: str) -> None:
        """A telephone is hung up."""
        await self.telephones.session.delete(f"{self.telephones.base}/channels/{channel}")

    async def stops_ringing(self, officer: str, within_s: float) -> None:
        """A telephone that was not answered is not rung any more."""
        async with asyncio.timeout(within_s):
            while True:
                event = await self.telephones.events.get()
                if event["type"] == "StasisEnd" and event["channel"]["id"] == officer:
                    return

    async def timeline(self) -> Timeline:
        """Of this night's call, once it has ended."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                for path in self.stage.timelines_so_far():
                    if path.name not in self.before and (read := read_timeline(path)).of("call_ended"):
                        return read
                await asyncio.sleep(0.1)

    async def nothing_left(self) -> None:
        """Wait until no channel is left on the engine's Asterisk."""
        async with asyncio.timeout(LIMIT_S):
            while "0 active channels" not in await self.console("core show channels count"):
                pass  # each look is a process of its own, and takes its time

    async def console(self, command: str) -> str:
        """What the engine's Asterisk prints."""
        return await self.stage.engine_asterisk.endpoints.console(command)

    async def call_back_cases(self) -> list[Mapping[str, str]]:
        """Cases that say that somebody is to be called back, the newest first."""
        async with records_of(self.stage) as records:
            cases = await records.cases.newest()
        return [case.details for case in cases if case.details.get("kind") == "call_back"]


@pytest_asyncio.fixture(loop_scope="module")
async def night(stage: Stage) -> AsyncIterator[Night]:
    """Both Asterisks at rest, before and after."""
    if stage.engine.exit_status is not None:  # a test that killed it did not come to its end
        await stage.engine.start()
    before = frozenset(path.name for path in stage.timelines_so_far())
    async with (
        manager_of(stage.engine_asterisk.endpoints) as manager,
        citizen_of(stage.citizen_asterisk.endpoints) as telephones,
    ):
        night = Night(stage, telephones, manager, before)
        yield night
        await telephones.hang_up_all()
        await night.nothing_left()


async def until(condition: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Wait for something, in steps of a packet."""
    for _ in range(int(limit_s / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {limit_s} s")


def first_after_gap(ear: Ear, since: float) -> float:
    """When the sound began that has gone on to the end: after the last hole of more than three packets."""
    heard = [at for at in ear.heard_at if at >= since]
    assert heard, "nothing was heard"
    began = heard[0]
    for earlier, later in pairwise(heard):
        if later - earlier > 0.08:
            began = later
    return began


async def test_an_officer_is_briefed_takes_the_call_and_talks_even_if_the_engine_dies(night: Night) -> None:
    _, citizen = await night.citizen_wants_person()
    officer, _ = await night.rung("first", "second")
    ear = await night.briefed(officer)
    heard_waiting = len(citizen.heard_at)
    await asyncio.sleep(4.5)
    assert len(citizen.heard_at) > heard_waiting, "the citizen hears chimes or words meanwhile"
    async with asyncio.TaskGroup() as group:
        talking = [group.create_task(citizen.talk()), group.create_task(ear.talk())]
        await asyncio.sleep(0.5)
        pressed = time.monotonic()
        await night.press(officer, "1")
        await asyncio.sleep(3.0)
        for name, listener in (("officer", ear), ("citizen", citizen)):
            joined_s = first_after_gap(listener, pressed) - pressed
            print(f"{name} hears the other {joined_s * 1000:.0f} ms after the key")
            assert joined_s < JOINED_LIMIT_S
        await night.stage.engine.kill()
        await asyncio.sleep(6.0)
        now = time.monotonic()
        for listener in (ear, citizen):
            last_second = [at for at in listener.heard_at if at > now - 1.0]
            assert len(last_second) > 25, "they talk on without the engine"
        for task in talking:
            task.cancel()
    await night.hang_up(officer)
    ended = await night.manager.event("VoicebotHangup", Caller=CALLER)
    assert ended["Cause"] == "16"
    await night.nothing_left()


async def test_who_refuses_is_followed_by_the_other(night: Night) -> None:
    caller, citizen = await night.citizen_wants_person()
    first, name = await night.rung("first", "second")
    await night.briefed(first)
    await night.press(first, "2")
    second, _ = await night.rung("second" if name == "first" else "first")
    ear = await night.briefed(second)
    await night.press(second, "1")
    timeline = await night.timeline()
    async with asyncio.TaskGroup() as group:
        talking = group.create_task(citizen.talk())
        began = time.monotonic()
        await asyncio.sleep(1.5)
        talking.cancel()
    assert len([at for at in ear.heard_at if at > began]) > 25, "the officer hears the citizen"
    assert [record.text("result") for record in timeline.of("officer_decided")] == ["refused", "taken"]
    assert timeline.of("call_ended")[0].text("result") == "handed_over"
    told, rung = timeline.of("handoff_told")[0], timeline.of("officer_rung")[0]
    assert told.details["succeeded"] is True
    assert timeline.records.index(told) < timeline.records.index(rung), "the desk knows before it rings"
    await night.hang_up(caller)
    await night.nothing_left()


async def test_nobody_answers_and_a_call_back_case_is_opened(night: Night) -> None:
    cases = len(await night.call_back_cases())
    caller, citizen = await night.citizen_wants_person()
    await night.rung("first", "second")
    await asyncio.sleep(2 * RING_S + 4)
    heard = len(citizen.heard_at)
    await until(lambda: len(citizen.heard_at) > heard + 20)  # the bot goes on
    await night.hang_up(caller)
    timeline = await night.timeline()
    assert [record.text("result") for record in timeline.of("officer_decided")] == ["no_answer"] * 2
    assert timeline.of("handoff_ended")[0].text("result") == "nobody"
    opened = await night.call_back_cases()
    assert len(opened) == cases + 1
    assert opened[0]["callback"] == CALLER
    await night.nothing_left()


async def test_a_citizen_who_hangs_up_stops_the_telephone(night: Night) -> None:
    cases = len(await night.call_back_cases())
    caller, _ = await night.citizen_wants_person()
    officer, _ = await night.rung("first", "second")
    await night.hang_up(caller)
    await night.stops_ringing(officer, within_s=RING_S - 2)
    assert (await night.timeline()).of("call_ended")[0].text("result") == "handed_over"
    assert len(await night.call_back_cases()) == cases + 1
    await night.nothing_left()


@pytest.mark.parametrize("who", ["citizen", "officer"])
async def test_who_hangs_up_in_the_moment_of_joining_leaves_no_orphan(night: Night, who: str) -> None:
    caller, _ = await night.citizen_wants_person()
    officer, _ = await night.rung("first", "second")
    await night.briefed(officer)
    await night.press(officer, "1")
    await asyncio.sleep(0.18)  # a key is a tone of 100 ms; the joining is under way
    await night.hang_up(officer if who == "officer" else caller)
    await night.timeline()
    if who == "officer":
        with contextlib.suppress(AssertionError):
            await night.hang_up(caller)
    await night.nothing_left()
