"""What keeps a waiting citizen on the line: soft chimes, and now and then a few words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import NoReturn

from voicebot.dialogue.actions import Segment
from voicebot.engine.handoff.playing import PROMPT_ID, Chimes, bar_of, speak
from voicebot.engine.handoff.policy import WaitingWords
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.wire_format import WireFormat
from voicebot.engine.mouth import Prompts
from voicebot.errors import SynthesisError

logger = logging.getLogger(__name__)


class Company:
    """Keeps one citizen company.

    Args:
        call_id: For logs.
        leg: The citizen's media; nobody else may be speaking.
        prompts: Speaks the words.
        wire_format: Of the leg.
        record: Writes to the timeline: track, event and details.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        call_id: str,
        leg: MediaLeg,
        prompts: Prompts,
        wire_format: WireFormat,
        record: Callable[..., None],
        clock: Callable[[], float],
    ) -> None:
        self._call_id = call_id
        self._leg = leg
        self._prompts = prompts
        self._bar = bar_of(wire_format)
        self._record = record
        self._clock = clock

    async def run(self) -> NoReturn:
        """Go on until cancelled; then the line is silent at once."""
        words = WaitingWords(self._clock())
        try:
            while True:
                self._leg.play(Chimes(self._bar))
                await asyncio.sleep(max(words.next_deadline() - self._clock(), 0.0))
                await self.say(words.take(self._clock()))
        finally:
            self._leg.stop()
        raise AssertionError("the loop above ends by cancellation only")

    async def say(self, text: str) -> None:
        """Say something to its end; what cannot be spoken is left out, since the chimes go on."""
        try:
            end = await speak(self._leg, self._prompts, (Segment(text=text),))
        except SynthesisError as error:
            logger.warning(
                "a waiting citizen hears chimes only",
                extra={"action": "handoff", "call_id": self._call_id, "reason": str(error)},
            )
            return
        self._record("bot", "prompt", id=PROMPT_ID, text=text, interruptible=False)
        self._record("bot", "audible_started", id=PROMPT_ID)
        try:
            await end
        finally:
            self._record("bot", "audible_ended", id=PROMPT_ID)
            self._record("bot", "prompt_ended", id=PROMPT_ID, interrupted=not end.done() or end.cancelled())
