"""Turns events into short messages to citizens: before a call, after a missed one, and as their case goes on.

Theory of operation
    It is a receiver of the outbox like any other, so a message is as little lost as an event, and its id is
    the event's. Whom it goes to and what it says is looked up when it is sent: no telephone number waits in
    the outbox, and who opted out a moment ago gets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voicebot.adapters.records.records import Records
from voicebot.events.message import ATTEMPT, CASE, PRE_NOTICE, Message
from voicebot.events.verdict import Delivered, Refused, Verdict
from voicebot.messages.citizen import composed
from voicebot.messages.template import Template
from voicebot.ports import MessageGateway
from voicebot.records.campaigns import Disposition
from voicebot.records.cases import number_in
from voicebot.records.status import CaseStatus

MISSED = frozenset({Disposition.NO_ANSWER, Disposition.BUSY, Disposition.VOICEMAIL, Disposition.UNREACHABLE})
"""The telephone is the person's and nobody spoke. Who declined has seen the number and chosen."""

MISSED_CALL_FRESH = timedelta(hours=12)
"""Later than this "we have just called" is no help any more."""

_MOBILE = "+821"
"""Only mobile telephones show messages: 010 and the older 011 to 019."""

PURPOSES = {"care": "안부 전화", "welfare": "복지 안내 전화"}
"""Service → what the citizen is told that the call is for; a campaign's ``purpose`` goes before it."""
_OTHER_PURPOSE = "안내 전화"
_WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """How the city shows itself in a message, and when."""

    name: str
    number: str
    from_hour: int
    to_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addressed:
    template: str
    phone: str
    values: Mapping[str, str]
    campaign_id: int | None = None


class Messenger:
    """Implements ``ports.EventSender``: "delivered" is also what needs no message.

    Args:
        records: Open.
        gateway: Takes the messages.
        templates: By their names.
        city: Who writes.
        now: Wall clock in the city's time zone.
    """

    def __init__(
        self,
        records: Records,
        gateway: MessageGateway,
        templates: Mapping[str, Template],
        city: City,
        now: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._gateway = gateway
        self._templates = templates
        self._city = city
        self._now = now

    @property
    def ready(self) -> bool:
        """Whether it is a time of day at which citizens are written to."""
        return self._city.from_hour <= self._now().hour < self._city.to_hour

    async def send(self, message: Message) -> Verdict:
        """Give the gateway what an event is worth telling a citizen.

        Raises:
            RecordsError: The person or case could not be looked up.
        """
        match message.topic:
            case _ if message.topic == CASE:
                addressed = await self._of_case(message.payload)
            case _ if message.topic == ATTEMPT:
                addressed = await self._of_attempt(message)
            case _ if message.topic == PRE_NOTICE:
                addressed = await self._of_pre_notice(message.payload)
            case _:
                addressed = None
        if addressed is None or not addressed.phone.startswith(_MOBILE):
            return Delivered()
        if await self._records.opt_outs.stands(addressed.phone, addressed.campaign_id):
            return Delivered()
        ready = composed(
            addressed.template,
            self._templates[addressed.template],
            id=message.event_id,
            to=addressed.phone,
            sender=self._city.number,
            values={"city": self._city.name, "number": self._city.number, **addressed.values},
        )
        if ready.too_long:
            return Refused(reason="longer than any carrier takes; shorten the template")
        return await self._gateway.send(ready)

    async def _of_case(self, payload: Mapping[str, str]) -> _Addressed | None:
        """To the number that the citizen left, once for each status."""
        case = await self._records.cases.get(int(payload["number"]))
        if case is None:
            return None
        status = CaseStatus(payload["status"])
        values = {"case": str(case.number)}
        if status is CaseStatus.TRANSFERRED:
            values["department"] = case.state.department
        if status is CaseStatus.EXTENDED:
            if case.state.due_on is None:
                return None
            values["day"] = _day(case.state.due_on)
        phone = number_in(case.details, "callback")
        return _Addressed(template=f"case_{status.value}", phone=phone, values=values)

    async def _of_attempt(self, message: Message) -> _Addressed | None:
        """After the first missed call of a slot: five tries are not five messages."""
        if Disposition(message.payload["disposition"]) not in MISSED:
            return None
        attempt = await self._records.attempts.get(message.payload["attempt_id"])
        if attempt is None or attempt.number != 1 or self._now() - message.created_at > MISSED_CALL_FRESH:
            return None
        person = await self._records.people.get(attempt.person_id)
        if person is None:
            return None
        return _Addressed(
            template="missed_call",
            phone=person.phone,
            values={"purpose": await self._purpose(attempt.campaign_id)},
            campaign_id=attempt.campaign_id,
        )

    async def _of_pre_notice(self, payload: Mapping[str, str]) -> _Addressed | None:
        """Unless the day has passed meanwhile."""
        day, campaign_id = date.fromisoformat(payload["day"]), int(payload["campaign_id"])
        person = await self._records.people.get(int(payload["person_id"]))
        if person is None or day < self._now().date():
            return None
        return _Addressed(
            template="pre_notice",
            phone=person.phone,
            values={"day": _day(day), "purpose": await self._purpose(campaign_id)},
            campaign_id=campaign_id,
        )

    async def _purpose(self, campaign_id: int) -> str:
        campaign = next((one for one in await self._records.campaigns.all() if one.id == campaign_id), None)
        if campaign is None:
            return _OTHER_PURPOSE
        told = campaign.settings.get("purpose")
        return told if isinstance(told, str) and told else PURPOSES.get(campaign.service, _OTHER_PURPOSE)


def _day(day: date) -> str:
    return f"{day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"
