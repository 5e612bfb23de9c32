"""The timeline of a call: what happened when, one JSON object a line.

Every line holds ``t``, ``track`` and ``event``, then the details of the event::

    {"t": 3.412, "track": "citizen", "event": "voice_ended"}

``t`` is seconds since the call's start, three decimals. It is the moment the thing *happened*, not the moment
it was found out: ``voice_ended`` carries the time of the last voiced sample although the decision came later.
Lines may therefore be a little out of order; readers sort by ``t``. A detail whose name ends in ``_at`` is a
moment on the same scale.

===================  =======  ======================================================================
event                track    details (those in brackets may be absent)
===================  =======  ======================================================================
``call_started``     engine   ``wall_time`` (ISO 8601), ``service``, ``call_id``
``first_packet``     citizen  the first audio of the caller arrived
``voice_started``    citizen  first voiced sample, by voice activity
``voice_ended``      citizen  last voiced sample
``audible_started``  bot      first audible sample sent; [``id`` of the prompt]
``audible_ended``    bot      last audible sample sent; [``id``]
``prompt``           bot      a prompt began to play: [``id``, ``text``, ``interruptible``]
``prompt_ended``     bot      [``id``, ``interrupted``]
``decode``           engine   [``decode_id``, ``kind`` (partial, speculative, final), ``asked_at``,
                              ``ms``, ``text``, ``confidence``, ``completeness``, ``outcome`` (used,
                              discarded, dropped, failed)]; ``t`` is when the answer came; a later
                              entry with the same ``decode_id`` adds to the first
``decision``         engine   ``action``, [``reason``]
``turn``             citizen  committed: ``turn_id``, [``text``, ``decode_id``, ``early``, ``reason``,
                              ``gap_ms``]
``retract``          engine   an early commit was taken back: ``turn_id``
``key``              citizen  a telephone key: ``key``
``barge_in``         citizen  the citizen interrupted: [``reason``]
``work``             engine   ``name``, [``succeeded``]
``transfer``         engine   ``target``, [``reason``]
``handoff_began``    engine   an officer is searched for: ``reason``
``handoff_told``     engine   the desk knows, before the first telephone rings: ``succeeded``
``officer_rung``     engine   ``number`` (1 for the first that is rung in this call), ``ring_s``
``officer_answered`` engine   ``number``
``officer_briefed``  engine   a hearing of the briefing begins: ``number``, ``hearing`` (1, 2 …)
``officer_decided``  engine   ``number``, ``result`` (taken, refused, no_key, no_answer, hung_up,
                              failed, given_up)
``handoff_ended``    engine   ``result`` (taken, nobody, unstaffed, citizen_gone), ``why``
``call_back_case``   engine   nobody took the call: ``succeeded``, ``case_number``
``statistics``       engine   figures of the media (``lost``, ``jitter_ms``, …)
``call_ended``       engine   ``result``, ``reason``
===================  =======  ======================================================================

Other events and further details are allowed and kept. ``text`` is absent where words are not to be kept.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voicebot.errors import TimelineError


class Track(StrEnum):
    """Whose doing an entry is."""

    CITIZEN = "citizen"
    BOT = "bot"
    ENGINE = "engine"


_NUMBER = (int, float)
_REQUIRED: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "call_started": {"wall_time": str, "service": str, "call_id": str},
    "decision": {"action": str},
    "turn": {"turn_id": int},
    "retract": {"turn_id": int},
    "key": {"key": str},
    "work": {"name": str},
    "transfer": {"target": str},
    "call_ended": {"result": str, "reason": str},
}
"""Event → the details that reading and drawing cannot do without."""

_OPTIONAL: Mapping[str, type | tuple[type, ...]] = {
    "kind": str,
    "reason": str,
    "text": str,
    "ms": _NUMBER,
    "asked_at": _NUMBER,
    "gap_ms": _NUMBER,
    "decode_id": int,
    "id": int,
    "outcome": str,
    "early": bool,
    "interrupted": bool,
    "interruptible": bool,
}
"""Detail → its type wherever it occurs; ``null`` is as good as absent."""

# Made once: json.dumps makes a new one for every line that is not written its default way.
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of a timeline."""

    at_s: float
    """Seconds since the call's start."""
    track: Track
    event: str
    details: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A detail as a string; empty where it is absent."""
        value = self.details.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> float | None:
        """A detail as a number; ``None`` where it is absent or is not one."""
        value = self.details.get(name)
        return float(value) if isinstance(value, _NUMBER) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A whole file, ordered by time."""

    records: tuple[Record, ...]
    cut_short: bool = False
    """Whether the last line is incomplete: the engine was killed, or the disk full, while it was written."""

    def of(self, *events: str) -> list[Record]:
        """The entries of the given events, in order."""
        return [record for record in self.records if record.event in events]

    @property
    def end_s(self) -> float:
        """Time of the last entry; 0 for an empty timeline."""
        return max((record.at_s for record in self.records), default=0.0)


def format_line(record: Record) -> str:
    """One entry as one line, newline included; values that JSON does not know are written as strings."""
    line = {"t": round(record.at_s, 3), "track": record.track.value, "event": record.event, **record.details}
    return _ENCODER.encode(line) + "\n"


def parse_line(line: str, place: str) -> Record:
    """Read one line.

    Args:
        line: The line, with or without its newline.
        place: ``file:line``, the beginning of every message.

    Raises:
        TimelineError: Not a JSON object, or ``t``, ``track``, ``event`` or a detail is missing or wrong.
    """
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TimelineError(f"{place}: not JSON: {error}") from error
    if not isinstance(entry, dict):
        raise TimelineError(f"{place}: must be a JSON object, is {type(entry).__name__}")
    at_s, track, event = (entry.pop(name, None) for name in ("t", "track", "event"))
    if isinstance(at_s, bool) or not isinstance(at_s, _NUMBER) or not _is_usable(at_s):
        raise TimelineError(f"{place}: 't' must be seconds since the call's start, is {at_s!r}")
    if track not in tuple(Track):
        raise TimelineError(f"{place}: 'track' must be {', '.join(Track)}, is {track!r}")
    if not isinstance(event, str) or not event:
        raise TimelineError(f"{place}: 'event' must name what happened, is {event!r}")
    _check_details(entry, event, place)
    return Record(at_s=float(at_s), track=Track(track), event=event, details=entry)


def parse(lines: Iterable[str], name: str) -> Timeline:
    """Read a whole file; empty lines are skipped, an incomplete last line is left out.

    Args:
        lines: The lines, with their newlines (an open file, or ``text.splitlines(keepends=True)``).
        name: The file's name, for messages.

    Raises:
        TimelineError: A line breaks the format; the message begins with ``file:line``.
    """
    records: list[Record] = []
    cut_short = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            records.append(parse_line(line, f"{name}:{number}"))
        except TimelineError:
            # Only the last line of a file can lack its newline; a killed engine leaves it half written.
            if line.endswith("\n") or not records:
                raise
            cut_short = True
    return Timeline(records=tuple(sorted(records, key=lambda record: record.at_s)), cut_short=cut_short)


def _is_usable(value: float) -> bool:
    # A day is longer than any call; the bound also keeps a drawing finite.
    return math.isfinite(value) and -1.0 <= value <= 86_400.0


def _check_details(entry: Mapping[str, object], event: str, place: str) -> None:
    required = _REQUIRED.get(event, {})
    for name, kind in required.items():
        if name not in entry:
            raise TimelineError(f"{place}: event '{event}' lacks '{name}'")
        if not isinstance(entry[name], kind) or isinstance(entry[name], bool):
            raise TimelineError(f"{place}: event '{event}' has an unusable '{name}': {entry[name]!r}")
    for name, kind in _OPTIONAL.items():
        value = entry.get(name)
        if name in required or value is None:
            continue
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise TimelineError(f"{place}: '{name}' is unusable: {value!r}")
        if kind is _NUMBER and isinstance(value, _NUMBER) and not math.isfinite(value):
            raise TimelineError(f"{place}: '{name}' is unusable: {value!r}")
