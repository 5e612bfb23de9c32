"""Numbers that must not be called: of one campaign, or for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.statements import insert_if_new
from voicebot.adapters.records.tables.people import OptOutRow
from voicebot.records.people import Source
from voicebot.records.phone import normalised

_PHONE = "opt_outs.phone"


class OptOuts:
    """Numbers that are not called any more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def add(
        self,
        phone: str,
        *,
        at: datetime,
        source: Source,
        campaign_id: int | None = None,
        call_id: str = "",
        by: str = "",
    ) -> None:
        """Never call a number again: for one campaign, or for good. A second time changes nothing.

        Args:
            phone: However it was written.
            at: Now.
            source: Where the wish came from.
            campaign_id: Of this one alone.
            call_id: The call in which it was said.
            by: The officer who writes it down, for the audit.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: It could not be written: tell the person that staff will see to it.
        """
        async with self._database.writing() as connection:
            await self.put(connection, phone, at=at, source=source, campaign_id=campaign_id, call_id=call_id)
            if by:
                await write_down(
                    connection,
                    AuditEntry(at=at, actor=by, action="opt_out.added", subject="opt_out", details={}),
                )

    async def put(
        self,
        connection: AsyncConnection,
        phone: str,
        *,
        at: datetime,
        source: Source,
        campaign_id: int | None = None,
        call_id: str = "",
    ) -> None:
        """The same as ``add``, in a transaction that is open already."""
        number = normalised(phone)
        if await self._among(connection, [number], campaign_id, only=True):
            return  # perhaps under an older key
        await connection.execute(
            insert_if_new(connection, OptOutRow).values(
                phone_hash=self._keys.hashed(number),
                phone_sealed=self._keys.seal(number, _PHONE),
                campaign_id=campaign_id,
                at=at,
                source=source,
                call_id=call_id,
            )
        )

    async def withdraw(self, phone: str, *, by: str, at: datetime, campaign_id: int | None = None) -> bool:
        """Take back an opt-out that was a mistake, or that the person has taken back; whether there was one.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: It could not be written.
        """
        hashes = self._keys.hashes(normalised(phone))
        scope = OptOutRow.campaign_id.is_(None) if campaign_id is None else _of(campaign_id)
        async with self._database.writing() as connection:
            gone = delete(OptOutRow).where(OptOutRow.phone_hash.in_(hashes), scope).returning(OptOutRow.id)
            ids = (await connection.execute(gone)).scalars().all()
            for id in ids:
                entry = AuditEntry(
                    at=at, actor=by, action="opt_out.withdrawn", subject=f"opt_out/{id}", details={}
                )
                await write_down(connection, entry)
            return bool(ids)

    async def stands(self, phone: str, campaign_id: int | None = None) -> bool:
        """Whether a number opted out for good, or of this campaign.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: It could not be read: do not call.
        """
        return bool(await self.among([normalised(phone)], campaign_id))

    async def among(self, numbers: Sequence[str], campaign_id: int | None = None) -> set[str]:
        """Those of some numbers that opted out, in one query.

        Args:
            numbers: E.164, at most a few hundred.
            campaign_id: Opt-outs of this campaign count as well.

        Raises:
            RecordsError: It could not be read: call none of them.
        """
        async with self._database.reading() as connection:
            return await self._among(connection, numbers, campaign_id)

    async def _among(
        self,
        connection: AsyncConnection,
        numbers: Sequence[str],
        campaign_id: int | None,
        *,
        only: bool = False,
    ) -> set[str]:
        by_hash = {hashed: number for number in numbers for hashed in self._keys.hashes(number)}
        for_good = OptOutRow.campaign_id.is_(None)
        if campaign_id is None:
            scope: ColumnElement[bool] = for_good
        else:
            scope = _of(campaign_id) if only else or_(for_good, _of(campaign_id))
        query = select(OptOutRow.phone_hash).where(OptOutRow.phone_hash.in_(by_hash), scope)
        return {by_hash[hashed] for hashed in (await connection.execute(query)).scalars()}


def _of(campaign_id: int) -> ColumnElement[bool]:
    return OptOutRow.campaign_id == campaign_id
