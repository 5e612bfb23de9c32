"""Erroneous flows: each says in a comment what must be found, in exactly that line, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.dialogue.flow import Compilation, compile_flow, raise_errors
from voicebot.errors import FlowError
from voicebot.services.loading import service_flow

FOLDER = Path(__file__).parent / "broken"
_EXPECTED = re.compile(r"#([!?]) (.*)$")


def _compile(path: Path) -> Compilation:
    return compile_flow(
        str(path), path.read_text(encoding="utf-8"), open_file=lambda name: Path(name).read_text("utf-8")
    )


def _expected(path: Path) -> list[tuple[str, int, bool, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (path.name, number, found.group(1) == "?", found.group(2))
        for number, line in enumerate(lines, start=1)
        if (found := _EXPECTED.search(line)) is not None
    ]


FLOWS = sorted(path.name for path in FOLDER.glob("*.yaml") if path.name != "recursive_sub.yaml")


@pytest.mark.parametrize("name", FLOWS)
def test_each_mistake_is_found_in_its_line(name: str) -> None:
    path = FOLDER / name
    problems = _compile(path).problems
    expected = _expected(path)
    if name == "sub_flow_calls_itself.yaml":
        expected = _expected(FOLDER / "recursive_sub.yaml")
    found = [(Path(problem.file).name, problem.line, problem.warning) for problem in problems]
    assert found == [(file, line, warning) for file, line, warning, _ in expected], problems
    for problem, (_, _, _, message) in zip(problems, expected, strict=True):
        assert message in problem.message


@pytest.mark.parametrize("name", FLOWS)
def test_mistakes_leave_no_plan_and_warnings_do(name: str) -> None:
    compilation = _compile(FOLDER / name)
    if name == "warnings.yaml":
        assert compilation.plan is not None
        raise_errors(compilation.problems)
    else:
        assert compilation.plan is None
        with pytest.raises(FlowError, match=r"^\S+\.yaml:\d+: "):
            raise_errors(compilation.problems)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just words",
        "flow: a",
        "flow: a\nstart: b\nstates: []",
        "flow: a\nstart: b\nstates: {b: 1}",
        "? [a, b]\n: c",
        "flow: \x07",
        "[" * 5000,
        "flow: a\nstart: b\nstates: {}\n",
    ],
)
def test_what_is_no_flow_at_all(text: str) -> None:
    compilation = compile_flow("any.yaml", text)
    assert compilation.plan is None
    assert all(str(problem).startswith("any.yaml:") for problem in compilation.problems)
    assert compilation.problems


_DUTY = service_flow("duty")
_LINES = _DUTY.read_text(encoding="utf-8").splitlines()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(_LINES) - 1), st.sampled_from(["out", "twice", "cut", "in"])),
        max_size=4,
        unique_by=lambda harm: harm[0],  # the last line cannot be taken out twice
    )
)
def test_a_flow_damaged_anywhere_gives_problems_or_a_plan_but_never_breaks(
    damage: list[tuple[int, str]],
) -> None:
    lines = list(_LINES)
    for number, how in sorted(damage, reverse=True):
        line = lines[number]
        match how:
            case "out":
                del lines[number]
            case "twice":
                lines.insert(number, line)
            case "cut":
                lines[number] = line[: len(line) // 2]
            case _:
                lines[number] = "  " + line
    compilation = compile_flow(
        str(_DUTY), "\n".join(lines), open_file=lambda name: Path(name).read_text("utf-8")
    )
    errors = [problem for problem in compilation.problems if not problem.warning]
    assert (compilation.plan is None) == bool(errors)
    assert all(1 <= problem.line <= len(lines) + 1 for problem in errors)
