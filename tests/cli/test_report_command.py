"""``voicebot report``: from the records to screen, paper and tables."""

from __future__ import annotations

from tests.cli.records_at_hand import AtHand, at_hand
from tests.week import fill
from voicebot.cli.report import app

__all__ = ["at_hand"]

BY = ("--by", "kim")
SUNDAY = "2026-11-22"


def test_a_day_on_the_terminal_and_as_json(at_hand: AtHand) -> None:
    at_hand.do(fill)
    shown = at_hand.run(app, "day", SUNDAY, *BY)
    assert shown.exit_code == 0, shown.output
    assert "사람이 전화해야 할 분" in shown.stdout and "박**" in shown.stdout
    told = at_hand.json(app, "day", SUNDAY, *BY)
    assert told["figures"]["follow_up"] == len(told["tables"]["follow_up"])
