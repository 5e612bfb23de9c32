"""Campaigns and whom they call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, update

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.statements import insert_if_new
from voicebot.adapters.records.tables.campaigns import CampaignRow, TargetRow
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.errors import RecordsError
from voicebot.records.campaigns import (
    CampaignRecord,
    CampaignState,
    Priority,
    Target,
    TargetState,
    check_campaign_change,
)

_PHONE = "people.phone"


class Campaigns:
    """Campaigns by their names."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def create(
        self, name: str, *, service: str, settings: Mapping[str, Any], by: str, at: datetime
    ) -> int:
        """Make a campaign as a draft; returns its id.

        Args:
            name: Unique, at most 64 signs.
            service: Whose conversation it holds.
            settings: Its file, checked; plain JSON without personal data.
            by: Who makes it.
            at: Now.

        Raises:
            RecordsError: The name is taken, or it could not be written.
        """
        inserted = _values(name, service, settings, at)
        async with self._database.writing() as connection:
            made = insert_if_new(connection, CampaignRow).values(inserted).returning(CampaignRow.id)
            id: int | None = (await connection.execute(made)).scalar_one_or_none()
            if id is None:
                raise RecordsError(f"there is a campaign {name!r} already; choose another name")
            await write_down(connection, _entry(id, "campaign.created", by, at, {"service": service}))
            return id

    async def get(self, name: str) -> CampaignRecord | None:
        """The campaign of this name, if there is one.

        Raises:
            RecordsError: It could not be read.
        """
        found = [campaign for campaign in await self.all() if campaign.name == name]
        return found[0] if found else None

    async def all(self) -> list[CampaignRecord]:
        """All campaigns, the newest first; a city has tens of them.

        Raises:
            RecordsError: They could not be read.
        """
        query = select(
            CampaignRow.id, CampaignRow.name, CampaignRow.service, CampaignRow.state, CampaignRow.settings
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(CampaignRow.id.desc()))
            return [
                CampaignRecord(id=id, name=name, service=service, state=state, settings=settings)
                for id, name, service, state, settings in rows
            ]

    async def set_state(self, campaign_id: int, to: CampaignState, *, by: str, at: datetime) -> None:
        """Start, pause, stop or finish a campaign; a pause lets calls that are held go on.

        Raises:
            StatusNotAllowed: It cannot go there from where it is.
            RecordsError: There is no such campaign, or it could not be written.
        """
        async with self._database.writing() as connection:
            query = select(CampaignRow.state).where(CampaignRow.id == campaign_id).with_for_update()
            before = (await connection.execute(query)).scalar_one_or_none()
            if before is None:
                raise RecordsError(f"there is no campaign with the id {campaign_id}")
            check_campaign_change(before, to)
            changed = update(CampaignRow).where(CampaignRow.id == campaign_id)
            await connection.execute(changed.values(state=to, changed_at=at))
            await write_down(connection, _entry(campaign_id, "campaign.changed", by, at, {"to": to.value}))

    async def add_targets(
        self,
        campaign_id: int,
        person_ids: Sequence[int],
        *,
        due_at: datetime,
        priority: Priority = Priority.NORMAL,
    ) -> None:
        """Add people to a campaign in one transaction; who is in it already stays as they are.

        Args:
            campaign_id: The campaign.
            person_ids: Of an import, some thousand at a time.
            due_at: When they may be called first.
            priority: Who goes first among those that are due.

        Raises:
            RecordsError: A person or the campaign is not there, or it could not be written.
        """
        rows = [
            {
                "campaign_id": campaign_id,
                "person_id": person_id,
                "state": TargetState.WAITING,
                "priority": priority,
                "due_at": due_at,
                "attempts": 0,
            }
            for person_id in person_ids
        ]
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(insert_if_new(connection, TargetRow), rows)

    async def due(self, campaign_id: int, now: datetime, limit: int = 100) -> list[Target]:
        """Who may be called now: the more urgent first, then who waits longest.

        Raises:
            RecordsError: It could not be read.
        """
        targets: list[Target] = []
        async with self._database.reading() as connection:
            # One range of the index each: sorted together, all who wait for later would be walked through.
            for priority in sorted(Priority, reverse=True):
                # Spelled out, not a parameter: only then every planner sees that the index fits.
                waiting = literal(TargetState.WAITING, TargetRow.state.type, literal_execute=True)
                query = (
                    select(
                        TargetRow.id,
                        TargetRow.person_id,
                        PersonRow.phone_sealed,
                        TargetRow.attempts,
                        TargetRow.due_at,
                    )
                    .join(PersonRow, PersonRow.id == TargetRow.person_id)
                    .where(
                        TargetRow.campaign_id == campaign_id,
                        TargetRow.state == waiting,
                        TargetRow.priority == priority,
                        TargetRow.due_at <= now,
                    )
                    .order_by(TargetRow.due_at, TargetRow.id)
                    .limit(limit - len(targets))
                )
                targets += [
                    Target(
                        id=id,
                        campaign_id=campaign_id,
                        person_id=person_id,
                        phone=self._keys.open(phone, _PHONE),
                        attempts=attempts,
                        priority=priority,
                        due_at=due_at,
                    )
                    for id, person_id, phone, attempts, due_at in await connection.execute(query)
                ]
        return targets

    async def counts(self, campaign_id: int) -> dict[TargetState, int]:
        """How many people of a campaign are in each state.

        Raises:
            RecordsError: It could not be read.
        """
        query = select(TargetRow.state, func.count()).where(TargetRow.campaign_id == campaign_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.group_by(TargetRow.state))).all()
        return dict.fromkeys(TargetState, 0) | {state: count for state, count in rows}


def _values(name: str, service: str, settings: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "name": name,
        "service": service,
        "state": CampaignState.DRAFT,
        "settings": dict(settings),
        "created_at": at,
        "changed_at": at,
    }


def _entry(id: int, action: str, by: str, at: datetime, details: Mapping[str, str]) -> AuditEntry:
    return AuditEntry(at=at, actor=by, action=action, subject=f"campaign/{id}", details=details)
