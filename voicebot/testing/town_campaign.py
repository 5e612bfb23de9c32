"""A campaign through a town, by the commands that staff use, with an engine that is killed on the way."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import yaml

from voicebot.adapters.records.records import Records, open_records
from voicebot.campaigns.clock import SEOUL
from voicebot.errors import VoicebotError
from voicebot.records.campaigns import CampaignState
from voicebot.records.phone import normalised
from voicebot.testing.stage import Stage
from voicebot.testing.town import FLOW, Behaviour, listed, rings, write_sounds
from voicebot.testing.town_clock import TownClock
from voicebot.testing.town_verdict import Outage, TownAttempt, Verdict, judge

NAME = "town"
NUMBER = "2000"
NUMBERS = {NUMBER: str(FLOW)}
"""Called number → flow, for ``StageOptions``."""

TRIES: Mapping[Behaviour, int] = {
    Behaviour.BUSY: 2,
    Behaviour.AWAY: 2,
    Behaviour.MAILBOX: 2,
    Behaviour.HANGS_UP: 2,
}
"""By the retries of ``plan``."""

_LOOK_S = 0.5
_ASTERISK_BACK_S = 6.0
"""After a restart of Asterisk until the engine has found it and the trunk's back-off (5 s) is over."""


def plan(*, at_once: int, per_second: float, today: date) -> dict[str, Any]:
    """A campaign's file: every behaviour is tried twice, a minute of the town apart.

    Args:
        at_once: Calls at a time.
        per_second: Calls placed a second.
        today: The campaign begins.
    """
    retry = {way: [1] for way in ("busy", "no_answer", "unreachable", "voicemail", "announcement")}
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return {
        "name": NAME,
        "service": FLOW.stem,
        "caller_id": "031-123-4000",
        "from": today.isoformat(),
        "calling_hours": [{"days": days, "hours": ["08:00-21:00"]}],
        "on_holidays": True,
        "ring_seconds": 10,
        "pace": {"at_once": at_once, "per_second": per_second, "keep_free": 0},
        "breaker": {"rest_seconds": 2},
        "retry": {**retry, "unfinished": [1], "network": [1], "most_in_all": 2},
    }


def morning(now: float, rate: float) -> TownClock:
    """Eight o'clock of tomorrow begins now: later than everything that commands write by the true clock."""
    tomorrow = datetime.fromtimestamp(now, SEOUL).date() + timedelta(days=1)
    starts = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 8, 0, tzinfo=SEOUL)
    return TownClock(starts=starts, began=now, rate=rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class TownCampaign:
    """A campaign whose people live on a stage."""

    stage: Stage
    clock: TownClock
    people: Mapping[str, Behaviour]

    async def start(self, *, at_once: int, per_second: float) -> None:
        """Create, import and start it.

        Raises:
            VoicebotError: A command refused.
        """
        await asyncio.to_thread(write_sounds, self.stage.citizen_asterisk.run_dir)
        file, list_file = self.stage.folder / "town.yaml", self.stage.folder / "town.csv"
        today = datetime.fromtimestamp(self.clock.began, SEOUL).date()
        settings = plan(at_once=at_once, per_second=per_second, today=today)
        file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
        list_file.write_text(listed(self.people), encoding="utf-8")
        await self.command("create", str(file))
        imported = json.loads(await self.command("import", NAME, str(list_file), "--json"))
        if imported["added"] != len(self.people):
            raise VoicebotError(f"{imported['added']} of {len(self.people)} people were imported")
        await self.command("start", NAME)

    async def command(self, *arguments: str) -> str:
        """``voicebot campaign …``; what it prints.

        Raises:
            VoicebotError: It failed.
        """
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "voicebot.cli.main", "campaign", *arguments),
            *("--config", str(self.stage.config)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(self.stage.environment),
        )
        printed, complained = await child.communicate()
        if child.returncode:
            raise VoicebotError(f"campaign {' '.join(arguments)}: {complained.decode(errors='replace')}")
        return printed.decode()

    async def finish(
        self, limit_s: float, told: Callable[[dict[str, int]], None] = lambda done: None
    ) -> None:
        """Wait until everybody is done.

        Args:
            limit_s: At most so long.
            told: Now and then how many people there are in each state.

        Raises:
            TimeoutError: It has not finished.
        """
        async with asyncio.timeout(limit_s), self._records() as records:
            while True:
                campaign = await records.campaigns.get(NAME)
                assert campaign is not None, "it was created"
                counts = await records.campaigns.counts(campaign.id)
                told({state.value: count for state, count in counts.items()})
                if campaign.state is CampaignState.FINISHED:
                    return
                await asyncio.sleep(_LOOK_S)

    async def verdict(self, outages: list[Outage]) -> Verdict:
        """Compare what the telephones saw with what the records hold."""
        async with self._records() as records:
            attempts = [
                attempt for number in self.people for attempt in await self._attempts(records, number)
            ]
            opted_out = {
                number for number in self.people if await records.opt_outs.stands(normalised(number))
            }
        return judge(
            people=self.people,
            attempts=attempts,
            rings=rings(self.stage.citizen_asterisk.run_dir),
            outages=outages,
            opted_out=opted_out,
            tries=TRIES,
        )

    async def _attempts(self, records: Records, number: str) -> list[TownAttempt]:
        person = await records.people.find(number)
        found = []
        for attempt in await records.attempts.of_person(person.id) if person is not None else ():
            call = await records.calls.get(attempt.id)
            outcome = None if call is None else call.outcome
            found.append(
                TownAttempt(
                    number=number,
                    began_at=self.clock.ours(attempt.begun_at),
                    ended_at=None if attempt.ended_at is None else self.clock.ours(attempt.ended_at),
                    disposition=attempt.disposition,
                    result=None if outcome is None else outcome.result,
                )
            )
        return found

    def _records(self) -> Any:
        return open_records(self.stage.records_url, self.stage.records_keys, at=datetime.now(UTC))


async def kill_engine(stage: Stage, down_s: float) -> Outage:
    """kill -9, and a new start after a while."""
    since = time.time()
    await stage.engine.kill()
    await asyncio.sleep(down_s)
    await stage.engine.start()
    return Outage(since=since, until=time.time())


async def restart_asterisk(stage: Stage) -> Outage:
    """kill -9 of the engine's Asterisk, and a new start."""
    since = time.time()
    stage.engine_asterisk.endpoints.signal(signal.SIGKILL)
    await stage.engine_asterisk.stop()  # takes the dead process's status
    await stage.engine_asterisk.start()
    return Outage(since=since, until=time.time() + _ASTERISK_BACK_S)


def apart(dice: random.Random, kills: int, over_s: float) -> list[float]:
    """Random pauses before each of some kills, together at most ``over_s`` (seconds)."""
    moments = sorted(dice.uniform(0, over_s) for _ in range(kills))
    return [after - before for before, after in zip([0.0, *moments], moments, strict=False)]
