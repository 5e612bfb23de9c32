"""What was kept of a call, a person, a day, a campaign: one method a report."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.cases import CASES, case_of
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.reports import counting
from voicebot.adapters.records.reports.contacts import alerts_of, contacts
from voicebot.adapters.records.reports.handoffs import handoffs, steps_of
from voicebot.adapters.records.reports.people import people_by_id
from voicebot.adapters.records.reports.scope import campaign_scope, day_scope
from voicebot.adapters.records.reports.standing import standing
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow
from voicebot.adapters.records.tables.cases import CaseRow, NoteRow
from voicebot.adapters.records.tables.people import OptOutRow, PersonRow
from voicebot.campaigns.clock import at_minute
from voicebot.records.calls import CallRecord
from voicebot.records.campaigns import CampaignRecord
from voicebot.records.people import Person
from voicebot.reports.facts import (
    CallFacts,
    CampaignFacts,
    DayFacts,
    OptOut,
    PeopleCount,
    PersonFacts,
    Who,
)

_MINUTES_A_DAY = 24 * 60
_REPORT = "report"


class ReportReading:
    """Reads for the reports.

    Args:
        records: Open.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._database = records.database
        self._keys = records.database.keys

    async def day(self, day: date) -> DayFacts:
        """One day in Korea.

        Raises:
            RecordsError: It could not be read.
        """
        scope = day_scope(day, await self._records.campaigns.all())
        async with self._database.reading() as connection:
            return DayFacts(
                day=day,
                people=await counting.people_counts(connection, scope),
                in_all=await counting.people_in_all(connection, scope),
                calls=await counting.call_counts(connection, scope),
                others=await counting.other_calls(
                    connection, at_minute(day, 0), at_minute(day, _MINUTES_A_DAY)
                ),
                anomalies=await counting.anomaly_counts(connection, scope),
                handoffs=await handoffs(
                    connection, self._keys, at_minute(day, 0), at_minute(day, _MINUTES_A_DAY)
                ),
                cases=await counting.case_counts(connection, scope),
                benefits=await counting.benefit_counts(connection, scope),
                opted_out=await counting.opt_out_count(connection, scope),
                listed=await standing(connection, self._keys, scope),
            )

    async def campaign(self, campaign: CampaignRecord) -> CampaignFacts:
        """One campaign from its beginning to now.

        Raises:
            RecordsError: It could not be read.
        """
        scope = campaign_scope(campaign)
        states = await self._records.campaigns.counts(campaign.id)
        nobody = PeopleCount(campaign=campaign.name, service=campaign.service, called=0, reached=0)
        async with self._database.reading() as connection:
            people = await counting.people_counts(connection, scope)
            return CampaignFacts(
                campaign=campaign,
                states=states,
                people=people[0] if people else nobody,
                calls=await counting.call_counts(connection, scope),
                days=await counting.day_counts(connection, scope),
                anomalies=await counting.anomaly_counts(connection, scope),
                benefits=await counting.benefit_counts(connection, scope),
                opted_out=await counting.opt_out_count(connection, scope),
                listed=await standing(connection, self._keys, scope),
            )

    async def find_person(self, external_id: str) -> Person | None:
        """The person of the city's own key, if there is one.

        Raises:
            RecordsError: It could not be read.
        """
        query = select(PersonRow.id).where(PersonRow.external_id == external_id)
        async with self._database.reading() as connection:
            id = (await connection.execute(query)).scalar_one_or_none()
        return None if id is None else await self._records.people.get(id)

    async def person(self, person: Person, slots: Collection[str]) -> PersonFacts:
        """A person, and what is kept beside them.

        Args:
            person: Who it is.
            slots: Names of the answers that are told.

        Raises:
            RecordsError: It could not be read.
        """
        consents = await self._records.people.consents(person.id)
        remembered = await self._records.memory.of(person.id)
        async with self._database.reading() as connection:
            found, left_out = await contacts(connection, self._keys, person, slots)
            hashes = self._keys.hashes(person.phone)
            of_the_number = or_(CaseRow.caller_hash.in_(hashes), CaseRow.callback_hash.in_(hashes))
            theirs = or_(CaseRow.person_id == person.id, CaseRow.person_id.is_(None) & of_the_number)
            cases = await connection.execute(CASES.where(theirs).order_by(CaseRow.number.desc()))
            return PersonFacts(
                person=person,
                contacts=found,
                left_out=left_out,
                consents=tuple(consents.values()),
                opt_outs=await self._opt_outs(connection, person.phone),
                remembered=tuple(remembered),
                cases=tuple(case_of(row, self._keys) for row in cases),
            )

    async def call(self, call_id: str) -> CallFacts | None:
        """A call, if it is kept.

        Raises:
            RecordsError: It could not be read.
        """
        call = await self._records.calls.get(call_id)
        if call is None:
            return None
        async with self._database.reading() as connection:
            who = await self._who(connection, call)
            attempt = (
                await connection.execute(
                    select(AttemptRow.number, AttemptRow.slot, CampaignRow.name)
                    .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id)
                    .where(AttemptRow.id == call_id)
                )
            ).one_or_none()
            alerts = await alerts_of(connection, self._keys, [call_id])
            steps = await steps_of(connection, self._keys, [call_id])
            cases = await connection.execute(CASES.where(CaseRow.call_id == call_id).order_by(CaseRow.number))
            notes = (
                await connection.execute(
                    select(NoteRow.work, NoteRow.details_sealed)
                    .where(NoteRow.call_id == call_id)
                    .order_by(NoteRow.number)
                )
            ).all()
            return CallFacts(
                call=call,
                who=who,
                campaign=attempt.name if attempt is not None else "",
                attempt=attempt.number if attempt is not None else None,
                slot=attempt.slot if attempt is not None else "",
                alerts=alerts.get(call_id, ()),
                cases=tuple(case_of(row, self._keys) for row in cases),
                handoff=steps.get(call_id, ()),
                reports=tuple(
                    self._keys.open_details(note.details_sealed, "notes.details")
                    for note in notes
                    if note.work == _REPORT
                ),
                noted=tuple(dict.fromkeys(note.work for note in notes)),
            )

    async def _who(self, connection: AsyncConnection, call: CallRecord) -> Who:
        if call.person_id is not None:
            return (await people_by_id(connection, self._keys, [call.person_id]))[call.person_id]
        return Who(phone=call.phone, name=call.slots.get("name", ""))

    async def _opt_outs(self, connection: AsyncConnection, phone: str) -> tuple[OptOut, ...]:
        query = (
            select(OptOutRow.at, OptOutRow.source, CampaignRow.name)
            .join(CampaignRow, CampaignRow.id == OptOutRow.campaign_id, isouter=True)
            .where(OptOutRow.phone_hash.in_(self._keys.hashes(phone)))
            .order_by(OptOutRow.at)
        )
        return tuple(
            OptOut(at=at, source=source, campaign=name or "")
            for at, source, name in await connection.execute(query)
        )
