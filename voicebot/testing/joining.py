"""Join a report with the engine's timeline of the same call, after the call: a report's convenience.

Both clocks run alike but began apart; the bot's first sound, which both sides note, aligns them. What lies
within the network's few milliseconds does not matter here: gaps are the citizen's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from voicebot.testing.report import CallReport, EngineView, TurnReport
from voicebot.timeline.reading import read
from voicebot.timeline.record import Timeline

_BEFORE_ONSET_S = 0.5
"""A prompt is noted when it begins to play: up to so long before its first sound reaches the citizen."""


def join(report: CallReport, timeline: Timeline) -> CallReport:
    """The report with the engine's words, outcome, slots and case.

    Slots are the ``slots`` of ``call_ended``; the case is the last ``case_number`` among the results of work.
    """
    view = engine_view(timeline)
    reading = read(timeline)
    first_bot = min((span.start_s for span in reading.bot), default=None)
    if first_bot is None or not report.turns:
        return replace(report, engine=view)
    offset_s = report.turns[0].bot_at_s - first_bot
    bounds = _bounds(report.turns)
    prompts = [(record.at_s + offset_s, record.text("text")) for record in timeline.of("prompt")]
    answers = [(turn.committed_s + offset_s, turn.text) for turn in reading.turns if not turn.retracted]
    turns: list[TurnReport] = []
    for index, turn in enumerate(report.turns):
        before, begun, after = bounds[index], bounds[index + 1], bounds[index + 2]
        said = " ".join(text for at, text in prompts if before <= at < begun and text)
        heard = " ".join(text for at, text in answers if begun <= at < after and text)
        turns.append(replace(turn, bot=said or turn.bot, heard=heard))
    return replace(report, turns=tuple(turns), engine=view)


def engine_view(timeline: Timeline) -> EngineView:
    """Outcome, reason, slots and case as the engine wrote them."""
    outcome = reason = case = report = ""
    slots: dict[str, str] = {}
    works: list[str] = []
    for record in timeline.records:
        slots |= _texts(record.details.get("slots"))
        result = record.details.get("result")
        if record.event == "work" and record.details.get("succeeded"):
            works.append(record.text("name"))
        elif record.event == "report":
            report = record.text("text")
            works += ["report"] if record.details.get("succeeded") else []
        if record.event == "call_ended":
            outcome, reason = record.text("result"), record.text("reason")
        elif isinstance(result, Mapping):
            case = _texts(result).get("case_number", case)
        case = record.text("case_number") or case
    return EngineView(
        outcome=outcome, reason=reason, slots=slots, case=case, works=tuple(works), report=report
    )


def _bounds(turns: tuple[TurnReport, ...]) -> list[float]:
    """When each answer began (an answer that was not given begins just before the bot's next turn), with
    ends."""
    bounds = [float("-inf")]
    for index, turn in enumerate(turns):
        if turn.said_at_s is not None:
            bounds.append(turn.said_at_s)
        elif index + 1 < len(turns):
            bounds.append(turns[index + 1].bot_at_s - _BEFORE_ONSET_S)
        else:
            bounds.append(float("inf"))
    return [*bounds, float("inf")]


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, Mapping) else {}
