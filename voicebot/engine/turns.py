"""The citizen's turns, on their way from turn taking to the dialogue, and back where one is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.events import CitizenSaid
from voicebot.dialogue.machine import Machine, MachineState
from voicebot.engine.decoding import CallDecoder
from voicebot.engine.effects import Effects
from voicebot.errors import DialogueError
from voicebot.speech.actions import CommitTurn


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenTurn:
    """A committed turn that may still be taken back."""

    turn_id: int
    before: MachineState
    expectation: Expectation


class Turns:
    """Keeps what is needed to take the last turn back, until it stands.

    Args:
        machine: The dialogue that hears the turns.
        effects: What it does outside, held back while a turn is open.
        decoder: Knows how well each answer fitted a closed question.
        say: Tells the dialogue of a turn, after the event being handled.
        record: Writes to the timeline: track, event and details.
    """

    __slots__ = ("_decoder", "_effects", "_machine", "_open", "_record", "_say")

    def __init__(
        self,
        *,
        machine: Machine,
        effects: Effects,
        decoder: CallDecoder,
        say: Callable[[CitizenSaid], None],
        record: Callable[..., None],
    ) -> None:
        self._machine = machine
        self._effects = effects
        self._decoder = decoder
        self._say = say
        self._record = record
        self._open: _OpenTurn | None = None

    def commit(self, turn: CommitTurn, expectation: Expectation) -> None:
        """Answer a turn; one that ended early stays open until it is confirmed."""
        self._record(
            "citizen",
            "turn",
            turn_id=turn.turn_id,
            text=turn.text,
            early=turn.early,
            reason=turn.reason,
            confidence=round(turn.confidence, 3),
        )
        self._settle()  # an earlier turn stands once the next one has come
        if turn.early:
            before = self._machine.snapshot()
            self._open = _OpenTurn(turn_id=turn.turn_id, before=before, expectation=expectation)
            self._effects.hold()
        scores = self._decoder.recognition(turn.decode_id).choice_scores
        self._say(CitizenSaid(text=turn.text, confidence=turn.confidence, choice_scores=scores))

    def confirm(self, turn_id: int) -> None:
        """The turn stands; one that was never open has stood from its commit on."""
        if self._open is not None and self._open.turn_id == turn_id:
            self._settle()

    def retract(self, turn_id: int) -> Expectation:
        """Undo a turn: the dialogue stands where it stood before; gives what the citizen had been asked.

        Raises:
            DialogueError: The turn is not open (any more).
        """
        turn, self._open = self._open, None
        if turn is None or turn.turn_id != turn_id:
            raise DialogueError(f"turn {turn_id} was taken back but is not open")
        self._record("engine", "retract", turn_id=turn_id)
        self._machine.restore(turn.before)
        self._effects.drop()
        return turn.expectation

    def close(self) -> None:
        """Nobody is left to take the open turn back: it stands."""
        self._open = None
        self._effects.close()

    def _settle(self) -> None:
        self._open = None
        self._effects.settle()
