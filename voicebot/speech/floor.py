"""Whose floor is it? What the bot is saying, and whether the dialogue listens."""

from __future__ import annotations

from math import inf

from voicebot.speech.events import AnswerShape, FloorGiven, PromptStarted, PromptStopped


class Floor:
    """The bot's side of the conversation, as far as turn taking must know it."""

    __slots__ = ("_audible_since", "_interruptible", "_prompt_id", "_stopping", "given")

    def __init__(self) -> None:
        self.given: FloorGiven | None = None
        """What is listened for; ``None`` while the dialogue does not listen."""
        self._prompt_id: int | None = None
        self._audible_since = inf
        self._interruptible = False
        self._stopping = False

    @property
    def shape(self) -> AnswerShape:
        """What is expected; a story where nothing was asked."""
        return AnswerShape.OPEN if self.given is None else self.given.shape

    @property
    def audible(self) -> bool:
        """Whether a prompt is playing that was not told to stop."""
        return self._prompt_id is not None and not self._stopping

    @property
    def interruptible(self) -> bool:
        """Whether a prompt is playing that the citizen may stop."""
        return self.audible and self._interruptible

    def audible_for_s(self, now: float) -> float:
        """Seconds that the bot has been audible; 0 when it is not."""
        return max(now - self._audible_since, 0.0) if self.audible else 0.0

    def prompt_started(self, event: PromptStarted, now: float) -> None:
        """The bot became audible."""
        if not self.audible:
            self._audible_since = now
        self._prompt_id = event.prompt_id
        self._interruptible = event.interruptible
        self._stopping = False

    def prompt_stopped(self, event: PromptStopped) -> bool:
        """The bot fell silent; whether that is news (not a late word about an earlier prompt)."""
        if event.prompt_id != self._prompt_id:
            return False
        self.forget_prompt()
        return True

    def stop_prompt(self) -> None:
        """The prompt was told to stop: from here on its end is only a matter of transport."""
        self._stopping = True

    def forget_prompt(self) -> None:
        """The prompt is over, or was taken back together with the turn that it answered."""
        self._prompt_id = None
        self._stopping = False
