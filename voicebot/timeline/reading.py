"""What a timeline tells: who was audible when, the turns, and the response gap of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voicebot.timeline.record import Record, Timeline

_LONGEST_PAUSE_S = 4.0
"""A longer silence within a turn means that the voice before it was another matter, e.g. a back-channel."""

_PROMPT_LEAD_S = 0.5
"""A prompt is recorded when it is asked for or begins to play, at most this long after its first sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch in which one side was audible."""

    start_s: float
    end_s: float
    text: str = ""
    """The words, where they are known and kept."""
    unanswered: bool = False
    """The words are a decode's that led to no turn: a back-channel, or a turn that was never committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decode:
    """One decode of the recogniser."""

    asked_s: float
    answered_s: float
    kind: str
    outcome: str
    text: str
    decode_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the citizen, and the bot's answer to it."""

    turn_id: int
    committed_s: float
    text: str
    early: bool = False
    retracted: bool = False
    """Taken back, since the citizen went on: no answer counts."""
    reason: str = ""
    voice: Span | None = None
    """From the first to the last voiced sample; ``None`` where voice activity saw nothing."""
    answered_s: float | None = None
    """When the bot became audible."""
    answer: str = ""
    gap_ms: float | None = None
    """Last voiced sample → first audible sample of the answer, as the engine saw both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that a listing or a drawing shows."""

    citizen: tuple[Span, ...]
    bot: tuple[Span, ...]
    decodes: tuple[Decode, ...]
    turns: tuple[Turn, ...]
    end_s: float

    @property
    def gaps_ms(self) -> list[float]:
        """Response gaps of the turns that were answered, in order."""
        return [turn.gap_ms for turn in self.turns if turn.gap_ms is not None and not turn.retracted]


def read(timeline: Timeline) -> Reading:
    """Compute spans, turns and gaps."""
    end_s = timeline.end_s
    citizen = _spans(timeline.of("voice_started", "voice_ended"), "voice_started", end_s)
    bot = _bot_spans(timeline, end_s)
    turns = _turns(timeline, citizen, bot)
    decodes = _decodes(timeline)
    return Reading(
        citizen=_with_words(citizen, turns, decodes),
        bot=bot,
        decodes=decodes,
        turns=turns,
        end_s=max([end_s, *(span.end_s for span in (*citizen, *bot))]),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0..1) of the values lie (nearest rank, NIST handbook 7.2.6.2)."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _spans(records: Sequence[Record], start_event: str, end_s: float) -> list[Span]:
    spans: list[Span] = []
    start: float | None = None
    for record in records:
        if record.event == start_event:
            # A start without its end happens where a line was lost: the earlier start stands.
            start = record.at_s if start is None else start
        elif start is not None:
            spans.append(Span(start_s=start, end_s=record.at_s))
            start = None
    if start is not None:
        spans.append(Span(start_s=start, end_s=max(start, end_s)))
    return spans


def _bot_spans(timeline: Timeline, end_s: float) -> tuple[Span, ...]:
    audible = timeline.of("audible_started", "audible_ended")
    if audible:
        spans = _spans(audible, "audible_started", end_s)
    else:
        # An engine that does not look into its own audio still knows when a prompt was playing.
        spans = _spans(timeline.of("prompt", "prompt_ended"), "prompt", end_s)
    prompts = timeline.of("prompt")
    worded: list[Span] = []
    for span in spans:
        words: list[str] = []
        while prompts and prompts[0].at_s <= min(span.end_s, span.start_s + _PROMPT_LEAD_S):
            words.append(prompts.pop(0).text("text"))
        worded.append(replace(span, text=" ".join(word for word in words if word)))
    return tuple(worded)


def _decodes(timeline: Timeline) -> tuple[Decode, ...]:
    merged: dict[object, Decode] = {}
    used = {record.details.get("decode_id") for record in timeline.of("turn")} - {None}
    for record in timeline.of("decode"):
        decode_id = record.details.get("decode_id")
        key = id(record) if decode_id is None else (decode_id,)
        earlier = merged.get(key)
        asked = record.number("asked_at")
        if asked is None:
            asked = record.at_s - (record.number("ms") or 0.0) / 1000
        outcome = record.text("outcome") or ("used" if decode_id in used else "")
        if earlier is not None:
            merged[key] = replace(
                earlier,
                kind=earlier.kind or record.text("kind"),
                outcome=outcome or earlier.outcome,
                text=earlier.text or record.text("text"),
            )
            continue
        merged[key] = Decode(
            asked_s=asked,
            answered_s=record.at_s,
            kind=record.text("kind"),
            outcome=outcome,
            text=record.text("text"),
            decode_id=decode_id if isinstance(decode_id, int) else None,
        )
    return tuple(merged.values())


def _turns(timeline: Timeline, citizen: Sequence[Span], bot: Sequence[Span]) -> tuple[Turn, ...]:
    retracted = {record.details["turn_id"] for record in timeline.of("retract")}
    committed = timeline.of("turn")
    turns: list[Turn] = []
    since_s = float("-inf")
    for position, record in enumerate(committed):
        until_s = committed[position + 1].at_s if position + 1 < len(committed) else float("inf")
        turn = _turn(record, retracted=record.details["turn_id"] in retracted)
        spoken = [span for span in citizen if since_s <= span.start_s <= record.at_s]
        if spoken:
            turn = replace(turn, voice=_utterance(spoken, record.at_s))
        if not turn.retracted:
            turn = _answered(turn, record, bot, until_s)
            # A turn that was taken back leaves its voice to the next one.
            since_s = record.at_s
        turns.append(turn)
    return tuple(turns)


def _utterance(spoken: Sequence[Span], committed_s: float) -> Span:
    """The stretch of voice that ends in the commit, pauses to think included."""
    start_s = spoken[-1].start_s
    for earlier, later in zip(reversed(spoken[:-1]), reversed(spoken[1:]), strict=True):
        if later.start_s - earlier.end_s > _LONGEST_PAUSE_S:
            break
        start_s = earlier.start_s
    # Voice that goes on after the commit belongs to what follows, not to this turn's silence.
    return Span(start_s=start_s, end_s=min(spoken[-1].end_s, committed_s))


def _turn(record: Record, *, retracted: bool) -> Turn:
    turn_id = record.details["turn_id"]
    assert isinstance(turn_id, int)  # parse_line has checked it
    return Turn(
        turn_id=turn_id,
        committed_s=record.at_s,
        text=record.text("text"),
        early=record.details.get("early") is True,
        reason=record.text("reason"),
        retracted=retracted,
    )


def _answered(turn: Turn, record: Record, bot: Sequence[Span], until_s: float) -> Turn:
    answer = next((span for span in bot if record.at_s <= span.start_s < until_s), None)
    measured = record.number("gap_ms")
    if answer is None:
        return replace(turn, gap_ms=measured)
    gap_ms = (answer.start_s - turn.voice.end_s) * 1000 if turn.voice else measured
    return replace(turn, answered_s=answer.start_s, answer=answer.text, gap_ms=gap_ms)


def _with_words(
    citizen: Sequence[Span], turns: Sequence[Turn], decodes: Sequence[Decode]
) -> tuple[Span, ...]:
    utterances = [(turn.voice, turn.text) for turn in turns if turn.voice and not turn.retracted]
    worded: list[Span] = []
    for position, span in enumerate(citizen):
        of_turn = next(
            (found for found in utterances if found[0].start_s <= span.start_s < found[0].end_s), None
        )
        if of_turn is not None:
            first = of_turn[0].start_s == span.start_s
            worded.append(replace(span, text=of_turn[1] if first else ""))
            continue
        until_s = citizen[position + 1].start_s if position + 1 < len(citizen) else float("inf")
        heard = [
            decode.text for decode in decodes if span.start_s <= decode.asked_s < until_s and decode.text
        ]
        worded.append(replace(span, text=heard[-1] if heard else "", unanswered=True))
    return tuple(worded)
