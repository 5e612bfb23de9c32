"""What is known of a citizen before a call, and whether they asked not to be called."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping

from sqlalchemy import select

from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.campaigns import AttemptRow
from voicebot.errors import PhoneNumberError, VoicebotError
from voicebot.records.people import ConsentKind, Fact
from voicebot.records.phone import national

logger = logging.getLogger(__name__)

_LIMIT_S = 0.4
"""Longest wait: FastAGI answers within a second, and a citizen who picked up hears the first word in half of
one. A look-up takes milliseconds."""


class RecordedAcquaintances:
    """Implements ``ports.Acquaintances``; a database in trouble means that nobody is known.

    Args:
        records: Open.
        limit_s: Longest wait for the database.
    """

    def __init__(self, records: Records, *, limit_s: float = _LIMIT_S) -> None:
        self._records = records
        self._limit_s = limit_s

    async def known_of(self, attempt_id: str) -> Mapping[str, str]:
        """``caller_id``, ``name`` and ``facts`` of the person whom an attempt called, as far as known.

        What care calls remember is left out where the person has withdrawn the consent to keep it.
        """
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._known_of(attempt_id)
        except (VoicebotError, TimeoutError) as error:
            _unknown("known_of", error)
            return {}

    async def opted_out(self, phone: str) -> bool:
        """Whether a number asked not to be called, for good."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._records.opt_outs.stands(phone)
        except PhoneNumberError:
            return False  # withheld, or an extension of the house
        except (VoicebotError, TimeoutError) as error:
            _unknown("opted_out", error)
            return False

    async def _known_of(self, attempt_id: str) -> Mapping[str, str]:
        people = self._records.people
        query = select(AttemptRow.person_id).where(AttemptRow.id == attempt_id)
        async with self._records.database.reading() as connection:
            person_id = (await connection.execute(query)).scalar_one_or_none()
            withdrawn = person_id is not None and await people.withdrew(
                connection, person_id, ConsentKind.HEALTH
            )
        person = None if person_id is None else await people.get(person_id)
        if person is None:
            return {}
        facts = [] if withdrawn else await self._records.memory.of(person.id)
        told = {
            "caller_id": "".join(filter(str.isdigit, national(person.phone))),
            "name": person.name,
            "facts": _as_text(facts),
        }
        return {name: value for name, value in told.items() if value}


def _as_text(facts: list[Fact]) -> str:
    """As ``services.care.memory.as_text`` writes them."""
    rows = [
        {"kind": fact.kind, "subject": fact.subject, "text": fact.text, "since": fact.since} for fact in facts
    ]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def _unknown(action: str, error: Exception) -> None:
    reason = str(error) or type(error).__name__
    logger.warning("nobody is known just now", extra={"action": action, "reason": reason})
