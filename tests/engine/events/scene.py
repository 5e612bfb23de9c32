"""A receiver, a clock and an outbox for the relay's tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.records import Records
from voicebot.engine.events.relay import Relay
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Verdict


@dataclass(slots=True)
class Clock:
    """Moves when a test says so."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class Receiver:
    """Remembers what it was given; answers what a test says (``ports.EventSender``)."""

    answer: Callable[[Message], Verdict] = lambda message: Delivered()
    ready: bool = True
    got: list[Message] = field(default_factory=list)
    tried: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> Verdict:
        """Take one message."""
        self.tried.append(message)
        verdict = self.answer(message)
        if isinstance(verdict, Delivered):
            self.got.append(message)
        return verdict

    @property
    def ids(self) -> list[str]:
        """Event ids in the order of arrival."""
        return [message.event_id for message in self.got]


async def put(records: Records, topic: str, count: int, at: datetime = NOON, **payload: str) -> list[str]:
    """Put messages of one topic; returns their ids."""
    async with records.database.writing() as connection:
        return [
            await records.outbox.put(connection, topic, {"n": str(one), **payload}, at)
            for one in range(count)
        ]


def relay_of(
    records: Records, receiver: Receiver, clock: Clock, *, rate_per_s: float = 50.0, most_at_once: int = 10
) -> Relay:
    """A relay to ``mqtt``."""
    return Relay(
        "mqtt",
        records.outbox,
        receiver,
        now=clock,
        jitter=lambda: 1.0,
        rate_per_s=rate_per_s,
        most_at_once=most_at_once,
    )


async def run_for(relay: Relay, clock: Clock, seconds: float) -> None:
    """Rounds as ``Relay.run`` makes them, in the time of the test."""
    end = clock.now + timedelta(seconds=seconds)
    while clock.now < end:
        clock.pass_s(max(await relay.round(), 0.001))


async def run_until(relay: Relay, clock: Clock, arrived: Callable[[], bool], most_s: float = 3600.0) -> None:
    """The same until something has arrived.

    Raises:
        AssertionError: It never does.
    """
    end = clock.now + timedelta(seconds=most_s)
    while not arrived():
        assert clock.now < end, "it does not arrive"
        clock.pass_s(max(await relay.round(), 0.001))
