"""A flow as an SVG: panels for the main way, for each sub-flow, and for what is understood everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from voicebot.dialogue.flow.drawing.layout import Layout, lay_out
from voicebot.dialogue.flow.plan import (
    RETURN,
    AskState,
    CallState,
    DoState,
    EndState,
    HandOverState,
    Plan,
    SayState,
    State,
    edges,
    texts,
)

_BOX_WIDTH, _BOX_HEIGHT = 190, 54
_ROUND_HEIGHT = 28
_ASIDE = 26
_COLUMN, _LAYER = 214, 104
_MARGIN, _TITLE = 24, 34
_LINE_UNITS = 27
"""Width of a prompt's line in a box, in half-width characters (a Hangul syllable counts two)."""

_COLOURS: dict[type[State], tuple[str, str]] = {
    SayState: ("#eef2f7", "#64748b"),
    AskState: ("#e3f0ff", "#1d6fd1"),
    DoState: ("#fff3d9", "#b97a00"),
    CallState: ("#f0eafd", "#6d43c0"),
    HandOverState: ("#ffe6e0", "#c43c1c"),
    EndState: ("#e4f5e8", "#2a8544"),
}
_OTHER = ("#f6f6f6", "#777777")


_Route = list[tuple[float, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    title: str
    line: str
    fill: str
    stroke: str
    round: bool = False


@dataclass(slots=True)
class _Panel:
    title: str
    boxes: dict[str, _Box]
    lines: list[tuple[str, str, str]]
    """Source, target, label."""


def draw_plan(plan: Plan) -> str:
    """The picture as SVG text."""
    panels = list(_panels(plan))
    parts: list[str] = []
    top, width = float(_MARGIN), 0.0
    for panel in panels:
        body, panel_width, height = _draw(panel, top)
        parts += body
        width = max(width, panel_width)
        top += height
    total = (round(width + 2 * _MARGIN), round(top + _MARGIN))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{total[0]}" height="{total[1]}" '
            f'viewBox="0 0 {total[0]} {total[1]}" font-family="NanumGothic, Noto Sans CJK KR, sans-serif">',
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
            'orient="auto"><path d="M0,0.6 L8,4 L0,7.4 z" fill="#55606e"/></marker></defs>',
            f'<rect width="{total[0]}" height="{total[1]}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


# --- what is drawn where ----------------------------------------------------------------------------------


def _panels(plan: Plan) -> Iterator[_Panel]:
    drawn: set[str] = set()
    yield _panel(plan, f"{plan.name}: the call", [plan.start], drawn, {})
    starts = {state.start for state in plan.states.values() if isinstance(state, CallState)}
    for start in sorted(starts):
        yield _panel(plan, f"sub-flow {start.rpartition('/')[0]}", [start], drawn, {})
    wishes: dict[str, list[str]] = {}
    topics = plan.overheard.topics if plan.overheard is not None else {}
    for wish, reply in (*plan.everywhere.items(), *topics.items()):
        if reply.to:
            wishes.setdefault(reply.to, []).append(wish)
    title = "understood everywhere (key 0 and three failed tries lead to human)"
    yield _panel(plan, title, list(wishes), drawn, wishes)


def _panel(plan: Plan, title: str, roots: list[str], drawn: set[str], wishes: dict[str, list[str]]) -> _Panel:
    panel = _Panel(title=title, boxes={}, lines=[])
    for target, names in wishes.items():
        box = _Box(title=", ".join(names), line="", fill="#fffbe8", stroke="#8a7a2a", round=True)
        panel.boxes[f"wish {target}"] = box
    everywhere = {reply.to for reply in plan.everywhere.values()}
    waiting = list(reversed(roots))
    while waiting:
        name = waiting.pop()
        if name in drawn:
            continue
        drawn.add(name)
        panel.boxes[name] = _box(plan.states[name])
        for edge in reversed(list(edges(plan.states[name]))):
            if _goes_on(plan, name, edge.target, edge.label, everywhere, wishes):
                waiting.append(edge.target)
    for name in [name for name in panel.boxes if name in plan.states]:
        for edge in edges(plan.states[name]):
            if edge.label in ("sub-flow", "failed") and _left_out(plan, edge.label, edge.target):
                continue
            panel.lines.append((name, _end_of_line(panel, edge.target, name), edge.label))
    for target in wishes:
        panel.lines.append((f"wish {target}", _end_of_line(panel, target, "everywhere"), ""))
    panel.lines = _merged(panel.lines)
    return panel


def _merged(lines: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """One line for all ways from one state to another."""
    labels: dict[tuple[str, str], list[str]] = {}
    for source, target, label in lines:
        labels.setdefault((source, target), []).append(label)
    return [(*ends, ", ".join(filter(None, given))) for ends, given in labels.items()]


def _left_out(plan: Plan, label: str, target: str) -> bool:
    """Giving up leads to a person from every question: said once, in the last panel's title."""
    return label == "sub-flow" or target == plan.everywhere["human"].to


def _goes_on(
    plan: Plan, name: str, target: str, label: str, everywhere: set[str], wishes: dict[str, list[str]]
) -> bool:
    if target == RETURN or label == "sub-flow":
        return False
    return bool(wishes) or target not in everywhere


def _end_of_line(panel: _Panel, target: str, source: str) -> str:
    """The target's box here; for a state of another panel, a small sign of its own."""
    if target in panel.boxes:
        return target
    sign = f"{source} to {target}"
    title = "return" if target == RETURN else f"→ {target}"
    panel.boxes[sign] = _Box(title=title, line="", fill="#ffffff", stroke="#9aa3ad", round=True)
    return sign


def _box(state: State) -> _Box:
    fill, stroke = _COLOURS.get(type(state), _OTHER)
    said = texts(state)[0].source if texts(state) else ""
    match state:
        case DoState():
            said = f"do {state.work}: {said}" if said else f"do {state.work}"
        case HandOverState():
            said = f"to {state.target}: {said}"
        case CallState():
            said = f"sub-flow {state.start.rpartition('/')[0]}"
        case _:
            pass
    return _Box(title=state.name.rpartition("/")[2], line=said, fill=fill, stroke=stroke)


# --- drawing ----------------------------------------------------------------------------------------------


def _draw(panel: _Panel, top: float) -> tuple[list[str], float, float]:
    """The panel's elements, its width and its height."""
    layout = lay_out(list(panel.boxes), [(source, target) for source, target, _ in panel.lines])
    parts = [
        f'<text x="{_MARGIN}" y="{top + 16:.0f}" font-size="15" font-weight="bold" fill="#222">'
        f"{escape(panel.title)}</text>"
    ]
    top += _TITLE
    for (source, target, label), route in zip(panel.lines, layout.routes, strict=True):
        parts += _line(panel, (source, target), label, route, top)
    for name, box in panel.boxes.items():
        parts += _shape(box, *_centre(layout, name, top))
    right = max(layout.columns.values()) + 0.5
    bottom = max(layout.layers.values())
    return parts, right * _COLUMN, _TITLE + bottom * _LAYER + _BOX_HEIGHT + _MARGIN


def _centre(layout: Layout, name: str, top: float) -> tuple[float, float]:
    return _x(layout.columns[name]), _y(layout.layers[name], top)


def _x(column: float) -> float:
    return _MARGIN + column * _COLUMN


def _y(layer: float, top: float) -> float:
    return top + layer * _LAYER + _BOX_HEIGHT / 2


def _line(panel: _Panel, ends: tuple[str, str], label: str, route: _Route, top: float) -> list[str]:
    points = [(_x(column), _y(layer, top)) for column, layer in route]
    if ends[0] == ends[1]:
        x, y = points[0]
        edge = x + _BOX_WIDTH / 2
        bow = edge + 30
        path = (
            f"M{edge:.0f},{y - 10:.0f} C{bow:.0f},{y - 24:.0f} {bow:.0f},{y + 24:.0f} {edge:.0f},{y + 10:.0f}"
        )
        at = (edge + 12, y - 18)
    else:
        down = points[-1][1] > points[0][1]
        sign = 1 if down else -1
        aside = 0 if down else _ASIDE  # a way back does not lie on the way there
        heights = [(_ROUND_HEIGHT if panel.boxes[end].round else _BOX_HEIGHT) / 2 for end in ends]
        points[0] = (points[0][0] + aside, points[0][1] + sign * heights[0])
        points[-1] = (points[-1][0] + aside, points[-1][1] - sign * heights[1])
        path = f"M{points[0][0]:.0f},{points[0][1]:.0f}"
        for (x1, y1), (x2, y2) in pairwise(points):
            middle = (y1 + y2) / 2
            path += f" C{x1:.0f},{middle:.0f} {x2:.0f},{middle:.0f} {x2:.0f},{y2:.0f}"
        (x1, y1), (x2, y2) = points[0], points[1]
        at = ((x1 + x2) / 2, (y1 + y2) / 2 + (4 if down else 14))
    parts = [f'<path d="{path}" fill="none" stroke="#55606e" stroke-width="1.2" marker-end="url(#tip)"/>']
    if label:
        parts.append(
            f'<text x="{at[0]:.0f}" y="{at[1]:.0f}" font-size="11" text-anchor="middle" fill="#333" '
            f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(label)}</text>'
        )
    return parts


def _shape(box: _Box, x: float, y: float) -> list[str]:
    width, height = (_BOX_WIDTH - 40, _ROUND_HEIGHT) if box.round else (_BOX_WIDTH, _BOX_HEIGHT)
    radius = height / 2 if box.round else 6
    parts = [
        f'<rect x="{x - width / 2:.0f}" y="{y - height / 2:.0f}" width="{width}" height="{height}" '
        f'rx="{radius:.0f}" fill="{box.fill}" stroke="{box.stroke}" stroke-width="1.3"/>'
    ]
    lines = _wrapped(box.line)
    first = y + 4 if not lines else y - 6 * len(lines) + 1
    weight = "normal" if box.round else "bold"
    parts.append(
        f'<text x="{x:.0f}" y="{first:.0f}" font-size="12" font-weight="{weight}" text-anchor="middle" '
        f'fill="#1f2933">{escape(box.title)}</text>'
    )
    for number, line in enumerate(lines, start=1):
        parts.append(
            f'<text x="{x:.0f}" y="{first + 15 * number:.0f}" font-size="11" text-anchor="middle" '
            f'fill="#46525f">{escape(line)}</text>'
        )
    return parts


def _wrapped(text: str) -> list[str]:
    """At most two lines that fit the box."""
    lines, line, units = [], "", 0
    for character in text:
        width = 2 if ord(character) > 0x1100 else 1
        if units + width > _LINE_UNITS:
            lines.append(line.strip())
            line, units = "", 0
        line += character
        units += width
    lines.append(line.strip())
    if len(lines) > 2:
        lines = [lines[0], lines[1][:-1] + "…"]
    return [line for line in lines if line]
