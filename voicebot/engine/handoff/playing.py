"""Playing outside of a conversation: to an officer, and to a citizen who waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from voicebot.audio.chimes import chimes
from voicebot.dialogue.actions import Say, Segment
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.wire_format import WireFormat
from voicebot.engine.mouth import Prompts
from voicebot.engine.prompts.plan import is_speakable
from voicebot.errors import SynthesisError

PROMPT_ID = 1_000_000
"""Of what no flow says: flows count from 1."""


async def speak(leg: MediaLeg, prompts: Prompts, segments: tuple[Segment, ...]) -> asyncio.Future[None]:
    """Begin to speak, in place of what may be playing; the future is done when the last of it has left.

    It stays undone where something else takes the words' place, or the leg is detached.

    Raises:
        SynthesisError: Nothing of it could be spoken.
    """
    say = Say(prompt_id=PROMPT_ID, segments=segments, interruptible=False)
    source = await prompts.prepare(say)
    if source.finished and is_speakable(say.text):
        raise SynthesisError("a prompt of the hand-over: nothing of it could be spoken; see the log")
    end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    leg.play(source, lambda: None if end.done() else end.set_result(None))
    return end


class Chimes:
    """Waiting music without end (``PayloadSource``)."""

    __slots__ = ("_bar", "_next")

    finished = False

    def __init__(self, bar: Sequence[bytes]) -> None:
        """
        Args:
            bar: Payloads of ``bar_of``; shared by all who wait.
        """
        self._bar = bar
        self._next = 0

    def next_payload(self) -> bytes:
        """The next 20 ms."""
        payload = self._bar[self._next]
        self._next = (self._next + 1) % len(self._bar)
        return payload


def bar_of(wire_format: WireFormat) -> list[bytes]:
    """One bar of the chimes in 20 ms payloads."""
    return wire_format.encode_frames(chimes(wire_format.sample_rate_hz))
