"""Whom to ring next, for how long, and what the citizen hears meanwhile: no clock, no telephone.

Rules
    * One telephone at a time: two officers who listen to the same briefing would both press 1.
    * Whoever is free, by the queue's penalty; of those, who has been rung least often for this citizen, then
      whose last call is longest ago. Whoever refused is not asked again.
    * Who is on duty but talking is waited for; who is paused or whose telephone is unplugged is not.
    * When all have been rung as often as the settings say, or the time is up, nobody takes the call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

LOOK_AGAIN_S = 3.0
"""Between two looks while everybody is talking: an officer who hangs up is rung soon, and AMI has little to
do (a look takes some milliseconds)."""
SHORTEST_RING_S = 8.0
"""With less time left nobody is rung any more: two rings of the Korean cadence (1 s on, 2 s off) and a hand
that reaches for the telephone."""

FIRST_WORD_AFTER_S = 5.0
"""The flow has just said that somebody is being fetched: the first word is due when that begins to fade."""
WORD_EVERY_S = 11.0
"""Between two words: who waits in silence for 10 s and more asks whether the line is dead."""

WAITING_WORDS = (
    "담당자를 연결하고 있어요. 끊지 말고 잠시만 기다려 주세요.",
    "아직 연결하고 있어요. 조금만 더 기다려 주세요.",
    "기다려 주셔서 고맙습니다. 곧 연결해 드릴게요.",
)
"""In turn: the same sentence again and again sounds like a machine that hangs."""
MOBILE_WORD = "당직자의 휴대 전화로 연결해 드릴게요. 끊지 말고 기다려 주세요."
"""When nobody in the duty room took the call and a mobile is set."""


class Presence(StrEnum):
    """Whether a member of the queue could take a call."""

    FREE = "free"
    BUSY = "busy"
    """On duty, but the telephone is in use or ringing."""
    AWAY = "away"
    """Paused, or the telephone cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A telephone of the duty room, as it is now."""

    interface: str
    """As Asterisk dials it, e.g. ``PJSIP/staff-1``."""
    presence: Presence
    penalty: int = 0
    """Of the queue: lower is asked first."""
    last_call_s: float = 0.0
    """When the last call ended, in seconds of any one clock; 0: never."""


def staffed(members: Collection[Member]) -> bool:
    """Whether anybody is on duty, free or talking."""
    return any(member.presence is not Presence.AWAY for member in members)


class RingResult(StrEnum):
    """What came of ringing one officer."""

    TAKEN = "taken"
    REFUSED = "refused"
    NO_KEY = "no_key"
    """Answered, and no key was pressed: a voice box, or an officer who was called away."""
    NO_ANSWER = "no_answer"
    HUNG_UP = "hung_up"
    """In the middle of the briefing."""
    FAILED = "failed"
    """Asterisk refused, or something of ours broke."""
    GIVEN_UP = "given_up"
    """The citizen hung up, or had to go to the dialplan's queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Ring this officer."""

    interface: str
    ring_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """Everybody is talking: look again after so long."""

    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Nobody takes this call."""

    reason: str
    """``limit`` or ``all_rung``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long somebody is looked for."""

    ring_s: int = 30
    """One telephone; about six rings of 5 s, after which most carriers' voice boxes take over."""
    rounds: int = 1
    """How often each officer is rung for one citizen."""
    total_s: float = 120.0
    """From the beginning; a briefing that is being heard then is heard to its end. Two thirds of what the
    queue of the dialplan waits (``VB_DUTY_WAIT``): here a bot is still there to do something better."""


class Search:
    """The search for an officer for one citizen.

    Args:
        limits: How long and how often.
        now: Monotonic seconds at its beginning.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._until = now + limits.total_s
        self._rung: Counter[str] = Counter()
        self._refused: set[str] = set()

    def decide(self, members: Collection[Member], now: float) -> Ring | LookAgain | GiveUp:
        """What to do now.

        Args:
            members: Of the queue, as they are now.
            now: Monotonic seconds.
        """
        left_s = self._until - now
        if left_s < min(SHORTEST_RING_S, self._limits.ring_s):
            return GiveUp(reason="limit")
        open_ones = [
            member
            for member in members
            if member.interface not in self._refused and self._rung[member.interface] < self._limits.rounds
        ]
        free = [member for member in open_ones if member.presence is Presence.FREE]
        if free:
            chosen = min(free, key=self._order)
            return Ring(interface=chosen.interface, ring_s=min(self._limits.ring_s, int(left_s)))
        if any(member.presence is Presence.BUSY for member in open_ones):
            return LookAgain(after_s=min(LOOK_AGAIN_S, left_s))
        return GiveUp(reason="all_rung")

    def ended(self, interface: str, result: RingResult) -> None:
        """Note what came of ringing an officer."""
        self._rung[interface] += 1
        if result is RingResult.REFUSED:
            self._refused.add(interface)

    def _order(self, member: Member) -> tuple[int, int, float, str]:
        return (member.penalty, self._rung[member.interface], member.last_call_s, member.interface)


class WaitingWords:
    """What a waiting citizen hears when.

    Args:
        now: Monotonic seconds at the beginning of the wait.
    """

    def __init__(self, now: float) -> None:
        self._due = now + FIRST_WORD_AFTER_S
        self._said = 0

    def next_deadline(self) -> float:
        """When the next word is due, in monotonic seconds."""
        return self._due

    def take(self, now: float) -> str:
        """The word that is due; the next one is due so much after this one begins."""
        word = WAITING_WORDS[self._said % len(WAITING_WORDS)]
        self._said += 1
        self._due = now + WORD_EVERY_S
        return word
