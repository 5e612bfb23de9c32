"""From a call to what staff read of it: what was asked of the desk is noted, and told in the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from voicebot.dialogue.actions import Do
from voicebot.ports import CaseDesk

logger = logging.getLogger(__name__)

_LIMIT_S = 10.0
"""Longest wait for the desk, as for other work that is left when a call is over (``works``)."""


class NotingDesk:
    """A desk that remembers what one call asked of it (``ports.CaseDesk``)."""

    def __init__(self, desk: CaseDesk) -> None:
        self._desk = desk
        self.asked: list[Do] = []
        """In order."""
        self.done: list[str] = []
        """Names of the works that succeeded, in order."""

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Note the work, and let the desk do it."""
        self.asked.append(Do(name=name, arguments=dict(arguments)))
        result = await self._desk.perform(call_id, name, arguments)
        self.done.append(name)
        return result


async def file_report(desk: CaseDesk, call_id: str, details: Mapping[str, str]) -> bool:
    """Give a report to the desk; whether it was taken. A report that is not taken costs no call."""
    try:
        await asyncio.wait_for(desk.perform(call_id, "report", details), _LIMIT_S)
    except Exception:
        # A desk is a port, and may raise anything; the timeline still holds the report.
        logger.exception("a report was not taken", extra={"action": "report", "call_id": call_id})
        return False
    return True
