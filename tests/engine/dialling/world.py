"""A city with an Asterisk of its own, for the dialler: citizens who answer, are busy, or do not, and a clock
that goes when it is told to. Engines are killed in it; Asterisk and the citizens live on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voicebot.adapters.records.records import Records
from voicebot.campaigns.clock import SEOUL
from voicebot.campaigns.plan import CampaignPlan, as_settings
from voicebot.engine.dialling.dialler import Dialler
from voicebot.engine.dialling.trunk import OutboundCall
from voicebot.errors import (
    AsteriskUnavailable,
    AsteriskUnreachable,
    ChannelGone,
    DuplicateIdentifier,
    RecordsUnavailable,
    TelephonyError,
)
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn
from voicebot.records.campaigns import CampaignState
from voicebot.records.people import NewPerson, Source

START = datetime(2026, 12, 1, 10, 0, tzinfo=SEOUL)  # a Tuesday, in the hours of the plans


class Killed(BaseException):
    """kill -9: nothing of the engine goes on."""


@dataclass(slots=True, kw_only=True)
class Telephone:
    """A channel of Asterisk, and what will become of it."""

    number: str
    ends_at: float
    cause: int
    sip_status: int | None
    answers_at: float | None = None
    outcome: CallOutcome | None = None
    heard: str = ""
    call_again: str | None = None
    opts_out: bool = False
    watched: bool = True
    told_answer: bool = False
    is_up: bool = False


@dataclass
class World:
    """Clock, Asterisk, citizens, and what they have seen."""

    records: Records
    seed: int
    now_s: float = 0.0
    telephones: dict[str, Telephone] = field(default_factory=dict)
    engines: list[Dialler] = field(default_factory=list)
    rung: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Attempt, number and moment of every call that reached a telephone."""
    talking: Counter[str] = field(default_factory=Counter)
    trouble: Callable[[str], None] = lambda where: None
    behaviours: Callable[[random.Random, str], Telephone | TelephonyError] | None = None
    reachable: bool = True
    jumped_s: float = 0.0
    """How far the wall clock has been set."""
    untold: dict[str, Telephone] = field(default_factory=dict)
    """Conversations that the database has not taken: the journal keeps them."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._ids = 0

    def clock(self) -> datetime:
        """Wall clock."""
        return START + timedelta(seconds=self.now_s + self.jumped_s)

    def new_id(self) -> str:
        """Of an attempt."""
        self._ids += 1
        return f"attempt-{self.seed}-{self._ids}"

    def engine(self, name: str = "engine-1", lines: int = 60, records: Records | None = None) -> Dialler:
        """An engine that starts, connected to Asterisk; with connections of its own to the records."""
        dialler = Dialler(
            records=records or self.records,
            trunk=self,
            engine=name,
            calls_now=lambda: sum(phone.is_up for phone in self.telephones.values()),
            lines=lines,
            wall_clock=self.clock,
            monotonic=lambda: self.now_s,
            new_id=self.new_id,
            untold=self.untold.__contains__,
        )
        self.engines.append(dialler)
        for phone in self.telephones.values():
            phone.watched = False
        dialler.connected()
        return dialler

    async def campaign(self, plan: CampaignPlan, people: int, first: int = 0) -> int:
        """A running campaign with some people."""
        id = await self.records.campaigns.create(
            plan.name, service=plan.service, settings=as_settings(plan), by="kim", at=START
        )
        some = [NewPerson(phone=f"+821020{number:06}") for number in range(first, first + people)]
        ids = await self.records.people.enrol_many(some, at=START)
        await self.records.campaigns.add_targets(id, ids, due_at=START)
        await self.records.campaigns.set_state(id, CampaignState.RUNNING, by="kim", at=START)
        return id

    # --- Trunk ----------------------------------------------------------------------------------------------

    async def dial(self, call: OutboundCall) -> None:
        """Place a call."""
        self.trouble("before dialling")
        if not self.reachable:
            raise AsteriskUnreachable("Asterisk is not there")
        if call.attempt_id in self.telephones:
            raise DuplicateIdentifier("there already")
        assert self.talking[call.number] == 0, "a person is called twice at once"
        found = (self.behaviours or mixed)(self.random, call.number)
        if isinstance(found, TelephonyError):
            raise found
        found.number = call.number
        found.ends_at += self.now_s
        if found.answers_at is not None:
            found.answers_at += self.now_s
        self.telephones[call.attempt_id] = found
        self.talking[call.number] += 1
        self.rung.append((call.attempt_id, call.number, self.clock()))
        self.trouble("after dialling")

    async def live(self) -> Mapping[str, bool]:
        """Channels."""
        if not self.reachable:
            raise AsteriskUnavailable("Asterisk does not answer")
        return {id: phone.is_up for id, phone in self.telephones.items()}

    async def watch(self, attempt_id: str) -> None:
        """Subscribe."""
        if attempt_id not in self.telephones:
            raise ChannelGone("gone")
        self.telephones[attempt_id].watched = True

    async def hang_up(self, attempt_id: str) -> None:
        """Take back."""
        if attempt_id in self.telephones:
            self.telephones[attempt_id].ends_at = self.now_s
            self.telephones[attempt_id].answers_at = None

    # --- time -----------------------------------------------------------------------------------------------

    async def go_on(self, seconds: float) -> None:
        """Let time pass, and Asterisk tell what happened."""
        self.now_s += seconds
        for id, phone in sorted(self.telephones.items(), key=lambda item: item[1].ends_at):
            if phone.answers_at is not None and phone.answers_at <= self.now_s:
                phone.is_up = True
                if phone.watched and not phone.told_answer:
                    phone.told_answer = True
                    for engine in self.engines:
                        engine.answered(id)
            if phone.ends_at <= self.now_s:
                del self.telephones[id]
                self.talking[phone.number] -= 1
                await self._end(id, phone)

    async def _end(self, id: str, phone: Telephone) -> None:
        held = phone.is_up and phone.told_answer and any(id in engine.calls for engine in self.engines)
        if held and phone.outcome is not None:
            self.untold[id] = phone
            await self.write_down()
        for engine in self.engines:
            if phone.watched:
                engine.destroyed(id, phone.cause, phone.sip_status)
            if held and phone.outcome is not None:
                engine.conversation_ended(id, phone.outcome)

    async def write_down(self) -> None:
        """What the journal holds, if the database takes it now; each call is written whole or again."""
        for id, phone in list(self.untold.items()):
            try:
                await self._talk(id, phone)
            except RecordsUnavailable:
                return
            del self.untold[id]

    async def _talk(self, id: str, phone: Telephone) -> None:
        """What the call writes down."""
        assert phone.outcome is not None
        call = NewCall(call_id=id, direction=Direction.OUTBOUND, service="care", attempt_id=id)
        await self.records.calls.begin(call, at=self.clock())
        turn = Turn(number=0, at_ms=0, prompt="안녕하세요.", heard=phone.heard, status="filled")
        await self.records.calls.add_turn(id, turn)
        if phone.call_again is not None:
            async with self.records.database.writing() as connection:
                details = {"when": phone.call_again}
                await self.records.notes.put(connection, "call_again", details, at=self.clock(), call_id=id)
        if phone.opts_out:
            await self.records.opt_outs.add(phone.number, at=self.clock(), source=Source.CALL, call_id=id)
        await self.records.calls.end(id, phone.outcome, at=self.clock())


def silent(ring_s: float, cause: int, sip_status: int | None) -> Telephone:
    """Nobody answers."""
    return Telephone(number="", ends_at=ring_s, cause=cause, sip_status=sip_status)


def talks(
    result: CallResult,
    seconds: float = 30,
    *,
    heard: str = "네 잘 지내요",
    reason: str = "asked",
    **more: object,
) -> Telephone:
    """Somebody answers after eight seconds."""
    phone = Telephone(number="", ends_at=8 + seconds, cause=16, sip_status=None, answers_at=8, heard=heard)
    phone.outcome = CallOutcome(result=result, reason=reason)
    for name, value in more.items():
        setattr(phone, name, value)
    return phone


def mixed(chance: random.Random, number: str) -> Telephone | TelephonyError:
    """A town of all kinds of people."""
    told = chance.random()
    if told < 0.40:
        return talks(CallResult.COMPLETED)
    if told < 0.50:
        return silent(2, 17, 486)
    if told < 0.65:
        return silent(40, 0, 487)
    if told < 0.72:
        machine = "연결이 되지 않아 소리샘으로 연결됩니다"
        return talks(CallResult.NO_RESPONSE, 20, heard=machine, reason="silence")
    if told < 0.79:
        return talks(CallResult.HUNG_UP, 4, heard="여보세요")
    if told < 0.84:
        return talks(CallResult.REFUSED, 15, heard="전화하지 마세요", opts_out=True)
    if told < 0.88:
        return silent(1, 1, 404)
    if told < 0.91:
        return silent(1, 34, 503)
    if told < 0.94:
        return talks(CallResult.COMPLETED, 12, reason="later", call_again="afternoon")
    if told < 0.96:
        return ChannelGone("gone at once")
    if told < 0.98:
        return TelephonyError("refused")
    return silent(20, 21, 603)
