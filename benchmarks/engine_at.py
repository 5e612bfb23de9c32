"""The engine as ``voicebot serve`` starts it, but its campaigns call by a clock of the caller's choice.

``python -m benchmarks.engine_at STARTS BEGAN RATE --config FILE`` (see ``voicebot/testing/town_clock.py``):
so that campaigns can be measured and tested at night, and their waits of minutes last seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from voicebot.cli.logs import write_logs
from voicebot.cli.serve import serve_calls
from voicebot.config import load_settings
from voicebot.testing.town_clock import read_clock


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("starts", "began", "rate"):
        parser.add_argument(name)
    parser.add_argument("--config", type=Path, required=True)
    chosen = parser.parse_args()
    clock = read_clock(chosen.starts, chosen.began, chosen.rate)
    write_logs()
    asyncio.run(serve_calls(load_settings(chosen.config), lambda: clock.town(time.time())))


if __name__ == "__main__":
    main()
