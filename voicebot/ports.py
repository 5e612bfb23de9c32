"""The words between the floors: what the engine asks of the outside, as small protocols.

Adapters implement them; fakes for fast tests ship in ``voicebot/testing/fakes.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voicebot.events.message import Message
from voicebot.events.verdict import Verdict
from voicebot.messages.citizen import CitizenMessage
from voicebot.outcome import CallOutcome
from voicebot.records.calls import NewCall, Turn
from voicebot.speech.events import DecodeKind

Samples = npt.NDArray[np.int16]
"""Mono PCM, shape ``[n]``, int16."""


# --- recognition --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One utterance to recognise."""

    samples: Samples
    sample_rate_hz: int
    kind: DecodeKind
    voiced_ms: float
    """Voiced audio by voice activity; less than the recogniser's least gives no text."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Closed question: answer value → its spoken forms, to be scored beside the free decode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What was recognised."""

    text: str
    """NFC; empty when nothing was said or the text was rejected."""
    confidence: float
    """0..1: exp of the mean log probability of the tokens."""
    choice_scores: Mapping[str, float] = field(default_factory=dict)
    """Answer value → probability; together with the reject class they sum to at most 1."""
    rejected: str = ""
    """Why text was dropped (``no speech``, ``phantom phrase``, ``too little voice``), else empty."""
    decode_ms: float = 0.0
    """Wall time of the batch that held this utterance, features included."""


class Recogniser(Protocol):
    """Speech to text; batches whatever waits, off the event loop."""

    async def recognise(self, utterance: Utterance) -> Recognition | None:
        """Recognise one utterance; ``None`` when a partial was dropped under load.

        Cancelling the call takes a waiting utterance out of the queue.

        Raises:
            RecognitionError: This utterance could not be decoded; others are not affected.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way and release the model."""
        ...


# --- voice activity -----------------------------------------------------------------------------------------


class VoiceStream(Protocol):
    """The state of voice activity of one call (opaque to the engine)."""


class VoiceActivity(Protocol):
    """Voice probability for the frames of all calls at once (a cheap gate, then a batched model)."""

    def open(self) -> VoiceStream:
        """State for a new call."""
        ...

    def judge(self, streams: Sequence[VoiceStream], frames: Sequence[Samples]) -> list[float]:
        """Voice probability 0..1 of one 20 ms frame for each of the given streams, in their order."""
        ...


# --- synthesis ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Synthesised audio."""

    samples: Samples
    sample_rate_hz: int


class Synthesiser(Protocol):
    """Text to speech. Another engine is one class with these members, found by its entry point."""

    @property
    def identity(self) -> str:
        """Engine, version and voice: part of the cache key, so that a new voice renders anew."""
        ...

    @property
    def local(self) -> bool:
        """Whether text stays on this machine; slots of a citizen are never given to one where it does not."""
        ...

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        """Speak one text at ``rate`` times the configured speed.

        Raises:
            SynthesisError: The text could not be spoken; the message names engine and remedy.
        """
        ...


# --- records ------------------------------------------------------------------------------------------------


class CaseDesk(Protocol):
    """Where the conversation's work goes: ``Do`` actions by name."""

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Do the named work and return its result, e.g. ``{"case_number": "…"}``.

        Raises:
            VoicebotError: The work failed; the flow goes on by its failure branch.
        """
        ...


class CallBook(Protocol):
    """Keeps calls; never blocks and never raises."""

    def begin(self, call: NewCall) -> None:
        """A call begins."""
        ...

    def add_turn(self, call_id: str, turn: Turn) -> None:
        """An exchange of it is over."""
        ...

    def end(self, call_id: str, outcome: CallOutcome, slots: Mapping[str, str]) -> None:
        """It is over, and this was understood."""
        ...


class Acquaintances(Protocol):
    """Whom the city knows. Answers within half a second; where nothing can be known now, nobody is."""

    async def known_of(self, attempt_id: str) -> Mapping[str, str]:
        """Variables of flows: what is known of the person whom an attempt called."""
        ...

    async def opted_out(self, phone: str) -> bool:
        """Whether a number asked not to be called."""
        ...


# --- events -------------------------------------------------------------------------------------------------


class MessageQueue(Protocol):
    """Where messages wait until they were delivered (the records' outbox)."""

    async def claim(self, destination: str, now: datetime, until: datetime, limit: int) -> list[Message]:
        """Take what may be delivered now; hasty topics first, of one subject only the oldest.

        Raises:
            RecordsError: Nothing is claimed.
        """
        ...

    async def release(self, messages: Sequence[Message], at: datetime) -> None:
        """These were claimed and not tried.

        Raises:
            RecordsError: They are free when the claim ends.
        """
        ...

    async def delivered(self, messages: Sequence[Message], at: datetime) -> None:
        """These have arrived.

        Raises:
            RecordsError: They will be sent again.
        """
        ...

    async def failed(self, message: Message, error: str, next_try_at: datetime) -> None:
        """This one did not arrive and waits.

        Raises:
            RecordsError: It is free when the claim ends.
        """
        ...

    async def refused(self, message: Message, error: str, at: datetime) -> None:
        """This one is put aside for the operator.

        Raises:
            RecordsError: It will be tried again.
        """
        ...


class EventSender(Protocol):
    """Brings messages to one receiver."""

    @property
    def ready(self) -> bool:
        """Whether anything can be sent now; where not, nothing is claimed."""
        ...

    async def send(self, message: Message) -> Verdict:
        """Try once, within a bounded time; several are tried at the same time."""
        ...


class MessageGateway(Protocol):
    """Brings short messages to citizens."""

    async def send(self, message: CitizenMessage) -> Verdict:
        """Try once, within a bounded time; the same id twice is one message to the citizen."""
        ...


# --- timeline -----------------------------------------------------------------------------------------------


class TimelineSink(Protocol):
    """Receives what happened in a call; never blocks and never raises."""

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Add one entry. ``at`` is monotonic seconds; ``track`` is citizen, bot or engine."""
        ...

    def close(self) -> None:
        """The call is over: nothing more will be recorded."""
        ...
