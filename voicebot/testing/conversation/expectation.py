"""Whether a conversation went as expected: each check tells the first thing that did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voicebot.dialogue.actions import Do
from voicebot.outcome import CallOutcome
from voicebot.testing.conversation.format import Expected, Outcome, Turn, Work


def holds(text: str, fragment: str) -> bool:
    """Whether a fragment is said in a text; spaces do not count."""
    return "".join(fragment.split()) in "".join(text.split())


def problem_of_turn(turn: Turn, said: str) -> str:
    """What is wrong with the bot's last turn; empty: nothing.

    Args:
        turn: What it must and must not hold.
        said: The bot's words since the citizen's last turn.
    """
    for fragment in turn.bot:
        if not holds(said, fragment):
            return f"the bot should have said {fragment!r}, but said {said!r}"
    for fragment in turn.not_bot:
        if holds(said, fragment):
            return f"the bot should not have said {fragment!r}, but said {said!r}"
    return ""


def problem_of_end(
    expected: Expected,
    *,
    outcome: CallOutcome | None,
    slots: Mapping[str, str],
    works: Sequence[Do],
    targets: Sequence[str],
    said: Sequence[str],
    report: str,
) -> str:
    """The first thing that is not as expected after the last turn; empty: nothing.

    Args:
        expected: What should be.
        outcome: How the call ended; ``None``: it did not.
        slots: What is known in the end.
        works: The works that were asked for, in order.
        targets: Where the call was transferred to, in order.
        said: The bot's prompts, in order.
        report: What staff read of the call; empty where there is none.
    """
    problems = (
        *_of_outcome(expected.outcome, outcome),
        *_of_slots(expected.slots, slots),
        *_of_works(expected, works),
        *_of_transfer(expected.transfer, targets),
        *_of_words(expected, " ".join(said)),
        *_of_report(expected, report),
    )
    return problems[0] if problems else ""


def _of_outcome(expected: Outcome | None, outcome: CallOutcome | None) -> Iterator[str]:
    if expected is None:
        return
    wanted = f"{expected.result} ({expected.reason or 'any reason'})"
    if outcome is None:
        yield f"the call should have ended as {wanted}, but goes on"
    elif outcome.result is not expected.result or expected.reason not in (None, outcome.reason):
        yield f"the call should have ended as {wanted}, but ended as {outcome.result} ({outcome.reason})"


def _of_slots(expected: Mapping[str, str], slots: Mapping[str, str]) -> Iterator[str]:
    for name, value in expected.items():
        if slots.get(name, "") != value:
            yield f"slot {name} should be {value!r}, but is {slots.get(name, '')!r}"


def _of_works(expected: Expected, works: Sequence[Do]) -> Iterator[str]:
    for work in expected.works:
        if not any(_fits(work, done) for done in works):
            asked = "; ".join(f"{done.name} {dict(done.arguments)}" for done in works) or "none"
            yield f"work {work.name} {work.arguments} should have been asked for; asked for: {asked}"
    for name in expected.no_works:
        if any(done.name == name for done in works):
            yield f"work {name} should not have been asked for"


def _fits(expected: Work, done: Do) -> bool:
    return (
        done.name == expected.name
        and all(done.arguments.get(name, "") == value for name, value in expected.arguments.items())
        and not any(name in done.arguments for name in expected.without)
    )


def _of_transfer(expected: str | None, targets: Sequence[str]) -> Iterator[str]:
    last = targets[-1] if targets else ""
    if expected is not None and last != expected:
        wanted, went = expected or "nobody", last or "nobody"
        yield f"the call should have been transferred to {wanted!r}, but was to {went!r}"


def _of_words(expected: Expected, said: str) -> Iterator[str]:
    for fragment in expected.said:
        if not holds(said, fragment):
            yield f"the bot should have said {fragment!r} somewhere"
    for fragment in expected.never:
        if holds(said, fragment):
            yield f"the bot must never say {fragment!r}"


def _of_report(expected: Expected, report: str) -> Iterator[str]:
    for fragment in expected.report:
        if not holds(report, fragment):
            yield f"the report should hold {fragment!r}, but is {report!r}"
    for fragment in expected.report_never:
        if holds(report, fragment):
            yield f"the report must not hold {fragment!r}, but is {report!r}"
