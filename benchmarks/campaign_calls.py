"""Campaigns of thousands of calls through two real Asterisks, on one machine with everything else.

``python -m benchmarks.campaign_calls [--calls 5000] [--rate CALLS_A_SECOND] [--json FILE]``

Short calls: most people press a key, some are busy, hang up, or have moved away. Without ``--rate`` they are
placed faster and faster, 300 each time, and then all at the last rate that the machine bore. The town
of ``voicebot/testing/town.py`` answers; staff's own commands make and start the campaign. CPU seconds are
those of the processes themselves (proc(5), stat). ``benchmarks.campaign_show`` kills the engine on the way.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from voicebot.testing.awake import awake
from voicebot.testing.stage import Stage, StageOptions, open_stage
from voicebot.testing.town import Behaviour, people
from voicebot.testing.town_campaign import NUMBERS, TRIES, TownCampaign, apart, kill_engine, morning
from voicebot.testing.town_verdict import EXPECTED, Outage, Verdict

SHORT: Mapping[Behaviour, float] = {
    Behaviour.KEYS: 70,
    Behaviour.BUSY: 15,
    Behaviour.HANGS_UP: 10,
    Behaviour.GONE: 5,
}
"""Percent of people; busy ones and those who hang up are tried twice."""

RATES = (8.0, 12.0, 16.0, 24.0, 32.0)
"""Calls a second that are tried, one after the other."""
TRIAL_CALLS = 300
KEPT_SHARE = 0.85
"""Of the rate that was told: beneath it, the machine bears no more."""
WRONG_SHARE = 0.01
"""Of calls that may go wrong at a rate that is still called borne."""

AT_ONCE = 300
LINES = 400
CLOCK_RATE = 20.0
"""Seconds of the town in one of ours: who was busy is called again after three seconds."""
DOWN_S = 3.0
_LOOK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One campaign."""

    verdict: Verdict
    figures: dict[str, Any]


class CpuWatch:
    """CPU seconds of the engine, whatever process it is just now, and of both Asterisks."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._spent: dict[str, dict[int, float]] = {"engine": {}, "asterisk": {}, "citizens": {}}
        self._before: dict[int, float] = {}

    async def watch(self) -> None:
        """Look until cancelled: a process that is killed has told nearly all by then."""
        while True:
            self.look()
            await asyncio.sleep(_LOOK_S)

    def look(self) -> None:
        """Once."""
        stage = self._stage
        for name, pid in (
            ("engine", stage.engine.pid),
            ("asterisk", stage.engine_asterisk.endpoints.pid),
            ("citizens", stage.citizen_asterisk.endpoints.pid),
        ):
            seconds = _cpu_s(pid)
            if seconds is not None:
                # What an engine spends on its start belongs to it, but not what came before we watched.
                first = seconds if not self._spent[name] else 0.0
                self._spent[name][pid] = seconds - self._before.setdefault(pid, first)

    def seconds(self) -> dict[str, float]:
        """So far, by name."""
        self.look()
        return {name: round(sum(spent.values()), 1) for name, spent in self._spent.items()}


def _cpu_s(pid: int) -> float | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run_campaign(
    shares: Mapping[Behaviour, float], count: int, rate: float, *, kills: int = 0, seed: int = 0
) -> Run:
    """One campaign on a stage of its own.

    Args:
        shares: Of the behaviours.
        count: People.
        rate: Calls placed a second.
        kills: Of the engine.
        seed: Of the moments of the kills.
    """
    clock = morning(time.time(), CLOCK_RATE)
    with tempfile.TemporaryDirectory(prefix="voicebot-bench-") as folder:
        options = StageOptions(
            folder=Path(folder) / "stage",
            numbers=NUMBERS,
            settings={"most_calls": LINES},
            most_calls=LINES,
            officers=(),
            serve=("benchmarks.engine_at", *clock.arguments()),
        )
        async with open_stage(options) as stage:
            campaign = TownCampaign(stage=stage, clock=clock, people=people(shares, count))
            await campaign.start(at_once=AT_ONCE, per_second=rate)
            expected_s = sum(TRIES.get(who, 1) for who in campaign.people.values()) / rate
            outages: list[Outage] = []
            watch, host, began = CpuWatch(stage), HostWatch(), time.monotonic()
            watching = asyncio.create_task(watch.watch())
            killing = asyncio.create_task(_kill(stage, outages, kills, expected_s, seed))
            await campaign.finish(expected_s * 4 + 300, _Progress(count))
            watching.cancel()
            killing.cancel()
            seconds = time.monotonic() - began
            stolen, cpu = host.stolen_percent(), watch.seconds()
            verdict = await campaign.verdict(outages)
    return Run(verdict=verdict, figures=_figures(verdict, rate, seconds, cpu, stolen, outages))


def _figures(
    verdict: Verdict,
    rate: float,
    seconds: float,
    cpu: Mapping[str, float],
    stolen: float,
    outages: list[Outage],
) -> dict[str, Any]:
    ends: Counter[str] = Counter()
    for (_, disposition), number in verdict.ends.items():
        ends[disposition] += number
    wrong = len(verdict.wrong) + len(verdict.misjudged)
    return {
        "told_calls_a_second": rate,
        "calls": verdict.attempts,
        "seconds": round(seconds, 1),
        "calls_a_second": round(verdict.attempts / seconds, 2),
        "attempts_by_disposition": dict(sorted(ends.items())),
        "called_twice_or_lost": len(verdict.wrong),
        "ended_otherwise_than_expected": len(verdict.misjudged),
        "gone_wrong_percent": round(100 * wrong / max(1, verdict.attempts), 2),
        "engine_killed": len(outages),
        "touched_by_a_kill": verdict.touched,
        "telephones_rang": verdict.rings,
        "engine_cpu_s": cpu["engine"],
        "engine_cpu_ms_a_call": round(1000 * cpu["engine"] / max(1, verdict.attempts), 1),
        "asterisk_cpu_s": cpu["asterisk"],
        "asterisk_cpu_ms_a_call": round(1000 * cpu["asterisk"] / max(1, verdict.attempts), 1),
        "citizens_cpu_s": cpu["citizens"],
        "stolen_by_host_percent": stolen,
        "load_average": round(os.getloadavg()[0], 1),
    }


async def _kill(stage: Stage, outages: list[Outage], kills: int, over_s: float, seed: int) -> None:
    dice = random.Random(seed)
    for pause_s in apart(dice, kills, over_s * 0.9):
        await asyncio.sleep(pause_s)
        outages.append(await kill_engine(stage, dice.uniform(0.0, DOWN_S)))
        print(f"  killed, and back after {outages[-1].until - outages[-1].since:.1f} s", flush=True)


class _Progress:
    """One line each time another tenth of the people is done."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._told = 0

    def __call__(self, counts: Mapping[str, int]) -> None:
        """How many people there are in each state."""
        tenths = 10 * (counts["done"] + counts["excluded"]) // self._count
        if tenths > self._told:
            self._told = tenths
            print(f"  {tenths * 10} %", flush=True)


def show(run: Run, asked: Mapping[Behaviour, float], count: int) -> None:
    """The report that was expected beside the one that was found."""
    residents = Counter(people(asked, count).values())
    found: dict[Behaviour, Counter[str]] = {who: Counter() for who in residents}
    for (who, disposition), number in run.verdict.ends.items():
        found[who][disposition] += number
    print(f"{'behaviour':10} {'people':>6} {'expected attempts':24} found")
    for who, number in residents.items():
        expected = f"{EXPECTED[who][0].value} {number * TRIES.get(who, 1)}"
        ends = ", ".join(f"{disposition} {times}" for disposition, times in found[who].most_common())
        print(f"{who.name.lower():10} {number:6} {expected:24} {ends}")
    for title, lines in (("WRONG", run.verdict.wrong), ("otherwise", run.verdict.misjudged)):
        for line in lines[:20]:
            print(f"{title}: {line}")


def people_for(calls: int) -> int:
    """How many people of the short calls make so many attempts."""
    tries = sum(share * TRIES.get(who, 1) for who, share in SHORT.items()) / sum(SHORT.values())
    return round(calls / tries)


def highest_rate() -> tuple[float, list[dict[str, Any]]]:
    """The last rate that the machine bore, and what was measured at each."""
    tried: list[dict[str, Any]] = []
    best = RATES[0]
    for rate in RATES:
        print(f"{TRIAL_CALLS} calls at {rate:g} a second", flush=True)
        figures = asyncio.run(run_campaign(SHORT, people_for(TRIAL_CALLS), rate)).figures
        tried.append(figures)
        # The last busy people are waited for: what counts is what was placed while there was enough to do.
        slack_s = 60.0 / CLOCK_RATE + 10.0
        kept = figures["calls"] / max(1.0, figures["seconds"] - slack_s) >= KEPT_SHARE * rate
        if not kept or figures["gone_wrong_percent"] > 100 * WRONG_SHARE:
            break
        best = rate
    return best, tried


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--calls", type=int, default=5000, help="attempts, retries included")
    parser.add_argument("--rate", type=float, help="calls a second")
    chosen = parser.parse_args()
    with awake():
        rate, tried = (chosen.rate, []) if chosen.rate else highest_rate()
        count = people_for(chosen.calls)
        run = asyncio.run(run_campaign(SHORT, count, rate))
    show(run, SHORT, count)
    head = {"benchmark": "campaign_calls", "people": count}
    report({**head, **run.figures, "rates_tried": tried}, chosen.json)


if __name__ == "__main__":
    main()
