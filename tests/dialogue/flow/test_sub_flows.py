"""Sub-flows: what is known after one that ends with another."""

from __future__ import annotations

from voicebot.dialogue.flow import Compilation, compile_flow

MAIN = """\
flow: main
start: outer
everywhere:
  {human: bye, silent: bye, who: bye, later: bye, stop: bye, emergency: bye, police: bye, suicide: bye}
states:
  outer: {call: outer.yaml, next: told}
  told: {say: "{WORD} 말씀이군요.", next: bye}
  bye: {end: completed, say: 네.}
"""
FILES = {
    "outer.yaml": "flow: outer\nstart: inner\nstates:\n  inner: {call: inner.yaml, next: return}\n",
    "inner.yaml": "flow: inner\nstart: fill\nstates:\n  fill: {set: {word: 무릎}, next: return}\n",
}


def _compiled(slot: str) -> Compilation:
    return compile_flow("main.yaml", MAIN.replace("WORD", slot), open_file=FILES.__getitem__)


def test_what_the_inner_one_sets_is_known_after_the_outer_one() -> None:
    assert _compiled("word").problems == ()


def test_what_none_sets_is_not() -> None:
    (problem,) = _compiled("other").problems
    assert "other" in problem.message
    assert problem.line == 7
