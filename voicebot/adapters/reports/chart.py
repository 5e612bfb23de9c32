"""Charts as SVG inside the page: a line, its points in the colour of their urgency, words at the left."""

from __future__ import annotations

from html import escape

from voicebot.reports.document import Chart, Urgency

_WIDTH, _HEIGHT = 720.0, 170.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 14.0, 12.0, 24.0
"""Room for the words around the chart, in the same units."""

_MOST_LABELS = 10
"""More dates would run into each other."""

_COLOURS = {
    Urgency.URGENT: "#b3141c",
    Urgency.TODAY: "#a85b00",
    Urgency.NOTE: "#a85b00",
    Urgency.NONE: "#7b8794",
}
"""As in ``page.css``; in the elements themselves, since not every program applies a page's style to them."""

_MANY_POINTS = 60
_RADIUS, _SMALL_RADIUS = 4.0, 2.0


def svg(chart: Chart) -> str:
    """The chart as one element.

    Args:
        chart: With at least one point, and ticks of at least two values.
    """
    lowest, highest = chart.ticks[0][0], chart.ticks[-1][0]
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(chart.points) - 1, 1)

    def across(place: int) -> float:
        return _LEFT + place * step

    def up(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - lowest) / (highest - lowest))

    grid = "".join(
        f'<path stroke="#c9ced6" d="M{_LEFT:g},{up(value):.1f}H{_WIDTH - _RIGHT:g}"/>'
        f'<text text-anchor="end" x="{_LEFT - 8:g}" y="{up(value) + 4:.1f}">{escape(word)}</text>'
        for value, word in chart.ticks
    )
    line = " ".join(f"{across(place):.1f},{up(point.value):.1f}" for place, point in enumerate(chart.points))
    radius = _RADIUS if len(chart.points) <= _MANY_POINTS else _SMALL_RADIUS
    points = "".join(
        f'<circle fill="{_COLOURS[point.urgency]}" cx="{across(place):.1f}" cy="{up(point.value):.1f}" '
        f'r="{radius:g}"/>'
        for place, point in enumerate(chart.points)
    )
    every = -(-len(chart.points) // _MOST_LABELS)
    labels = "".join(
        f'<text text-anchor="middle" x="{across(place):.1f}" y="{_HEIGHT - 6:g}">{escape(point.label)}</text>'
        for place, point in enumerate(chart.points)
        if place % every == 0
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{escape(chart.heading)}" '
        f'font-size="11" fill="#5b6470">'
        f'{grid}<polyline points="{line}" fill="none" stroke="#7b8794" stroke-width="1.5"/>'
        f"{points}{labels}</svg>"
    )
