"""One scripted citizen as a pure machine: hears packets, gives frames of 20 ms, presses keys, hangs up.

Theory of operation
    ::

                   bot audible           bot silent            decide()
        WAITING ───────────────▶ HEARING ─────────▶ DECIDING ───────────▶ THINKING
           ▲  ▲                   │    ▲               │  │                 │  │
           │  └── nothing to say ─│────│───────────────┘  │                 │  │
           │                      │    └─── bot audible again ──────────────┘  │
           │             barge-in ▼                                            │ time to speak
           └──────────────── SPEAKING ◀────────────────────────────────────────┘
               all said

    Hanging up leads from everywhere to ENDED.

    Time enters as ``now`` (monotonic seconds). ``hear`` is called for every packet that arrives,
    ``next_frame`` once every 20 ms; both are cheap, since a load test runs many citizens beside the engine
    that it measures. Figures are not taken here but from the packets (``packet_log.py``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum, auto

from voicebot.testing.packet_log import CLICK_PACKETS, RUN_BREAK_S
from voicebot.testing.persona import Answer, Persona
from voicebot.testing.rendering import Clip, Repertoire
from voicebot.testing.script import Script

RESIDUAL_S = 1.0
"""A bot that speaks on for so long after the citizen interrupted it and finished was not interrupted: its
prompt counts as a new turn. Four times the promised time to fall silent (250 ms)."""


class Floor(Enum):
    """Where the conversation is, from the citizen's side; the members are the states of the drawing above."""

    WAITING = auto()
    HEARING = auto()
    DECIDING = auto()
    THINKING = auto()
    SPEAKING = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnHeard:
    """The bot's turn is over: recognise it and call ``decide`` (only asked of a citizen who recognises)."""

    turn: int
    from_at: float
    """Monotonic seconds at which it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressKeys:
    """Send these keys."""

    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """The citizen hangs up."""

    reason: str


Action = TurnHeard | PressKeys | HangUp


@dataclass(slots=True)
class Frame:
    """20 ms to send: one is made for every packet."""

    payload: bytes
    utterance: int
    """Number of the answer whose voiced samples it holds; 0 when it holds none."""
    silent: bool
    """Nothing but the line's silence: what a phone with DTX does not send."""


@dataclass(slots=True)
class TurnNotes:
    """What the citizen noted about one turn of the bot and the answer to it."""

    number: int
    onset_at: float
    recognised: str | None = None
    answer: Answer | None = None
    utterance: int = 0
    """Number of the spoken answer in the packet log; 0 when nothing was said."""
    barged_in: bool = False
    keys: str = ""
    back_channels: list[int] = field(default_factory=list)
    """Utterance numbers of the nods during this turn."""


class Citizen:
    """The machine; see the module's drawing."""

    def __init__(self, persona: Persona, repertoire: Repertoire, *, recognises: bool, now: float) -> None:
        """
        Args:
            persona: Whose script it is.
            repertoire: Everything the persona says, rendered.
            recognises: Whether the bot's words will be given to ``decide``; else answers go by order.
            now: Monotonic seconds at which media began.
        """
        self.floor = Floor.WAITING
        self.turns: list[TurnNotes] = []
        self._persona = persona
        self._repertoire = repertoire
        self._recognises = recognises
        self._script = Script(persona)
        self._random = random.Random(persona.seed)
        self._end_of_turn_s = persona.end_of_turn_ms / 1000.0
        self._actions: list[Action] = []
        self._utterances = 0
        self._clip: Clip | None = None
        self._position = 0
        self._clip_number = 0
        self._noise_position = 0
        self._chosen: Answer | None = None
        self._expected: Answer | None = None
        self._nods_done = 0
        self._speak_at = 0.0
        self._interrupted_at = self._answered_at = now - RESIDUAL_S
        self._run_start = self._last_audible = now - 1.0
        self._run_packets = 0
        self._quiet_since = now
        self._give_up_at = now + persona.longest_call_s

    # --- the bot -------------------------------------------------------------------------------------------

    def hear(self, audible: bool, at: float) -> None:
        """A packet from the bot arrived at ``at``."""
        if not audible:
            return
        if at - self._last_audible > RUN_BREAK_S:
            self._run_start, self._run_packets = at, 1
        else:
            self._run_packets += 1
        self._last_audible = at
        if self._run_packets < CLICK_PACKETS:
            return
        self._quiet_since = at
        match self.floor:
            case Floor.WAITING:
                self._bot_began(at)
            case Floor.DECIDING | Floor.THINKING:  # it only drew breath
                if self._chosen is not None:
                    self._script.take_back()
                    self._chosen = None
                self.floor = Floor.HEARING
            case Floor.HEARING | Floor.SPEAKING | Floor.ENDED:
                pass

    def _bot_began(self, at: float) -> None:
        if self._run_start < self._interrupted_at and at < self._answered_at + RESIDUAL_S:
            return  # the tail of the prompt that was interrupted
        self.turns.append(TurnNotes(number=len(self.turns) + 1, onset_at=self._run_start))
        self._expected = self._script.expected(len(self.turns))
        self._nods_done = 0
        self.floor = Floor.HEARING

    # --- the answer ----------------------------------------------------------------------------------------

    def decide(self, turn: int, recognised: str | None, now: float) -> None:
        """Choose the answer to a turn of the bot, with its words when they were recognised."""
        if self.floor is not Floor.DECIDING or turn != len(self.turns):
            return  # the bot spoke on in the meantime
        notes = self.turns[-1]
        notes.recognised = recognised
        self._chosen = self._script.choose(turn, recognised)
        if self._chosen is None or self._chosen.silence:
            notes.answer, self._chosen = self._chosen, None
            self.floor = Floor.WAITING
            return
        thinking_ms = self._chosen.thinking_ms
        if isinstance(thinking_ms, tuple):
            thinking_ms = self._random.randint(*thinking_ms)
        self._speak_at = max(now, self._last_audible + thinking_ms / 1000.0)
        self.floor = Floor.THINKING

    def _speak(self, answer: Answer) -> None:
        notes = self.turns[-1]
        notes.answer = answer
        self._chosen = None
        self.floor = Floor.SPEAKING
        self._clip = None
        if answer.say:
            notes.utterance = self._start_clip(self._repertoire.clip(answer.say))

    def _start_clip(self, clip: Clip) -> int:
        self._utterances += 1
        self._clip, self._position, self._clip_number = clip, 0, self._utterances
        return self._utterances

    def _finish_answer(self, now: float) -> None:
        notes = self.turns[-1]
        answer = notes.answer
        assert answer is not None  # SPEAKING begins with an answer
        if answer.keys and not notes.keys:
            notes.keys = answer.keys
            self._actions.append(PressKeys(keys=answer.keys))
        if answer.hang_up or answer.hang_up_ms is not None:
            self._end("the script ends here")
            return
        self._quiet_since = now
        self._answered_at = now
        self.floor = Floor.WAITING

    def _end(self, reason: str) -> None:
        if self.floor is not Floor.ENDED:
            self.floor = Floor.ENDED
            self._clip = None
            self._actions.append(HangUp(reason=reason))

    # --- time ----------------------------------------------------------------------------------------------

    def next_frame(self, now: float) -> Frame:
        """Let time pass and give the next 20 ms to send."""
        match self.floor:
            case Floor.HEARING:
                self._while_the_bot_speaks(now)
            case Floor.THINKING if now >= self._speak_at and self._chosen is not None:
                self._speak(self._chosen)
            case Floor.SPEAKING if self._clip is None:
                self._finish_answer(now)
            case _:
                pass
        if now >= self._give_up_at:
            self._end("the longest call time is over")
        elif now - self._quiet_since > self._persona.patience_s and self.floor is Floor.WAITING:
            self._end("the bot says nothing")
        return self._frame()

    def _while_the_bot_speaks(self, now: float) -> None:
        notes = self.turns[-1]
        spoken_ms = (now - notes.onset_at) * 1000.0
        expected = self._expected
        if expected is not None:
            if expected.hang_up_ms is not None and spoken_ms >= expected.hang_up_ms:
                notes.answer = expected
                self._end("the script ends here")
                return
            if expected.barge_in_ms is not None and spoken_ms >= expected.barge_in_ms:
                notes.barged_in = True
                self._interrupted_at = now
                self._script.take_expected(notes.number)
                self._speak(expected)
                return
            nods = expected.back_channels
            if self._nods_done < len(nods) and spoken_ms >= nods[self._nods_done].at_ms:
                notes.back_channels.append(
                    self._start_clip(self._repertoire.clip((nods[self._nods_done].say,)))
                )
                self._nods_done += 1
        if now - self._last_audible >= self._end_of_turn_s:
            self.floor = Floor.DECIDING
            if self._recognises:
                self._actions.append(TurnHeard(turn=notes.number, from_at=notes.onset_at))
            else:
                self.decide(notes.number, None, now)

    def _frame(self) -> Frame:
        clip = self._clip
        if clip is not None:
            position = self._position
            self._position = position + 1
            if self._position == len(clip.payloads):
                self._clip = None
            voiced = clip.voiced[position]
            return Frame(clip.payloads[position], self._clip_number if voiced else 0, False)
        idle = self._repertoire.idle
        self._noise_position = (self._noise_position + 1) % len(idle)
        return Frame(idle[self._noise_position], 0, True)

    def take_actions(self) -> list[Action]:
        """What is asked of the shell since the last call, in order."""
        if not self._actions:
            return []
        actions, self._actions = self._actions, []
        return actions
