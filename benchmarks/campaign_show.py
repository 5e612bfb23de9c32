"""The show: a campaign over thousands of people of every behaviour, whose engine is killed on the way.

``python -m benchmarks.campaign_show [--people 2000] [--kills 5] [--rate 4] [--seed N] [--json FILE]``

Prints the report that was expected beside the one that was found. The exit status is 1 if anybody was called
twice in one attempt, or lost, or an opt-out was not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.campaign_calls import run_campaign, show
from benchmarks.media_capacity import report
from voicebot.testing.awake import awake
from voicebot.testing.town import Behaviour

MIXED: Mapping[Behaviour, float] = {
    Behaviour.KEYS: 45,
    Behaviour.AWAY: 15,
    Behaviour.BUSY: 12,
    Behaviour.HANGS_UP: 8,
    Behaviour.GONE: 6,
    Behaviour.MAILBOX: 5,
    Behaviour.VOICE: 5,
    Behaviour.OPTS_OUT: 4,
}
"""Percent of people of the show."""

RATE = 4.0
"""Calls a second: a campaign of a city would place one or two."""


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--rate", type=float, default=RATE, help="calls a second")
    parser.add_argument("--seed", type=int, help="of the kills; a new one if it is left out")
    chosen = parser.parse_args()
    seed = chosen.seed or random.SystemRandom().randrange(1, 1_000_000)
    print(f"--seed {seed}", flush=True)
    with awake():
        run = asyncio.run(run_campaign(MIXED, chosen.people, chosen.rate, kills=chosen.kills, seed=seed))
    show(run, MIXED, chosen.people)
    head = {"benchmark": "campaign_show", "people": chosen.people, "seed": seed}
    report({**head, **run.figures}, chosen.json)
    sys.exit(1 if run.verdict.wrong else 0)


if __name__ == "__main__":
    main()
