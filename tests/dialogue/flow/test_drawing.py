"""Pictures of flows."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.flow.drawing import draw_plan
from voicebot.dialogue.flow.drawing.layout import lay_out
from voicebot.services import load_service

_SVG = "{http://www.w3.org/2000/svg}"


def test_every_state_of_the_duty_desk_is_drawn_once() -> None:
    plan = load_service("duty").plan
    root = ElementTree.fromstring(draw_plan(plan))
    titles = [text.text for text in root.iter(f"{_SVG}text") if text.get("font-weight") == "bold"]
    states = [name.rpartition("/")[2] for name in plan.states]
    assert sorted(title for title in titles if title in states) == sorted(states)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in root.iter(f"{_SVG}rect"):
        assert float(box.get("x", "0")) + float(box.attrib["width"]) <= width
        assert float(box.get("y", "0")) + float(box.attrib["height"]) <= height


def test_edges_lead_down_except_back() -> None:
    layout = lay_out(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c"), ("c", "a")])
    assert layout.layers == {"a": 0, "b": 1, "c": 2}
    assert [layer for _, layer in layout.routes[2]] == [0, 1, 2]
    assert [layer for _, layer in layout.routes[3]] == [2, 1, 0]


_NAMES = [f"s{number}" for number in range(8)]


@given(st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(_NAMES)), max_size=20))
def test_boxes_never_overlap(edges: list[tuple[str, str]]) -> None:
    layout = lay_out(_NAMES, edges)
    for layer in set(layout.layers.values()):
        columns = sorted(layout.columns[name] for name in _NAMES if layout.layers[name] == layer)
        assert all(right - left >= 1 - 1e-9 for left, right in pairwise(columns))
    assert len(layout.routes) == len(edges)
