"""A persona: who calls, with what voice over what line, and what they answer to what they are asked.

A persona file is YAML. How its answers are found is explained in ``script.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from voicebot.config import KnownFact
from voicebot.outcome import CallResult
from voicebot.testing.yaml_lines import load_model

Milliseconds = Annotated[int, Field(ge=0, le=60_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Voice(_Part):
    """An espeak-ng voice."""

    language: str = "ko"
    variant: str = ""
    """A variant's file name, e.g. ``f2``, ``m3``, ``Andrea``; empty for the plain voice."""
    words_per_minute: Annotated[int, Field(ge=80, le=300)] = 150
    pitch: Annotated[int, Field(ge=0, le=99)] = 50
    volume: Annotated[int, Field(ge=10, le=200)] = 100


class Echo(_Part):
    """What comes back of the bot's voice."""

    loss_db: Annotated[float, Field(ge=0, le=60)]
    """How much weaker."""
    delay_ms: Annotated[int, Field(ge=0, le=1000)]
    """From its arrival at the citizen to its leaving."""


class Line(_Part):
    """What the citizen's line does to what the citizen sends (every chance is drawn from the persona's
    seed)."""

    noise_snr_db: Annotated[float, Field(ge=-10, le=60)] | None = None
    """Steady noise below the speech by this many dB; on the line all the time. ``null``: none."""
    loss: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    """Share of packets lost."""
    jitter_ms: Annotated[int, Field(ge=0, le=500)] = 0
    """Each packet is late by 0 to this many milliseconds; order is kept."""
    reorder: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """Share of packets that leave one packet later than the next one."""
    dtx: bool = False
    """Nothing is sent while nothing is said (discontinuous transmission)."""
    echo: Echo | None = None
    """The citizen's line returns the bot's voice. ``null``: none."""


class Pause(_Part):
    """A pause inside an answer."""

    pause_ms: Annotated[int, Field(ge=20, le=10_000)]


class BackChannel(_Part):
    """A short word while the bot speaks, not meant to interrupt it."""

    at_ms: Milliseconds
    """After the bot became audible."""
    say: Annotated[str, Field(min_length=1)] = "네"


class Answer(_Part):
    """What the citizen does when it is their turn."""

    when: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Words of the bot's question that this answers; any of them. Empty: found by order."""
    turn: Annotated[int, Field(ge=1)] | None = None
    """The bot's turn (from 1) that this answers, when words do not decide."""
    only_if_asked: bool = False
    """Given for its words alone, never by order: for questions that may come or not."""
    times: Annotated[int, Field(ge=1)] | None = None
    """How often it may be given; ``null``: without limit."""
    say: tuple[str | Pause, ...] = ()
    keys: Annotated[str, Field(pattern=r"^[0-9*#A-D]*$")] = ""
    """Telephone keys, pressed instead of, or after, speaking."""
    silence: bool = False
    """Say nothing and wait for the bot to speak again."""
    thinking_ms: Milliseconds | tuple[Milliseconds, Milliseconds] = 0
    """From the bot's last audible sample to the first word, or a range; never before the bot's end is
    noticed."""
    barge_in_ms: Milliseconds | None = None
    """Begin this long after the bot became audible; a shorter turn of the bot is answered as usual."""
    back_channels: tuple[BackChannel, ...] = ()
    hang_up: bool = False
    """Hang up after this answer."""
    hang_up_ms: Milliseconds | None = None
    """Hang up this long after the bot became audible, or after its turn where that is shorter."""

    @field_validator("when", "say", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return value if isinstance(value, list | tuple) else (value,)

    @model_validator(mode="after")
    def _does_one_thing(self) -> Answer:
        spoken = any(isinstance(part, str) for part in self.say)
        if self.say and not spoken:
            raise ValueError("'say' holds only pauses; add words, or use 'silence: true'")
        if self.say and (isinstance(self.say[0], Pause) or isinstance(self.say[-1], Pause)):
            raise ValueError(
                "'say' begins or ends with a pause; use 'thinking_ms' for a delay before speaking"
            )
        if self.silence and (self.say or self.keys):
            raise ValueError("'silence' excludes 'say' and 'keys'")
        if not (self.say or self.keys or self.silence or self.hang_up or self.hang_up_ms is not None):
            raise ValueError("an answer needs one of 'say', 'keys', 'silence', 'hang_up', 'hang_up_ms'")
        if self.barge_in_ms is not None and not (self.say or self.keys):
            raise ValueError("'barge_in_ms' needs something to 'say' or 'keys' to press")
        if self.only_if_asked and not self.when:
            raise ValueError("'only_if_asked' needs 'when': the words by which it is asked")
        if isinstance(self.thinking_ms, tuple) and self.thinking_ms[0] > self.thinking_ms[1]:
            raise ValueError("'thinking_ms' is a range from the least to the most")
        return self

    @property
    def text(self) -> str:
        """The words, as one line."""
        return " ".join(part for part in self.say if isinstance(part, str))


class LikeText(_Part):
    """A slot that holds free speech: compared by sound, not letter by letter."""

    like: Annotated[str, Field(min_length=1)]
    at_least: Annotated[float, Field(gt=0, le=1)] = 0.7
    """Least jamo similarity."""


class Expected(_Part):
    """What the call must come to, for its exit status."""

    result: CallResult | None = None
    reason: str | None = None
    slots: dict[str, str | LikeText] = Field(default_factory=dict)
    works: tuple[str, ...] = ()
    """Work that must have been done, by name."""
    no_works: tuple[str, ...] = ()
    """Work that must not have been done."""
    said: tuple[str, ...] = ()
    """What the bot must have said somewhere; spaces do not count."""
    report: tuple[str, ...] = ()
    """What staff must read of the call."""
    case: bool | None = None
    """Whether a case must have been opened."""
    most_cut_off: Annotated[int, Field(ge=0)] | None = None
    """Most answers of the citizen that the bot may have cut off."""
    fewest_turns: Annotated[int, Field(ge=0)] = 0
    """Fewest turns the bot must have taken."""


class Persona(_Part):
    """A scripted citizen."""

    name: Annotated[str, Field(min_length=1)]
    about: str = ""
    service: Literal["duty", "care", "welfare"]
    caller_id: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    """Digits; empty for a withheld number."""
    known: dict[str, KnownFact] = Field(default_factory=dict)
    """What the city knows of this citizen before the call: variables of the service's flow."""
    seed: int = 1
    voice: Voice = Voice()
    line: Line = Line()
    end_of_turn_ms: Annotated[int, Field(ge=60, le=5000)] = 700
    """Silence of the bot after which its turn is taken to be over; longer than the pauses inside a prompt."""
    patience_s: Annotated[float, Field(gt=0, le=300)] = 20.0
    """Hang up when the bot says nothing for so long."""
    longest_call_s: Annotated[float, Field(gt=0, le=3600)] = 180.0
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]
    default: Answer | None = None
    """Given when nothing else fits."""
    expect: Expected = Expected()

    @field_validator("default")
    @classmethod
    def _default_has_no_place(cls, default: Answer | None) -> Answer | None:
        if default is not None and (default.when or default.turn):
            raise ValueError("it is what fits nothing, so it takes neither 'when' nor 'turn'")
        return default

    @model_validator(mode="after")
    def _is_known_by_a_number(self) -> Persona:
        if self.known and not self.caller_id:
            raise ValueError("'known' is found by the caller's number; give a 'caller_id'")
        return self


def load_persona(path: Path) -> Persona:
    """Read a persona file.

    Raises:
        ConfigurationError: One line ``file:line: problem`` for each mistake.
    """
    return load_model(path, Persona)
