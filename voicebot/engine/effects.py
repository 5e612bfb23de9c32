"""What a conversation does outside of itself: work, transfer, hang-up.

What the answer to a turn says is spoken at once, but what it does outside waits while the turn may still be
taken back. The call is left only when everything has been said.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Protocol, assert_never

from voicebot.dialogue import actions as do
from voicebot.dialogue import events as told
from voicebot.errors import VoicebotError
from voicebot.outcome import CallOutcome
from voicebot.ports import CaseDesk

logger = logging.getLogger(__name__)

Effect = do.Do | do.Transfer | do.HangUp


class Line(Protocol):
    """What a conversation may do with the telephone line."""

    def transfer(self, target: str, reason: str) -> None:
        """Bring the citizen to a person; the call then leaves the engine."""
        ...

    def hang_up(self, outcome: CallOutcome) -> None:
        """End the call."""
        ...


class Effects:
    """The effects of one conversation, in the order in which they were asked for.

    Args:
        call_id: Names the call to the desk.
        desk: Does the work.
        line: Transfer and hang-up.
        spawn_work: Starts work; what was begun is finished even if the call ends meanwhile.
        worked: Told of each result.
        quiet: Whether everything asked for has been said.
        record: Writes to the timeline: track, event and details.
    """

    __slots__ = (
        "_call_id",
        "_desk",
        "_held",
        "_last",
        "_line",
        "_quiet",
        "_record",
        "_spawn_work",
        "_worked",
    )

    def __init__(
        self,
        *,
        call_id: str,
        desk: CaseDesk,
        line: Line,
        spawn_work: Callable[[Coroutine[object, object, None]], object],
        worked: Callable[[told.WorkFinished], None],
        quiet: Callable[[], bool],
        record: Callable[..., None],
    ) -> None:
        self._call_id = call_id
        self._desk = desk
        self._line = line
        self._spawn_work = spawn_work
        self._worked = worked
        self._quiet = quiet
        self._record = record
        self._held: list[Effect] | None = None
        self._last: do.Transfer | do.HangUp | None = None

    @property
    def outcome(self) -> CallOutcome | None:
        """The end that the flow has reached while the goodbye may still be playing, if there is one."""
        return self._last.outcome if isinstance(self._last, do.HangUp) else None

    def hold(self) -> None:
        """A turn was committed that may be taken back: from here on everything waits."""
        self._held = []

    def drop(self) -> None:
        """The turn was taken back, and with it all that waited."""
        self._held = None

    def settle(self) -> None:
        """The turn stands: what waited happens now."""
        held, self._held = self._held, None
        for effect in held or ():
            self.take(effect)

    def take(self, effect: Effect) -> None:
        """Let an effect happen, as soon as it may."""
        if self._held is not None:
            self._held.append(effect)
            return
        match effect:
            case do.Do():
                self._spawn_work(self._work(effect))
            case do.Transfer() | do.HangUp():
                self._last = effect
                self.leave_when_quiet()
            case _:
                assert_never(effect)

    def leave_when_quiet(self) -> None:
        """Leave the call, if that was asked for and everything has been said."""
        if self._last is None or not self._quiet():
            return
        last, self._last = self._last, None
        match last:
            case do.Transfer():
                self._line.transfer(last.target, last.reason)
            case do.HangUp():
                self._line.hang_up(last.outcome)
            case _:
                assert_never(last)

    def close(self) -> None:
        """The call is over: work that waited for the open turn is begun, but nobody is left to be moved."""
        held, self._held = self._held, None
        for effect in held or ():
            if isinstance(effect, do.Do):
                self._spawn_work(self._work(effect))
            else:
                self._last = effect

    async def _work(self, work: do.Do) -> None:
        result: Mapping[str, str] = {}
        succeeded, reason = False, ""
        try:
            result = await self._desk.perform(self._call_id, work.name, work.arguments)
            succeeded = True
        except VoicebotError as error:
            reason = str(error)
        except Exception as error:
            # A desk is a port, and may raise anything: the flow has a branch for work that failed.
            logger.exception("work failed", extra={"action": work.name, "call_id": self._call_id})
            reason = type(error).__name__
        self._record(
            "engine", "work", name=work.name, succeeded=succeeded, result=dict(result), reason=reason
        )
        self._worked(told.WorkFinished(name=work.name, succeeded=succeeded, result=result))
