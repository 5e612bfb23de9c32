"""The silence that the dialogue is told about: the citizen was given the floor and does not take it."""

from __future__ import annotations

from math import inf


class SilenceWatch:
    """Counts silence from the prompt's end; reports once for each time that the floor is given."""

    __slots__ = ("_silence_s", "due")

    def __init__(self) -> None:
        self._silence_s = inf
        self.due = inf
        """When the silence is to be reported (monotonic seconds); infinite while it is not counted."""

    @property
    def silence_s(self) -> float:
        """The time that was asked for; infinite when nobody asks."""
        return self._silence_s

    def give(self, silence_s: float) -> None:
        """The floor is given, to be reported after so much silence once ``count`` is called."""
        self._silence_s = silence_s
        self.due = inf

    def count(self, now: float) -> None:
        """Count from now: the bot fell silent, or a key was pressed."""
        self.due = now + self._silence_s

    def hold(self) -> None:
        """Do not count: the bot is audible."""
        self.due = inf

    def cancel(self) -> None:
        """The floor is taken, or the silence was reported."""
        self._silence_s = inf
        self.due = inf
