"""A campaign's file: YAML that staff write, checked line by line.

The checked plan is kept in the records as JSON (``as_settings``) and read from there again
(``from_settings``), so that the file may be lost or changed while the campaign runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from voicebot.campaigns.clock import Span, read_span
from voicebot.errors import PhoneNumberError
from voicebot.records.campaigns import Priority
from voicebot.records.phone import normalised
from voicebot.yaml_models import parse_model

EARLIEST, LATEST = 8 * 60, 21 * 60
"""Minutes of the day. Nobody is called between 21:00 and 08:00: for advertising it is forbidden without a
consent of its own (Network Act, article 50 (3)), and for the old it is a fright in any case."""

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ``date.weekday``."""

Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 14)]
Waits = tuple[Minutes, ...]
"""Minutes to wait after the first, second … time; the last one repeats; none: never again."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""Short enough that a day and a slot's name fit into one column of the records."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _checked_hours(text: str) -> str:
    span = read_span(text)
    if span.starts < EARLIEST or span.ends > LATEST:
        raise ValueError(f"{text} reaches into the night; stay between 08:00 and 21:00")
    return text


class CallingHours(_Part):
    """Hours at which the campaign may call, on some days of the week."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)] = DAYS[:5]
    hours: Annotated[tuple[str, ...], Field(min_length=1)]
    """``10:00-12:00``, quoted in the file."""

    @field_validator("hours", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("hours")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_checked_hours(text) for text in value)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours of one day."""
        return tuple(map(read_span, self.hours)) if DAYS[day.weekday()] in self.days else ()


class Pace(_Part):
    """How fast the campaign calls."""

    at_once: Annotated[int, Field(ge=1, le=1000)] = 10
    """Calls ringing or being held, on one engine."""
    per_second: Annotated[float, Field(gt=0, le=50)] = 0.5
    """Calls placed a second, on one engine; carriers refuse more than they have agreed to."""
    keep_free: Annotated[int, Field(ge=0)] = 10
    """Lines of the engine that stay free for citizens who call the city."""


class Retry(_Part):
    """When to try again, for each way in which an attempt may end (minutes)."""

    most_a_day: Annotated[int, Field(ge=1, le=10)] = 3
    """Rings for one person on one day, whatever for; ten would be harassment by any standard."""
    most_in_all: Annotated[int, Field(ge=1, le=50)] = 6
    """Rings for one person; of a campaign with slots, for each slot of each day."""
    busy: Waits = (5, 10, 15)
    no_answer: Waits = (120, 240)
    unreachable: Waits = (60, 180)
    voicemail: Waits = (120, 240)
    announcement: Waits = (180,)
    unfinished: Waits = (60,)
    """Somebody answered, but the conversation broke off."""
    most_unfinished: Annotated[int, Field(ge=0, le=10)] = 1
    network: Waits = (2, 5, 15)
    """It did not get as far as the person's telephone."""


class BreakerSettings(_Part):
    """When so much fails that the campaign rests for a while."""

    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    least_calls: Annotated[int, Field(ge=1)] = 5
    within_seconds: Annotated[int, Field(ge=10)] = 120
    rest_seconds: Annotated[int, Field(ge=1)] = 60
    """Doubled each time the call that tries again fails as well."""


class CampaignPlan(_Part):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Word
    service: Word
    caller_id: str
    """The city's number that the telephone shows, and under which a missed call is returned."""
    starts: Annotated[date, Field(alias="from")]
    until: date | None = None
    """The last day; ``None``: until it is stopped, or everybody was reached."""
    calling_hours: tuple[CallingHours, ...] = ()
    slots: dict[Word, CallingHours] = {}
    """Repeated calls: each person is called once in each slot of each of its days. Empty: once altogether."""
    on_holidays: bool = False
    """Whether public holidays are days like others: a care call may matter most then."""
    closed_on: frozenset[date] = frozenset()
    priority: Literal["low", "normal", "high"] = "normal"
    """Against other campaigns that want the same lines."""
    ring_seconds: Annotated[int, Field(ge=10, le=60)] = 40
    """The old need time to reach the telephone; carriers end it after about a minute."""
    pace: Pace = Pace()
    retry: Retry = Retry()
    breaker: BreakerSettings = BreakerSettings()

    @field_validator("caller_id", mode="before")
    @classmethod
    def _own_number(cls, value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError('quote the number: caller_id: "0311234000"')
        try:
            number = normalised(value)
        except PhoneNumberError as error:
            raise ValueError(str(error)) from None
        if not number.startswith("+82"):
            raise ValueError("give the city's own number, e.g. 031-123-4000")
        return "".join(filter(str.isdigit, value))

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.until is not None and self.until < self.starts:
            raise ValueError(f"until ({self.until}) is before from ({self.starts}); turn them round")
        if not self.calling_hours and not self.slots:
            raise ValueError("give calling_hours (calls once) or slots (calls again and again)")
        for name, slot in self.slots.items():
            if len(slot.hours) != 1:
                raise ValueError(f"slot {name!r}: give one span of hours, or make two slots of it")
        return self

    @property
    def repeats(self) -> bool:
        """Whether each person is called again and again."""
        return bool(self.slots)

    @property
    def rank(self) -> Priority:
        """The priority as a number."""
        return Priority[self.priority.upper()]


def parse_plan(where: str, text: str) -> CampaignPlan:
    """Read a campaign's file.

    Args:
        where: Names the file in errors.
        text: What it holds.

    Raises:
        ConfigurationError: One line ``file:line: problem`` for each mistake.
    """
    return parse_model(where, text, CampaignPlan)


def as_settings(plan: CampaignPlan) -> dict[str, Any]:
    """The plan as plain JSON, for the records."""
    return plan.model_dump(mode="json", by_alias=True)


def from_settings(settings: Mapping[str, Any]) -> CampaignPlan:
    """The plan that ``as_settings`` wrote."""
    return CampaignPlan.model_validate(dict(settings))
