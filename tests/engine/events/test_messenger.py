"""Citizens are written to where it helps them: once, by day, and never after they opted out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.engine.events.scene import Clock, run_until
from voicebot.adapters.messages.templates import load_templates
from voicebot.adapters.records.records import Records
from voicebot.engine.events.messenger import City, Messenger
from voicebot.engine.events.pre_notices import announce
from voicebot.engine.events.receivers import MESSAGE_TOPICS
from voicebot.engine.events.relay import Relay
from voicebot.events.verdict import Delivered, Verdict
from voicebot.messages.citizen import CitizenMessage
from voicebot.records.campaigns import CampaignState, Disposition, NewAttempt
from voicebot.records.cases import NewCase
from voicebot.records.people import Source
from voicebot.records.status import CaseStatus, StatusChange

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
MOBILE = "010-2345-6789"


@dataclass(slots=True)
class Gateway:
    """Remembers messages (``ports.MessageGateway``)."""

    got: list[CitizenMessage] = field(default_factory=list)

    async def send(self, message: CitizenMessage) -> Verdict:
        """Take one."""
        self.got.append(message)
        return Delivered()

    @property
    def texts(self) -> list[str]:
        """What they say."""
        return [message.text for message in self.got]


def _relay(records: Records, gateway: Gateway, clock: Clock) -> Relay:
    city = City(name="예시시", number="02-120", from_hour=8, to_hour=21)
    messenger = Messenger(records, gateway, load_templates(None), city, clock)
    return Relay(
        "messages",
        records.outbox,
        messenger,
        now=clock,
        jitter=lambda: 1.0,
        rate_per_s=50.0,
        most_at_once=1,
    )


async def _all_sent(records: Records, clock: Clock) -> list[str]:
    """Relay until nothing waits; what citizens got."""
    gateway = Gateway()
    relay = _relay(records, gateway, clock)
    due = await records.outbox.depth("messages")
    await run_until(relay, clock, lambda: relay.counts.delivered == due, most_s=100_000)
    return gateway.texts


async def _missed(records: Records, clock: Clock, disposition: Disposition, slot: str = "once") -> int:
    """A campaign's call that came to nothing; the campaign."""
    person = await records.people.enrol(MOBILE, at=clock())
    name = f"care {slot} {disposition}"
    campaign_id = await records.campaigns.create(name, service="care", settings={}, by="kim", at=clock())
    await records.campaigns.add_targets(campaign_id, [person.id], due_at=clock())
    await records.campaigns.set_state(campaign_id, CampaignState.RUNNING, by="kim", at=clock())
    for number in (1, 2):
        (target,) = await records.campaigns.due(campaign_id, clock())
        attempt = NewAttempt(id=f"{name} {number}", target_id=target.id, slot=slot, engine="one")
        await records.attempts.begin(attempt, at=clock())
        await records.attempts.end(attempt.id, disposition, at=clock(), retry_at=clock())
    return campaign_id


async def test_a_case_is_followed_like_a_parcel(messaging: Records) -> None:
    records, clock = messaging, Clock(TEN)
    number = await records.cases.open(NewCase(details={"callback": MOBILE}), at=TEN)
    for step in (
        StatusChange(to=CaseStatus.ASSIGNED, by="kim", assignee="lee"),
        StatusChange(to=CaseStatus.IN_PROGRESS, by="lee"),
        StatusChange(to=CaseStatus.EXTENDED, by="lee", due_on=date(2026, 12, 1)),
        StatusChange(to=CaseStatus.COMPLETED, by="lee"),
    ):
        await records.cases.change(number, step, at=TEN)
    assert await _all_sent(records, clock) == [
        f"[예시시] 민원이 접수되었습니다. 접수번호 {number}. 문의 02-120",
        f"[예시시] 접수번호 {number} 민원의 담당자가 정해졌습니다. 문의 02-120",
        f"[예시시] 접수번호 {number} 민원을 처리하고 있습니다. 문의 02-120",
        f"[예시시] 접수번호 {number} 민원은 12월 1일(화)까지 처리하겠습니다. 문의 02-120",
        f"[예시시] 접수번호 {number} 민원이 처리되었습니다. 문의 02-120",
    ]


async def test_who_left_no_mobile_number_gets_nothing(messaging: Records) -> None:
    await messaging.cases.open(NewCase(details={"callback": "02-1234-5678"}), at=TEN)
    await messaging.cases.open(NewCase(details={"what": "가로등"}), at=TEN)
    assert await _all_sent(messaging, Clock(TEN)) == []


async def test_a_missed_call_is_explained_once(messaging: Records) -> None:
    await _missed(messaging, Clock(TEN), Disposition.NO_ANSWER)
    text = "[예시시] 안부 전화를 드렸으나 받지 않으셔서 다시 드립니다. 문의 02-120"
    assert await _all_sent(messaging, Clock(TEN)) == [text]


async def test_who_declined_or_spoke_is_not_written_to(messaging: Records) -> None:
    for slot, disposition in (("a", Disposition.DECLINED), ("b", Disposition.ANSWERED)):
        await _missed(messaging, Clock(TEN), disposition, slot)
    assert await _all_sent(messaging, Clock(TEN)) == []


async def test_who_opted_out_meanwhile_gets_nothing(messaging: Records) -> None:
    campaign_id = await _missed(messaging, Clock(TEN), Disposition.NO_ANSWER)
    person = await messaging.people.enrol(MOBILE, at=TEN)
    await announce(messaging, campaign_id, [person.id], TEN.date(), at=TEN)
    await messaging.opt_outs.add(MOBILE, at=TEN, source=Source.CALL, campaign_id=campaign_id)
    assert await _all_sent(messaging, Clock(TEN)) == []


async def test_a_call_is_announced_once_though_it_is_asked_for_twice(messaging: Records) -> None:
    person = await messaging.people.enrol(MOBILE, at=TEN)
    settings = {"purpose": "난방비 안내 전화"}
    campaign_id = await messaging.campaigns.create(
        "heat", service="welfare", settings=settings, by="kim", at=TEN
    )
    for _ in range(2):
        await announce(messaging, campaign_id, [person.id], TEN.date() + timedelta(days=1), at=TEN)
    (text,) = await _all_sent(messaging, Clock(TEN))
    assert text.startswith(
        "[예시시] 11월 24일(화) 난방비 안내 전화를 드립니다. 표시되는 번호는 02-120입니다."
    )


async def test_what_comes_too_late_is_dropped(messaging: Records) -> None:
    campaign_id = await _missed(messaging, Clock(TEN), Disposition.NO_ANSWER)
    person = await messaging.people.enrol(MOBILE, at=TEN)
    await announce(messaging, campaign_id, [person.id], TEN.date(), at=TEN)
    assert await _all_sent(messaging, Clock(TEN + timedelta(days=1))) == []


async def test_at_night_everything_waits_for_the_morning(messaging: Records) -> None:
    late = TEN.replace(hour=23)
    await messaging.cases.open(NewCase(details={"callback": MOBILE}), at=late)
    gateway, clock = Gateway(), Clock(late)
    await run_until(_relay(messaging, gateway, clock), clock, lambda: bool(gateway.got), most_s=9.1 * 3600)
    assert (clock.now.hour, clock.now.minute) == (8, 0)


async def test_citizens_messages_go_to_nobody_else(messaging: Records) -> None:
    await announce(messaging, 1, [1], TEN.date(), at=TEN)
    assert await messaging.outbox.depth("mqtt") == 0
    assert await messaging.outbox.depth("messages") == 1
    assert set(MESSAGE_TOPICS) == {"case", "attempt", "pre_notice"}
