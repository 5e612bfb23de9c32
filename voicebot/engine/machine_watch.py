"""Notices during a campaign's call that a machine answered: a mailbox is not talked to until it is full."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.campaigns.answering import Answerer, surely_answered_by
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import TimelineSink

MACHINE_ANSWERED = CallOutcome(result=CallResult.NO_RESPONSE, reason="a machine answered")


class MachineWatch:
    """A timeline (``ports.TimelineSink``) that tells once that the words heard so far are a machine's.

    Whoever presses a key is a person, and is not watched any longer.

    Args:
        timeline: Receives everything first.
        found: Told who it is.
    """

    __slots__ = ("_found", "_heard", "_over", "_timeline")

    def __init__(self, timeline: TimelineSink, found: Callable[[Answerer], None]) -> None:
        self._timeline = timeline
        self._found = found
        self._heard: dict[object, str] = {}  # by turn
        self._over = False

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """See ``ports.TimelineSink``."""
        self._timeline.record(track, event, at, **details)
        match event:
            case "turn" if not self._over:
                self._heard[details.get("turn_id")] = str(details.get("text", ""))
                self._judge()
            case "retract":
                self._heard.pop(details.get("turn_id"), None)
            case "key":
                self._over = True
            case _:
                pass

    def close(self) -> None:
        """See ``ports.TimelineSink``."""
        self._timeline.close()

    def _judge(self) -> None:
        who = surely_answered_by(tuple(self._heard.values()))
        if who is not Answerer.PERSON:
            self._over = True
            self._found(who)
