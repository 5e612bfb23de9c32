"""What was said in a call, exchange by exchange, taken from what its timeline is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voicebot.ports import TimelineSink
from voicebot.records.calls import Turn

SAID, KEYS, SILENT, NOTHING_ASKED = "said", "keys", "silent", "nothing_asked"
"""Of an answer; the last one is of the words at the end of a call, which nobody answers."""


@dataclass(slots=True)
class _Exchange:
    at: float | None = None
    """Monotonic seconds at which the first prompt, or else the answer, began."""
    prompts: list[str] = field(default_factory=list)
    status: str = ""
    heard: str = ""
    turn_id: object = None
    answered_at: float = 0.0
    voice_ended_at: float | None = None
    audible_at: float | None = None
    """When the bot began to answer."""

    @property
    def gap_ms(self) -> int | None:
        """Last voiced sample → first audible sample of the answer."""
        if self.status != SAID or self.voice_ended_at is None or self.audible_at is None:
            return None
        return max(0, round((self.audible_at - self.voice_ended_at) * 1000))


class ExchangeNotes:
    """A timeline (``ports.TimelineSink``) that tells each exchange as soon as nothing can change it any more.

    An answer may be taken back while the bot already speaks, so an exchange is over when the next one has its
    answer, or at the end of the call.

    Args:
        timeline: Receives everything as well.
        tell: Told of each exchange, in their order.
        began_at: Monotonic seconds at which the call began.
    """

    def __init__(self, timeline: TimelineSink, tell: Callable[[Turn], None], began_at: float) -> None:
        self._timeline = timeline
        self._tell = tell
        self._began_at = began_at
        self._told = 0
        self._voice_ended_at: float | None = None
        self._answered: _Exchange | None = None
        """Has its answer, and may still lose it."""
        self._open = _Exchange()
        """Waits for its answer."""

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """See ``ports.TimelineSink``."""
        self._timeline.record(track, event, at, **details)
        match event:
            case "prompt":
                self._open.at = at if self._open.at is None else self._open.at
                self._open.prompts.append(str(details.get("text", "")))
            case "audible_started":
                if self._answered is not None and self._answered.audible_at is None:
                    self._answered.audible_at = at
            case "voice_ended":
                self._voice_ended(at)
            case "turn":
                self._answer(SAID, str(details.get("text", "")), at, details.get("turn_id"))
            case "retract":
                self._take_back(details.get("turn_id"))
            case "key":
                self._key(str(details.get("key", "")), at)
            case "decision" if details.get("action") == "silence":
                self._answer(SILENT, "", at, None)
            case _:
                pass

    def close(self) -> None:
        """See ``ports.TimelineSink``."""
        self._over(self._answered)
        if self._open.prompts:
            self._open.status = NOTHING_ASKED
            self._over(self._open)
        self._timeline.close()

    def _voice_ended(self, at: float) -> None:
        """The end of a voice is known a little later than the answer that it ended."""
        if self._answered is not None and at <= self._answered.answered_at:
            self._answered.voice_ended_at = at
        else:
            self._voice_ended_at = at

    def _answer(self, status: str, heard: str, at: float, turn_id: object) -> None:
        if status == SILENT and not self._open.prompts:
            return  # nothing was asked since the last answer
        self._over(self._answered)
        done, self._open = self._open, _Exchange()
        done.at = at if done.at is None else done.at
        done.status, done.heard, done.turn_id, done.answered_at = status, heard, turn_id, at
        done.voice_ended_at, self._voice_ended_at = self._voice_ended_at, None
        self._answered = done

    def _key(self, key: str, at: float) -> None:
        answered = self._answered
        if answered is not None and answered.status == KEYS and not self._open.prompts:
            answered.heard += key
        else:
            self._answer(KEYS, key, at, None)

    def _take_back(self, turn_id: object) -> None:
        answered = self._answered
        if answered is None or answered.turn_id != turn_id:
            return
        self._answered = None
        # What the bot has said meanwhile was heard too, and the citizen goes on answering.
        self._open = _Exchange(at=answered.at, prompts=answered.prompts + self._open.prompts)

    def _over(self, exchange: _Exchange | None) -> None:
        if exchange is None:
            return
        self._told += 1
        at = self._began_at if exchange.at is None else exchange.at
        self._tell(
            Turn(
                number=self._told,
                at_ms=max(0, round((at - self._began_at) * 1000)),
                prompt=" ".join(filter(None, exchange.prompts)),
                heard=exchange.heard,
                status=exchange.status,
                gap_ms=exchange.gap_ms,
            )
        )
