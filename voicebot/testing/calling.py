"""One scripted call from dialling to its report."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from voicebot.errors import AsteriskUnavailable
from voicebot.ports import Recogniser
from voicebot.testing.citizen import Action, Citizen, HangUp, PressKeys, TurnHeard, TurnNotes
from voicebot.testing.ear import BotEar, recognise_turn
from voicebot.testing.exchange import CitizenExchange, CitizenLine
from voicebot.testing.line import SendingLine
from voicebot.testing.line_echo import LineEcho
from voicebot.testing.media import Leg
from voicebot.testing.packet_log import PacketLog, UtteranceFigures
from voicebot.testing.persona import Persona
from voicebot.testing.rendering import Repertoire
from voicebot.testing.report import CallReport, NodReport, TurnReport

_ENDING_S = 5.0
"""Beyond the persona's longest call: for an Asterisk that does not say that the call has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SipTarget:
    """Whom the citizen calls, at the far end of the citizens' one trunk."""

    number: str
    ring_s: int = 30


async def run_persona(
    persona: Persona,
    target: SipTarget,
    exchange: CitizenExchange,
    repertoire: Repertoire,
    *,
    recogniser: Recogniser | None = None,
    seed: int | None = None,
) -> CallReport:
    """Hold one real call.

    Args:
        persona: Who calls.
        target: Who is called.
        exchange: The citizens' Asterisk, socket and clock; may carry many calls at once.
        repertoire: Everything the persona says (``render_persona``), made before the call.
        recogniser: Recognises the bot's speech, so that answers follow its words; ``None``: by order.
        seed: Instead of the persona's, so that many calls of one persona differ in their packets.

    Raises:
        TelephonyError: The citizens' Asterisk refused or is gone.
    """
    if seed is not None:
        persona = persona.model_copy(update={"seed": seed})
    async with exchange.dialled(target.number, persona.caller_id, target.ring_s) as line:
        if not line.answered:
            return CallReport(persona=persona.name, ended_by="nobody answered", ended_because=line.end.cause)
        began = time.monotonic()
        ended_by = "bot"
        because = ""
        call = _Call(persona, repertoire, line, recogniser, began)
        exchange.media.attach(line.remote, call.leg)
        try:
            async with asyncio.timeout(persona.longest_call_s + _ENDING_S), asyncio.TaskGroup() as tasks:
                call.tasks = tasks
                far_end = tasks.create_task(line.end.ended.wait())
                ours = tasks.create_task(call.hung_up.wait())
                await asyncio.wait((far_end, ours), return_when=asyncio.FIRST_COMPLETED)
                if call.hung_up.is_set():
                    ended_by, because = "citizen", call.reason
                far_end.cancel()
                ours.cancel()
                call.stop()
        finally:
            exchange.media.detach(line.remote)
        if line.end.lost:
            raise AsteriskUnavailable(line.end.cause)
    return CallReport(
        persona=persona.name,
        ended_by=ended_by,
        ended_because=because,
        turns=turn_reports(call.citizen.turns, call.leg.log, began),
        duration_s=time.monotonic() - began,
        packets_sent=call.leg.log.packets_sent,
        packets_heard=call.leg.log.packets_heard,
    )


class _Call:
    """Performs what the citizen wants besides speaking."""

    tasks: asyncio.TaskGroup

    def __init__(
        self,
        persona: Persona,
        repertoire: Repertoire,
        line: CitizenLine,
        recogniser: Recogniser | None,
        now: float,
    ) -> None:
        self.hung_up = asyncio.Event()
        self.reason = ""
        self._line = line
        self._recogniser = recogniser
        self._ear = BotEar() if recogniser is not None else None
        self._running: set[asyncio.Task[None]] = set()
        self.citizen = Citizen(persona, repertoire, recognises=recogniser is not None, now=now)
        self.leg = Leg(
            self.citizen,
            SendingLine(persona.line, persona.seed),
            ssrc=hash((line.call_id, persona.seed)) & 0xFFFF_FFFF,
            act=self._act,
            ear=self._ear,
            echo=LineEcho(persona.line.echo) if persona.line.echo is not None else None,
        )

    def stop(self) -> None:
        """Drop what is still under way."""
        for task in self._running:
            task.cancel()

    def _act(self, action: Action) -> None:
        match action:
            case HangUp(reason=reason):
                self.reason = reason
                self.hung_up.set()
                return
            case PressKeys(keys=keys):
                task = self.tasks.create_task(self._line.press(keys))
            case TurnHeard(turn=turn, from_at=from_at):
                task = self.tasks.create_task(self._recognise(turn, from_at))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _recognise(self, turn: int, from_at: float) -> None:
        assert self._recogniser is not None and self._ear is not None  # only then is TurnHeard asked
        words = await recognise_turn(self._recogniser, self._ear.pieces(from_at))
        self.citizen.decide(turn, words, time.monotonic())


def turn_reports(notes: list[TurnNotes], log: PacketLog, began: float) -> tuple[TurnReport, ...]:
    """Notes and packets as the report's turns; times in seconds since ``began``."""
    figures = {note.utterance: log.figures(note.utterance) for note in notes if note.utterance}
    reports: list[TurnReport] = []
    for index, note in enumerate(notes):
        own = figures.get(note.utterance)
        if own is not None:
            following = _next_start(notes[index + 1 :], figures)
            if following is not None:
                own = log.figures(note.utterance, until=following)
        reports.append(_turn_report(note, own, log, began))
    return tuple(reports)


def _next_start(notes: list[TurnNotes], figures: dict[int, UtteranceFigures]) -> float | None:
    starts = (figures[note.utterance].started_at for note in notes if note.utterance)
    return next((start for start in starts if start is not None), None)


def _turn_report(note: TurnNotes, own: UtteranceFigures | None, log: PacketLog, began: float) -> TurnReport:
    nods: list[NodReport] = []
    for utterance in note.back_channels:
        nod = log.figures(utterance)
        if nod.started_at is not None:
            nods.append(
                NodReport(at_ms=(nod.started_at - note.onset_at) * 1000.0, silent_after_ms=nod.silenced_ms)
            )
    started_at = own.started_at if own else None
    return TurnReport(
        bot=note.recognised or "",
        said=note.answer.text if note.answer is not None and note.utterance else "",
        gap_ms=own.gap_ms if own else None,
        cut_off=own.cut_off if own else False,
        keys=note.keys,
        barged_in=note.barged_in,
        silenced_ms=own.silenced_ms if own and note.barged_in else None,
        nods=tuple(nods),
        bot_at_s=note.onset_at - began,
        said_at_s=None if started_at is None else started_at - began,
    )
