"""A tiny language for scenes: what is heard on a 20 ms grid, what decodes answer, and what must happen when.

::

    scene = Scene()
    scene.give(AnswerShape.CLOSED)
    scene.hears("네", Completeness.BACK_CHANNEL)     # what every decode from here on answers
    scene.voice(300)
    scene.silence(200)
    assert scene.moments(CommitTurn) == [380]        # milliseconds since the scene began

Frames arrive 20 ms apart, decodes answer after ``decode_ms``, and ``handle_timer`` is called exactly when
asked for, as a perfect engine would.
"""

from __future__ import annotations

from typing import TypeVar

from voicebot.speech.actions import (
    Action,
    CommitTurn,
    ConfirmTurn,
    DiscardDecode,
    ReportSilence,
    RequestDecode,
    RetractTurn,
    StopPrompt,
)
from voicebot.speech.events import (
    AnswerShape,
    Completeness,
    DecodeDropped,
    DecodeKind,
    Event,
    FloorGiven,
    FloorTaken,
    FrameHeard,
    HypothesisHeard,
    KeyHeard,
    PromptStarted,
    PromptStopped,
)
from voicebot.speech.turn_taker import TurnSettings, TurnTaker

FRAME_MS = 20
SAMPLE_RATE_HZ = 8000
VOICE_DBFS, NOISE_DBFS = -20.0, -65.0

A = TypeVar("A", bound=Action)


class Scene:
    """One call, played by a script."""

    def __init__(self, settings: TurnSettings | None = None, decode_ms: int = 12) -> None:
        self.taker = TurnTaker(settings or TurnSettings(), SAMPLE_RATE_HZ)
        self.decode_ms = decode_ms
        self.log: list[tuple[int, Action]] = []
        self.drops_decodes = False
        self.stops_prompts = True
        self._answer = ("", Completeness.EMPTY, 0.9)
        self._answers_by_voice: list[tuple[float, tuple[str, Completeness, float]]] = []
        self._clock_ms = 0.0
        self._pending: list[tuple[float, Event]] = []
        self._prompt_id = 0

    # --- what happens
    # -----------------------------------------------------------------------------------------

    def voice(self, ms: int, *, echo: float = 0.0, level_dbfs: float = VOICE_DBFS) -> None:
        """The citizen speaks."""
        self._frames(ms, probability=0.95, level_dbfs=level_dbfs, echo=echo)

    def silence(self, ms: int, *, probability: float = 0.02, level_dbfs: float = NOISE_DBFS) -> None:
        """The citizen does not speak."""
        self._frames(ms, probability=probability, level_dbfs=level_dbfs, echo=0.0)

    def stall(self, ms: int) -> None:
        """No frames arrive."""
        self._run_until(self._clock_ms + ms)

    def give(self, shape: AnswerShape, silence_s: float = 6.0) -> None:
        """The dialogue listens."""
        self.tell(FloorGiven(shape=shape, silence_s=silence_s))

    def take(self) -> None:
        """The dialogue does not listen any more."""
        self.tell(FloorTaken())

    def prompt(self, *, interruptible: bool = True) -> None:
        """The bot becomes audible."""
        self._prompt_id += 1
        self.tell(PromptStarted(prompt_id=self._prompt_id, interruptible=interruptible))

    def prompt_ends(self, *, interrupted: bool = False) -> None:
        """The bot falls silent."""
        self.tell(PromptStopped(prompt_id=self._prompt_id, interrupted=interrupted))

    def key(self, key: str = "1") -> None:
        """A key is pressed."""
        self.tell(KeyHeard(key=key))

    def hears(self, text: str, completeness: Completeness, confidence: float = 0.9) -> None:
        """What decodes asked for from now on answer."""
        self._answer = (text, completeness, confidence)
        self._answers_by_voice = []

    def hears_by_voice(self, *answers: tuple[float, str, Completeness]) -> None:
        """What decodes answer by the voice (ms) they hold: the last row whose least voice is reached."""
        self._answers_by_voice = [(least, (text, kind, 0.9)) for least, text, kind in answers]

    def tell(self, event: Event) -> None:
        """Tell turn taking of an event now."""
        self._take(self.taker.receive(event, self._clock_ms / 1000))

    # --- what came of it
    # --------------------------------------------------------------------------------------

    def of(self, kind: type[A]) -> list[A]:
        """Actions of a kind, in order."""
        return [action for _, action in self.log if isinstance(action, kind)]

    def moments(self, kind: type[Action]) -> list[int]:
        """When actions of a kind came: milliseconds since the scene began."""
        return [at for at, action in self.log if isinstance(action, kind)]

    def asked(self, kind: DecodeKind) -> list[int]:
        """When decodes of a kind were asked for."""
        return [at for at, action in self.log if isinstance(action, RequestDecode) and action.kind is kind]

    @property
    def turns(self) -> list[str]:
        """Texts of the turns that stand: committed and not taken back."""
        retracted = {action.turn_id for action in self.of(RetractTurn)}
        return [turn.text for turn in self.of(CommitTurn) if turn.turn_id not in retracted]

    # --- the engine
    # -------------------------------------------------------------------------------------------

    def _frames(self, ms: int, *, probability: float, level_dbfs: float, echo: float) -> None:
        for _ in range(ms // FRAME_MS):
            self._run_until(self._clock_ms + FRAME_MS)
            self.tell(
                FrameHeard(
                    end_sample=int(self._clock_ms * SAMPLE_RATE_HZ / 1000),
                    duration_ms=FRAME_MS,
                    probability=probability,
                    level_dbfs=level_dbfs,
                    echo=echo,
                )
            )

    def _run_until(self, until_ms: float) -> None:
        while True:
            deadline = self.taker.next_deadline()
            timer_ms = max(deadline * 1000, self._clock_ms) if deadline is not None else None
            answer_ms = self._pending[0][0] if self._pending else None
            due = [at for at in (timer_ms, answer_ms) if at is not None and at <= until_ms]
            if not due:
                break
            self._clock_ms = min(due)
            if answer_ms == self._clock_ms:
                self.tell(self._pending.pop(0)[1])
            else:
                self._take(self.taker.handle_timer(self._clock_ms / 1000))
        self._clock_ms = until_ms

    def _take(self, actions: list[Action]) -> None:
        for action in actions:
            self.log.append((round(self._clock_ms), action))
            match action:
                case RequestDecode():
                    self._pending.append((self._clock_ms + self.decode_ms, self._answer_to(action)))
                case DiscardDecode(decode_id=decode_id):
                    self._pending = [entry for entry in self._pending if _decode_id(entry[1]) != decode_id]
                case StopPrompt() if self.stops_prompts:
                    stopped = PromptStopped(prompt_id=self._prompt_id, interrupted=True)
                    self._pending.append((self._clock_ms + 1, stopped))
                    self._pending.sort(key=lambda entry: entry[0])
                case CommitTurn() | RetractTurn() | ConfirmTurn() | ReportSilence() | StopPrompt():
                    pass

    def _answer_to(self, request: RequestDecode) -> Event:
        if self.drops_decodes:
            return DecodeDropped(decode_id=request.decode_id)
        text, completeness, confidence = self._answer
        for least_ms, answer in self._answers_by_voice:
            if request.voiced_ms >= least_ms:
                text, completeness, confidence = answer
        return HypothesisHeard(
            decode_id=request.decode_id, text=text, completeness=completeness, confidence=confidence
        )


def _decode_id(event: Event) -> int:
    return event.decode_id if isinstance(event, HypothesisHeard | DecodeDropped) else -1
