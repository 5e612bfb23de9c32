"""A call as a picture: the citizen's lane above, the bot's below, decodes and response gaps between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voicebot.timeline.reading import Decode, Reading, Span, Turn, percentile, read
from voicebot.timeline.record import Record, Timeline
from voicebot.timeline.svg import Canvas, text_width, wrap

_WIDTH, _LEFT, _RIGHT = 1280.0, 64.0, 24.0
_HEADER, _LEGEND = 70.0, 58.0
_LONGEST_ROW_S = 18.0
"""At five syllables a second, the pace of Korean speech, words of 13 pixels then fit above their bar."""
_SHORTEST_ROW_S = 8.0

# Heights within a row, from its top.
_AXIS, _CITIZEN_WORDS, _CITIZEN_BAR, _DECODES = 12.0, 50.0, 58.0, 84.0
_MARKS, _GAP_LABEL, _BOT_BAR, _BOT_WORDS, _ROW = (102.0, 117.0), 136.0, 142.0, 172.0, 208.0
_BAR, _LINE, _WORDS, _SMALL = 14.0, 16.0, 13.0, 11.0

_INK, _FAINT, _GRID = "#1f2937", "#6b7280", "#e5e7eb"
_CITIZEN, _BOT, _ALARM = "#2563eb", "#0d9488", "#be123c"
_KINDS = {"partial": "#94a3b8", "speculative": "#f59e0b", "final": "#7c3aed"}
_PROMPT_MS, _ACCEPTABLE_MS = 300.0, 800.0
"""The promised 95th percentiles of the response gap after a closed and after an open question."""


def draw(timeline: Timeline) -> str:
    """Draw a timeline as an SVG document."""
    return _Drawing(timeline).document()


def gap_colour(gap_ms: float) -> str:
    """Green as promised for closed questions, amber for open ones, red beyond."""
    if gap_ms <= _PROMPT_MS:
        return "#15803d"
    return "#b45309" if gap_ms <= _ACCEPTABLE_MS else "#b91c1c"


def headline(timeline: Timeline, reading: Reading) -> tuple[str, str]:
    """What kind of call it was and how it went, in two lines."""
    started = next(iter(timeline.of("call_started")), None)
    ended = next(iter(timeline.of("call_ended")), None)
    first = [started.text("service"), started.text("call_id"), started.text("wall_time")] if started else []
    first.append(f"{reading.end_s:.1f} s")
    first.append(f"{ended.text('result')}: {ended.text('reason')}" if ended else "no end recorded")
    if timeline.cut_short:
        first.append("last line incomplete")
    gaps = reading.gaps_ms
    second = [_counted(sum(not turn.retracted for turn in reading.turns), "turn")]
    if gaps:
        second.append(f"response gap median {percentile(gaps, 0.5):.0f} ms, longest {max(gaps):.0f} ms")
    second.append(_counted(len(reading.decodes), "decode"))
    for event, words in (("barge_in", "barge-in"), ("retract", "turn taken back"), ("key", "key")):
        if timeline.of(event):
            second.append(_counted(len(timeline.of(event)), words))
    return " · ".join(part for part in first if part), " · ".join(second)


def _counted(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun.replace('turn ', 'turns ') if ' ' in noun else noun + 's'}"


@dataclass(frozen=True, slots=True)
class _Row:
    start_s: float
    end_s: float
    top: float
    pixels_per_s: float

    def holds(self, at_s: float) -> bool:
        return self.start_s <= at_s < self.end_s

    def x(self, at_s: float) -> float:
        return _LEFT + (min(max(at_s, self.start_s), self.end_s) - self.start_s) * self.pixels_per_s

    def cuts(self, start_s: float, end_s: float) -> bool:
        return start_s < self.end_s and end_s > self.start_s


class _Drawing:
    """The state of one drawing: the canvas and the rows."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._reading = read(timeline)
        self._canvas = Canvas()
        end_s = max(self._reading.end_s, _SHORTEST_ROW_S)
        count = math.ceil(end_s / _LONGEST_ROW_S)
        row_s = math.ceil(end_s / count + 0.05)  # a little air after the last sound
        scale = (_WIDTH - _LEFT - _RIGHT) / row_s
        self._rows = [
            _Row(start * row_s, (start + 1) * row_s, _HEADER + start * _ROW, scale) for start in range(count)
        ]

    def document(self) -> str:
        first, second = headline(self._timeline, self._reading)
        self._canvas.text(_LEFT, 28, first, size=16, fill=_INK, font_weight="bold")
        self._canvas.text(_LEFT, 48, second, size=13, fill=_FAINT)
        for row in self._rows:
            self._draw_frame(row)
            for turn in self._reading.turns:
                self._draw_gap(row, turn)
            self._draw_bars(row, self._reading.citizen, row.top + _CITIZEN_BAR, _CITIZEN)
            self._draw_bars(row, self._reading.bot, row.top + _BOT_BAR, _BOT)
            self._draw_words(row, self._reading.citizen, _CITIZEN)
            self._draw_words(row, self._reading.bot, _BOT)
            self._draw_decodes(row)
            self._draw_keys(row)
            self._draw_marks(row)
        bottom = _HEADER + len(self._rows) * _ROW
        draw_legend(self._canvas, bottom)
        return self._canvas.document(_WIDTH, bottom + _LEGEND, first)

    def _draw_frame(self, row: _Row) -> None:
        canvas, bottom = self._canvas, row.top + _BOT_BAR + _BAR + 6
        for second in range(int(row.start_s), int(row.end_s) + 1):
            x = row.x(second)
            canvas.line(x, row.top + _AXIS + 5, x, bottom, stroke=_GRID)
            canvas.text(x, row.top + _AXIS, f"{second} s", size=10, fill=_FAINT, text_anchor="middle")
        for bar, name, colour in ((_CITIZEN_BAR, "citizen", _CITIZEN), (_BOT_BAR, "bot", _BOT)):
            y = row.top + bar
            canvas.rectangle(_LEFT, y, row.x(row.end_s) - _LEFT, _BAR, fill="#f3f4f6")
            canvas.text(_LEFT - 8, y + 11, name, size=12, fill=colour, text_anchor="end", font_weight="bold")
        canvas.text(_LEFT - 8, row.top + _DECODES + 4, "decodes", size=10, fill=_FAINT, text_anchor="end")

    def _draw_bars(self, row: _Row, spans: Iterable[Span], y: float, colour: str) -> None:
        for span in spans:
            if row.cuts(span.start_s, span.end_s):
                x = row.x(span.start_s)
                # A back-channel of 100 ms must still be seen.
                width = max(row.x(span.end_s) - x, 2.0)
                title = f"{span.start_s:.2f}–{span.end_s:.2f} s {span.text}".rstrip()
                self._canvas.rectangle(x, y, width, _BAR, fill=colour, rx="3", title=title)

    def _draw_words(self, row: _Row, spans: Sequence[Span], colour: str) -> None:
        worded = [span for span in spans if span.text and self._words_row(span) is row]
        for position, span in enumerate(worded):
            x = row.x(span.start_s)
            until = row.x(worded[position + 1].start_s) - 10 if position + 1 < len(worded) else _WIDTH - 6
            lines = wrap(span.text, _WORDS, until - x, 2)
            # The citizen's words stand on their bar, the bot's hang under theirs.
            above = (len(lines) - 1) * _LINE
            y = row.top + (_CITIZEN_WORDS - above if colour == _CITIZEN else _BOT_WORDS)
            ink = _FAINT if span.unanswered else colour
            for line, words in enumerate(lines):
                self._canvas.text(x, y + line * _LINE, words, size=_WORDS, fill=ink, title=span.text)

    def _words_row(self, span: Span) -> _Row:
        """Words stand where most of their sound is."""
        return max(self._rows, key=lambda row: min(span.end_s, row.end_s) - max(span.start_s, row.start_s))

    def _draw_gap(self, row: _Row, turn: Turn) -> None:
        if turn.retracted or turn.voice is None or turn.answered_s is None or turn.gap_ms is None:
            return
        start_s, end_s = turn.voice.end_s, turn.answered_s
        if not row.cuts(start_s, end_s):
            return
        colour, top = gap_colour(turn.gap_ms), row.top + _CITIZEN_BAR + _BAR
        x, height = row.x(start_s), _BOT_BAR - _CITIZEN_BAR - _BAR
        title = f"turn {turn.turn_id}: response gap {turn.gap_ms:.0f} ms; {turn.reason}".rstrip("; ")
        self._canvas.rectangle(
            x, top, row.x(end_s) - x, height, fill=colour, fill_opacity="0.18", title=title
        )
        for edge_s in (start_s, end_s):
            if row.holds(edge_s):
                self._canvas.line(row.x(edge_s), top, row.x(edge_s), top + height, stroke=colour)
        if row.holds(turn.committed_s):
            commit = row.x(turn.committed_s)
            self._canvas.line(commit, top, commit, top + height, stroke=colour, stroke_dasharray="2 2")
        if row.holds(end_s):
            label = f"{turn.gap_ms:.0f} ms"
            x, y, anchor = row.x(end_s) + 4, row.top + _GAP_LABEL, "start"
            if x + text_width(label, 12) > row.x(row.end_s):  # it would leave the picture on the right
                x, anchor = row.x(start_s) - 4, "end"
            self._canvas.text(x, y, label, size=12, fill=colour, font_weight="bold", text_anchor=anchor)

    def _draw_decodes(self, row: _Row) -> None:
        y = row.top + _DECODES
        for decode in self._reading.decodes:
            if row.holds(decode.answered_s):
                draw_decode(self._canvas, decode, row.x(decode.asked_s), row.x(decode.answered_s), y)

    def _draw_keys(self, row: _Row) -> None:
        for record in self._timeline.of("key"):
            if row.holds(record.at_s):
                x, y = row.x(record.at_s) - 7, row.top + _CITIZEN_BAR - 1
                title = f"{record.at_s:.2f} s key {record.text('key')}"
                self._canvas.rectangle(x, y, 14, 16, fill="#ffffff", stroke=_INK, rx="3", title=title)
                self._canvas.text(
                    x + 7, y + 12, record.text("key")[:1], size=_SMALL, fill=_INK, text_anchor="middle"
                )

    def _draw_marks(self, row: _Row) -> None:
        """Decisions on two lines between the lanes; a name is left out where both lines are taken."""
        free_from = [_LEFT - 5.0 for _ in _MARKS]
        for record in self._timeline.records:
            label = _mark(record)
            if not label or not row.holds(record.at_s):
                continue
            x, width = row.x(record.at_s), text_width(label, _SMALL)
            line = next((line for line, free in enumerate(free_from) if x - 5 >= free), None)
            y = row.top + _MARKS[line or 0]
            colour = _ALARM if record.event in ("barge_in", "retract") else _INK
            reason = record.text("reason")
            title = f"{record.at_s:.2f} s {label}" + (f": {reason}" if reason else "")
            draw_diamond(self._canvas, x, y, colour, title)
            if line is not None:
                left = x + 7 if x + 7 + width <= _WIDTH - 2 else x - 7 - width
                self._canvas.text(left, y + 4, label, size=_SMALL, fill=colour, title=title)
                free_from[line] = max(x, left + width) + 5


def _mark(record: Record) -> str:
    match record.event:
        case "first_packet":
            return "first packet"
        case "decision":
            return record.text("action").replace("_", " ")
        case "barge_in":
            return "barge-in"
        case "retract":
            return "turn taken back"
        case "work":
            return f"work: {record.text('name').replace('_', ' ')}"
        case "transfer":
            return f"transfer: {record.text('target')}"
        case "officer_rung":
            return f"officer {record.text('number')} is rung"
        case "officer_briefed":
            return f"briefing {record.text('hearing')}"
        case "officer_decided":
            return f"officer {record.text('number')}: {record.text('result').replace('_', ' ')}"
        case "call_back_case":
            return "call-back case"
        case "call_ended":
            return record.text("result").replace("_", " ")
        case _:
            return ""


def draw_diamond(canvas: Canvas, x: float, y: float, colour: str, title: str = "") -> None:
    """The mark of a decision."""
    canvas.path(f"M {x:.1f} {y - 4:.1f} l 4 4 l -4 4 l -4 -4 z", fill=colour, title=title)


def draw_decode(canvas: Canvas, decode: Decode, asked_x: float, answered_x: float, y: float) -> None:
    """One decode: a line while it ran, a dot at its answer; hollow if discarded, a cross if none came."""
    colour = _KINDS.get(decode.kind, _FAINT)
    ran_ms = (decode.answered_s - decode.asked_s) * 1000
    title = (
        f"{decode.answered_s:.2f} s {decode.kind} decode, {ran_ms:.0f} ms, {decode.outcome}: {decode.text}"
    )
    canvas.line(asked_x, y, answered_x, y, stroke=colour, stroke_width="2")
    if decode.outcome in ("dropped", "failed"):
        cross = f"M {answered_x - 3:.1f} {y - 3:.1f} l 6 6 m 0 -6 l -6 6"
        canvas.path(cross, fill="none", stroke=colour, stroke_width="1.8", title=title)
    elif decode.outcome == "discarded":
        canvas.circle(answered_x, y, 3.4, fill="#ffffff", stroke=colour, stroke_width="1.6", title=title)
    else:
        canvas.circle(answered_x, y, 4.0, fill=colour, title=title)


def draw_legend(canvas: Canvas, top: float) -> None:
    """What the marks mean, in one line under the rows."""
    x, y = _LEFT, top + 22

    def label(words: str) -> None:
        nonlocal x
        canvas.text(x + 10, y + 4, words, size=_SMALL, fill=_FAINT)
        x += 34 + text_width(words, _SMALL)

    for kind, outcome, words in (
        ("partial", "used", "partial decode"),
        ("speculative", "used", "speculative"),
        ("final", "used", "final"),
        ("partial", "discarded", "discarded"),
        ("partial", "dropped", "dropped"),
    ):
        sample = Decode(asked_s=0, answered_s=0, kind=kind, outcome=outcome, text="", decode_id=None)
        draw_decode(canvas, sample, x + 2, x + 2, y)
        label(words)
    for gap_ms, words in (
        (_PROMPT_MS, f"response gap up to {_PROMPT_MS:.0f} ms"),
        (_ACCEPTABLE_MS, f"up to {_ACCEPTABLE_MS:.0f} ms"),
        (math.inf, "longer"),
    ):
        colour = gap_colour(gap_ms)
        canvas.rectangle(x - 6, y - 6, 11, 12, fill=colour, fill_opacity="0.18", stroke=colour)
        label(words)
    canvas.line(x, y - 7, x, y + 7, stroke=_INK, stroke_dasharray="2 2")
    label("turn committed")
    draw_diamond(canvas, x, y, _INK)
    label("decision (reason on hover)")
