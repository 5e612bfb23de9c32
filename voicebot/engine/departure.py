"""How a call comes to its end: decided once, by whoever is first, then carried out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from voicebot.engine.line import CallLine, OfficerLine
from voicebot.errors import TelephonyError, VoicebotError
from voicebot.outcome import CallOutcome, CallResult

logger = logging.getLogger(__name__)

PEOPLE = "duty"
"""The target of a transfer that no flow asked for."""

CITIZEN_GONE = CallOutcome(result=CallResult.HUNG_UP, reason="the citizen hung up")

CITIZEN_TAKEN = CallOutcome(
    result=CallResult.HANDED_OVER, reason="Asterisk took the citizen back, to the duty queue"
)
"""The dead man's switch fell, since we hung for seconds, or the duty room took the call."""

_TAIL_S = 0.2
"""Between the last packet of the goodbye and the hang-up: what Asterisk and the telephone still hold is
heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What was decided: a hang-up, a way to a person, or that the citizen has gone."""

    outcome: CallOutcome
    transfer_to: str = ""
    officer: OfficerLine | None = None
    """Has taken the call, and is to be joined with the citizen."""
    to_mobile: bool = False
    citizen_gone: bool = False


class Departure:
    """The one decision that ends a call; later ones change nothing.

    Args:
        decided: Called when it is taken.
    """

    __slots__ = ("_decided", "decision")

    def __init__(self, decided: Callable[[], None]) -> None:
        self._decided = decided
        self.decision: asyncio.Future[Leaving] = asyncio.get_running_loop().create_future()

    @property
    def is_decided(self) -> bool:
        """Whether the call is about to end."""
        return self.decision.done()

    def leave(self, leaving: Leaving) -> None:
        """Decide how to end."""
        if not self.decision.done():
            self.decision.set_result(leaving)
            self._decided()

    def fail(self, error: Exception) -> None:
        """Something of ours broke: whoever awaits the decision gets the error."""
        if not self.decision.done():
            self.decision.set_exception(error)
            self.decision.exception()  # or, where nobody awaits it any more, the loop would complain
            self._decided()


async def leave(line: CallLine, leaving: Leaving, call_id: str) -> CallOutcome:
    """Carry the decision out.

    Raises:
        ChannelGone: The citizen hung up before the transfer.
        VoicebotError: The transfer failed.
    """
    if leaving.officer is not None:
        await line.join(leaving.officer)
    elif leaving.to_mobile:
        await line.transfer_to_mobile()
    elif leaving.transfer_to:
        await line.transfer(leaving.transfer_to)
    elif not leaving.citizen_gone:
        await asyncio.sleep(_TAIL_S)
        try:
            await line.hang_up()
        except TelephonyError as error:
            _warn("a call that is over could not be hung up", call_id, error)
    return leaving.outcome


async def rescue(line: CallLine, call_id: str) -> None:
    """Bring the citizen of a call that failed to a person."""
    try:
        await line.transfer(PEOPLE)
    except VoicebotError as error:
        _warn("a failed call could not be transferred", call_id, error)


def _warn(text: str, call_id: str, error: Exception) -> None:
    # Nobody winds up the dead man's switch of a call that is left: within seconds Asterisk takes the citizen
    # to the duty queue by itself.
    logger.warning(text, extra={"action": "leave", "call_id": call_id, "reason": str(error)})
