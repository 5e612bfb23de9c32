"""What came of a simulated call, and whether it is what the persona expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.testing.persona import Expected, LikeText
from voicebot.testing.similarity import similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class NodReport:
    """One back-channel."""

    at_ms: float
    """After the bot became audible."""
    silent_after_ms: float | None
    """From the nod's first voiced packet until the bot was silent; a prompt that was not stopped goes on to
    its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnReport:
    """One turn of the bot and the citizen's answer to it."""

    bot: str = ""
    """What the bot said: from the engine's timeline, else as the citizen recognised it, else empty."""
    said: str = ""
    heard: str = ""
    """What the engine recognised; empty without its timeline."""
    gap_ms: float | None = None
    """From the last voiced packet of the answer leaving to the first audible packet of the bot's reply."""
    cut_off: bool = False
    keys: str = ""
    barged_in: bool = False
    silenced_ms: float | None = None
    """Barge-in: from the answer's first voiced packet leaving until the bot was silent."""
    nods: tuple[NodReport, ...] = ()
    bot_at_s: float = 0.0
    """When the bot became audible, seconds since media began; the following likewise."""
    said_at_s: float | None = None

    def as_json(self) -> dict[str, object]:
        """The keys that programs may rely on, then those that this turn has."""
        line: dict[str, object] = {
            "bot": self.bot,
            "said": self.said,
            "heard": self.heard,
            "gap_ms": None if self.gap_ms is None else round(self.gap_ms, 1),
            "cut_off": self.cut_off,
        }
        if self.keys:
            line["keys"] = self.keys
        if self.barged_in:
            line["silenced_ms"] = None if self.silenced_ms is None else round(self.silenced_ms, 1)
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """What only the engine knows; joined to the report after the call, never used during it."""

    outcome: str = ""
    reason: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    case: str = ""
    works: tuple[str, ...] = ()
    """Names of the works that were done, in order."""
    report: str = ""
    """What staff read of the call; empty where the service has no report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """A simulated call, from the citizen's side and, where joined, the engine's."""

    persona: str
    ended_by: str
    """``citizen``, ``bot`` (the far end hung up) or ``nobody answered``."""
    ended_because: str = ""
    """The citizen's own reason to hang up, or why nobody answered."""
    turns: tuple[TurnReport, ...] = ()
    engine: EngineView | None = None
    duration_s: float = 0.0
    packets_sent: int = 0
    packets_heard: int = 0

    @property
    def outcome(self) -> str:
        """The engine's word for how the call ended; without it, what the citizen can tell."""
        if self.engine is not None and self.engine.outcome:
            return self.engine.outcome
        return {"nobody answered": "failed", "citizen": "hung_up"}.get(self.ended_by, "")

    def as_json(self) -> dict[str, object]:
        """What ``simulate --json`` prints."""
        engine = self.engine or EngineView()
        return {
            "persona": self.persona,
            "outcome": self.outcome,
            "reason": engine.reason or self.ended_because,
            "ended_by": self.ended_by,
            "turns": [turn.as_json() for turn in self.turns],
            "slots": dict(engine.slots),
            "case": engine.case,
            "works": list(engine.works),
            "report": engine.report,
            "duration_s": round(self.duration_s, 2),
        }

    def shortfalls(self, expected: Expected) -> list[str]:
        """What differs from the expected outcome, one sentence each; empty when it was reached."""
        engine = self.engine or EngineView()
        wrong: list[str] = []
        if expected.result is not None and self.outcome != expected.result:
            wrong.append(f"outcome is {self.outcome or 'unknown'!r}, expected {expected.result.value!r}")
        if expected.reason is not None and engine.reason != expected.reason:
            wrong.append(f"reason is {engine.reason!r}, expected {expected.reason!r}")
        for name, value in expected.slots.items():
            wrong += _slot_shortfall(name, engine.slots.get(name), value)
        if expected.case is not None and bool(engine.case) != expected.case:
            wrong.append(f"case is {engine.case!r}, expected {'one' if expected.case else 'none'}")
        wrong += _work_shortfalls(expected, engine)
        said = "".join("".join(turn.bot for turn in self.turns).split())
        wrong += [
            f"the bot never said {text!r}" for text in expected.said if "".join(text.split()) not in said
        ]
        cut_off = sum(turn.cut_off for turn in self.turns)
        if expected.most_cut_off is not None and cut_off > expected.most_cut_off:
            wrong.append(f"{cut_off} answers cut off, expected at most {expected.most_cut_off}")
        if len(self.turns) < expected.fewest_turns:
            wrong.append(f"the bot took {len(self.turns)} turns, expected at least {expected.fewest_turns}")
        return wrong


def _work_shortfalls(expected: Expected, engine: EngineView) -> list[str]:
    done = ", ".join(engine.works) or "none"
    missing = [
        f"work {name!r} was not done; done: {done}" for name in expected.works if name not in engine.works
    ]
    excess = [f"work {name!r} was done" for name in expected.no_works if name in engine.works]
    told = [
        f"the report does not hold {text!r}: {engine.report!r}"
        for text in expected.report
        if text not in engine.report
    ]
    return missing + excess + told


def _slot_shortfall(name: str, found: str | None, expected: str | LikeText) -> list[str]:
    if found is None:
        return [f"slot {name!r} is not filled"]
    if isinstance(expected, str):
        return [] if found == expected else [f"slot {name!r} is {found!r}, expected {expected!r}"]
    alike = similarity(found, expected.like)
    if alike >= expected.at_least:
        return []
    return [f"slot {name!r} is {found!r}: {alike:.2f} like {expected.like!r}, expected {expected.at_least:g}"]
