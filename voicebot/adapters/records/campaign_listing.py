"""The people of a campaign and how it stands with them, page by page, for status and export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, TargetRow
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.outcome import CallResult
from voicebot.records.campaigns import Disposition, TargetState

_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTarget:
    """One person of a campaign."""

    name: str
    phone: str
    """E.164."""
    external_id: str
    state: TargetState
    attempts: int
    due_at: datetime | None
    """When they are called next; ``None``: not any more."""
    last_at: datetime | None
    disposition: Disposition | None
    """Of the last attempt."""
    result: CallResult | None
    """Of its conversation."""


class CampaignListing:
    """Reads of a campaign as a whole.

    Args:
        database: Open.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def targets(self, campaign_id: int) -> AsyncIterator[ListedTarget]:
        """Everybody of a campaign, in the order in which they came in.

        Raises:
            RecordsError: They could not be read.
        """
        last = 0
        while True:
            async with self._database.reading() as connection:
                page, last = await self._page(connection, campaign_id, last)
            if not page:
                return
            for target in page:
                yield target

    async def waiting_people(self, campaign_id: int) -> list[int]:
        """The ids of all whom a campaign may still call.

        Raises:
            RecordsError: They could not be read.
        """
        query = (
            select(TargetRow.person_id)
            .where(TargetRow.campaign_id == campaign_id, TargetRow.state == TargetState.WAITING)
            .order_by(TargetRow.id)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def dispositions(self, campaign_id: int) -> dict[Disposition, int]:
        """How many attempts of a campaign ended in each way.

        Raises:
            RecordsError: They could not be read.
        """
        query = (
            select(AttemptRow.disposition, func.count())
            .where(AttemptRow.campaign_id == campaign_id, AttemptRow.disposition.is_not(None))
            .group_by(AttemptRow.disposition)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return {disposition: count for disposition, count in rows if disposition is not None}

    async def _page(
        self, connection: AsyncConnection, campaign_id: int, after: int
    ) -> tuple[list[ListedTarget], int]:
        query = (
            select(
                TargetRow.id,
                PersonRow.name_sealed,
                PersonRow.phone_sealed,
                PersonRow.external_id,
                TargetRow.state,
                TargetRow.attempts,
                TargetRow.due_at,
            )
            .join(PersonRow, PersonRow.id == TargetRow.person_id)
            .where(TargetRow.campaign_id == campaign_id, TargetRow.id > after)
            .order_by(TargetRow.id)
            .limit(_PAGE)
        )
        rows = (await connection.execute(query)).all()
        ends = await self._last_ends(connection, [row.id for row in rows])
        page = []
        for row in rows:
            last_at, disposition, result = ends.get(row.id, (None, None, None))
            page.append(
                ListedTarget(
                    name="" if row.name_sealed is None else self._keys.open(row.name_sealed, "people.name"),
                    phone=self._keys.open(row.phone_sealed, "people.phone"),
                    external_id=row.external_id or "",
                    state=row.state,
                    attempts=row.attempts,
                    due_at=row.due_at if row.state is TargetState.WAITING else None,
                    last_at=last_at,
                    disposition=disposition,
                    result=result,
                )
            )
        return page, (rows[-1].id if rows else after)

    async def _last_ends(
        self, connection: AsyncConnection, target_ids: list[int]
    ) -> dict[int, tuple[datetime, Disposition | None, CallResult | None]]:
        # The newest alone: who is called twice a day has hundreds of attempts after a year.
        newest_first = (AttemptRow.begun_at.desc(), AttemptRow.id)
        back = func.row_number().over(partition_by=AttemptRow.target_id, order_by=newest_first)
        attempts = (
            select(AttemptRow.id, AttemptRow.target_id, AttemptRow.begun_at, AttemptRow.disposition)
            .add_columns(back.label("back"))
            .where(AttemptRow.target_id.in_(target_ids))
            .subquery()
        )
        query = (
            select(attempts.c.target_id, attempts.c.begun_at, attempts.c.disposition, CallRow.result)
            .join_from(attempts, CallRow, CallRow.id == attempts.c.id, isouter=True)
            .where(attempts.c.back == 1)
        )
        rows = await connection.execute(query)
        return {target: (begun_at, disposition, result) for target, begun_at, disposition, result in rows}
