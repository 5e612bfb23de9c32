"""What a file of conversations holds; described in docs/FLOWS.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from voicebot.errors import ConfigurationError
from voicebot.outcome import CallResult
from voicebot.testing.yaml_lines import load_model


def _many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Fragment = Annotated[str, Field(min_length=1)]
"""A piece of what is said; compared without spaces, since a pause is no part of the words."""
Fragments = Annotated[tuple[Fragment, ...], BeforeValidator(_many)]
Slots = dict[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Part):
    """What the bot must have said, and what the citizen then does; the first may be all."""

    bot: Fragments = ()
    """Pieces that the bot's last turn must hold."""
    not_bot: Fragments = ()
    """Pieces that it must not hold."""
    said: str | None = None
    after_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """Seconds from the bot's last word to the end of what the citizen does; silence takes its own time."""
    heard: Annotated[float, Field(ge=0, le=1)] = 0.9
    """The recogniser's confidence in ``said``."""
    scores: dict[str, float] = {}
    """The recogniser's scores of the closed answers."""
    keys: Annotated[str, Field(pattern=r"^[0-9*]+$")] | None = None
    silent: Literal[True] | None = None
    """Nothing is said for as long as the question allows."""
    hang_up: Literal[True] | None = None
    taken_back: bool = False
    """The turn was ended too early: it is undone before the next one comes."""

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        done = [name for name in ("said", "keys", "silent", "hang_up") if getattr(self, name) is not None]
        if len(done) > 1:
            raise ValueError(f"one turn does {' and '.join(done)}; make it two turns")
        if not done and not (self.bot or self.not_bot):
            raise ValueError("an empty turn; give 'said', 'keys', 'silent', 'hang_up' or 'bot'")
        if self.said is None and (self.scores or self.heard != 0.9):
            raise ValueError("'heard' and 'scores' tell how 'said' was heard; add it or take them out")
        if self.taken_back and not done:
            raise ValueError("'taken_back' undoes what the citizen did; add it or take it out")
        return self


class WorkResult(_Part):
    """What comes of work that the flow asks for."""

    gives: Slots = {}
    fails: bool = False
    after_s: Annotated[float, Field(ge=0, le=600)] = 0.5
    """Seconds until it comes; later than the flow waits, it comes too late."""
    meanwhile: tuple[Turn, ...] = ()
    """What the citizen does until then."""


class Work(_Part):
    """Work that must have been asked for."""

    name: str
    arguments: Slots = {}
    """Arguments it must have had; others are not looked at."""
    without: Fragments = ()
    """Arguments it must not have had."""


class Outcome(_Part):
    """How the call must have ended."""

    result: CallResult
    reason: str | None = None
    """``null``: any."""


class Expected(_Part):
    """What must be true in the end."""

    outcome: Outcome | None = None
    slots: Slots = {}
    """An empty value: the slot must not be known."""
    works: tuple[Work, ...] = ()
    no_works: Fragments = ()
    """Names of works that must not have been asked for."""
    transfer: str | None = None
    """The last target that the call was transferred to; empty: none."""
    said: Fragments = ()
    """What the bot must say somewhere."""
    never: Fragments = ()
    """What the bot must never say."""
    report: Fragments = ()
    """What the report for staff must hold."""
    report_never: Fragments = ()
    """What it must not hold."""


class Conversation(_Part):
    """One call."""

    name: Annotated[str, Field(min_length=1)]
    variables: Slots = {}
    """Added to those of the file."""
    works: dict[str, WorkResult] = {}
    """Name → what comes of it; added to those of the file. Work that nobody names succeeds with nothing."""
    computed: dict[str, Slots] = {}
    """Function → slots that it gives in this call beside its own: a judgement that must not change with what
    a classifier has learned."""
    transfers: Annotated[tuple[Literal["taken", "nobody"], ...], BeforeValidator(_many)] = ("taken",)
    """What comes of each transfer, the last of all that follow."""
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    expect: Expected = Expected()


class ConversationFile(_Part):
    """Conversations with one service or flow."""

    service: str | None = None
    """A service's name."""
    flow: str | None = None
    """A flow file, relative to this one."""
    settings: Slots = {}
    variables: Slots = {}
    works: dict[str, WorkResult] = {}
    never: Fragments = ()
    """What the bot must never say in any of them."""
    unvisited: dict[str, Annotated[str, Field(min_length=1)]] = {}
    """States that no conversation of the file visits, each with the reason."""
    conversations: Annotated[tuple[Conversation, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.service is None) == (self.flow is None):
            raise ValueError("give either 'service' or 'flow'")
        names = [conversation.name for conversation in self.conversations]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two conversations are called {twice[0]!r}; name each otherwise")
        return self

    def whole(self) -> tuple[Conversation, ...]:
        """The conversations, each with what the file gives to all of them."""
        return tuple(
            each.model_copy(
                update={
                    "variables": {**self.variables, **each.variables},
                    "works": {**self.works, **each.works},
                    "expect": each.expect.model_copy(update={"never": (*self.never, *each.expect.never)}),
                }
            )
            for each in self.conversations
        )


def load_conversations(path: Path) -> ConversationFile:
    """Read a file of conversations.

    Raises:
        ConfigurationError: One line ``file:line: problem`` for each mistake.
    """
    loaded = load_model(path, ConversationFile)
    if loaded.flow is not None and not (path.parent / loaded.flow).is_file():
        raise ConfigurationError(
            f"{path}:1: flow: there is no file {loaded.flow!r}; name one beside this file"
        )
    return loaded
