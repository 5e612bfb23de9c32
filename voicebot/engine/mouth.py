"""What the bot says in one call: prompts in order, one at a time, stopped at once when the citizen speaks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Protocol

from voicebot.dialogue.actions import Say
from voicebot.engine.media.prompt import PayloadSource
from voicebot.engine.prompts.plan import is_speakable
from voicebot.errors import SynthesisError


class Prompts(Protocol):
    """Where prompts come from."""

    async def prepare(self, say: Say) -> PayloadSource:
        """Return as soon as the beginning can be played."""
        ...


class Loudspeaker(Protocol):
    """The sending half of a media leg."""

    def play(self, source: PayloadSource, on_finished: Callable[[], None]) -> None:
        """Send the source's payloads, one each 20 ms; call back when the last one has left."""
        ...

    def stop(self) -> float:
        """Fall silent now; returns the milliseconds that were played."""
        ...


@dataclass(slots=True)
class _Waiting:
    say: Say
    source: PayloadSource | None = None
    cancel: Callable[[], object] = field(default=lambda: None)


class Mouth:
    """Plays prompts in the order in which they were asked for.

    ``started`` and ``finished`` are called for each prompt that became audible; ``finished`` says whether it
    was interrupted. A prompt that was still waiting when ``stop`` came is finished, interrupted, unheard.

    A prompt of which nothing could be synthesised raises ``SynthesisError`` in its task: a bot without a
    voice is no help, and the call goes to a person.
    """

    def __init__(
        self,
        *,
        prompts: Prompts,
        loudspeaker: Loudspeaker,
        spawn: Callable[[Coroutine[object, object, None]], Callable[[], object]],
        started: Callable[[Say], None],
        finished: Callable[[Say, bool], None],
    ) -> None:
        self._prompts = prompts
        self._loudspeaker = loudspeaker
        self._spawn = spawn
        self._started = started
        self._finished = finished
        self._waiting: deque[_Waiting] = deque()
        self._playing: Say | None = None

    @property
    def idle(self) -> bool:
        """Whether everything asked for has been played or stopped."""
        return self._playing is None and not self._waiting

    @property
    def interruptible(self) -> bool:
        """Whether all that is still to be heard may be talked over."""
        pending = [waiting.say for waiting in self._waiting]
        if self._playing is not None:
            pending.append(self._playing)
        return all(say.interruptible for say in pending)

    def say(self, say: Say) -> None:
        """Speak after whatever is being said."""
        waiting = _Waiting(say)
        self._waiting.append(waiting)
        waiting.cancel = self._spawn(self._prepare(waiting))

    def stop(self) -> None:
        """Fall silent and drop what waits; each prompt is reported as interrupted."""
        for say in self._silence():
            self._finished(say, True)

    def forget(self) -> None:
        """Fall silent and drop what waits without a report: as if it had not been asked for."""
        self._silence()

    def _silence(self) -> list[Say]:
        stopped = []
        if self._playing is not None:
            self._loudspeaker.stop()
            stopped.append(self._playing)
            self._playing = None
        for waiting in self._waiting:
            waiting.cancel()
            stopped.append(waiting.say)
        self._waiting.clear()
        return stopped

    async def _prepare(self, waiting: _Waiting) -> None:
        source = await self._prompts.prepare(waiting.say)
        if source.finished and is_speakable(waiting.say.text):
            raise SynthesisError(
                f"prompt {waiting.say.prompt_id}: nothing of it could be spoken; see the log"
            )
        waiting.source = source
        self._play_next()

    def _play_next(self) -> None:
        if self._playing is not None or not self._waiting:
            return
        source = self._waiting[0].source
        if source is None:
            return
        say = self._waiting.popleft().say
        self._playing = say
        self._loudspeaker.play(source, lambda: self._played(say))
        self._started(say)

    def _played(self, say: Say) -> None:
        if self._playing is not say:
            return  # stopped in the same tick
        self._playing = None
        self._finished(say, False)
        self._play_next()
