"""Where prompts come from: the cache where it can be, the synthesiser where it must be.

What a flow always says is rendered beforehand. What belongs to one citizen is spoken while the beginning of
the prompt already plays, by a synthesiser on this machine, and is never kept. A synthesiser that sends text
elsewhere is used for rendering beforehand only: during a call neither its delay nor its outage may matter.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from voicebot.dialogue.actions import Say
from voicebot.engine.media.prompt import GrowingPrompt
from voicebot.engine.media.wire_format import FRAME_MS, WireFormat
from voicebot.engine.prompts.cache import MEMORY_BYTES, Clip, ClipFolder, ClipMemory, clip_key
from voicebot.engine.prompts.conditioning import VERSION, condition
from voicebot.engine.prompts.plan import DIGIT_WORDS, Piece, is_speakable, plan, spoken
from voicebot.errors import ConfigurationError, SynthesisError
from voicebot.ports import Speech, Synthesiser

logger = logging.getLogger(__name__)

RATES = (1.0, 0.85, 0.7)
"""The rates that prompts are rendered at: normal, and after each "slower, please" (``dialogue.asking``)."""

_LONGEST_WAIT_S = 5.0
"""For one clip during a call: a citizen takes a longer silence for a dead line."""
_LONGEST_RENDERING_S = 60.0
"""For one clip beforehand, from a service on the network."""
_FAILURES_IN_A_ROW = 3
"""Rendering gives up after so many: it is the synthesiser, not the text."""


@dataclass(slots=True, kw_only=True)
class RenderReport:
    """What became of the texts that were to be rendered."""

    rendered: int = 0
    cached: int = 0
    """There already."""
    failed: dict[str, str] = field(default_factory=dict)
    """Text → why; texts that were not tried any more are among them."""


class PromptStore:
    """Prepares prompts for all calls; an async context manager that owns what is still being spoken."""

    def __init__(
        self,
        *,
        synthesiser: Synthesiser,
        fallback: Synthesiser,
        wire_format: WireFormat,
        folder: Path,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        """Put the parts together; nothing is spoken or read yet.

        Args:
            synthesiser: The voice that was chosen.
            fallback: A local one, for what the chosen one must not see or could not render.
            wire_format: The line's format.
            folder: The cache on disk.
            memory_bytes: The cache in memory.

        Raises:
            ConfigurationError: The fallback is not local.
        """
        if not fallback.local:
            raise ConfigurationError(
                f"synthesiser {fallback.identity!r} sends text elsewhere: it may not speak a citizen's words"
            )
        self._synthesiser = synthesiser
        self._live = synthesiser if synthesiser.local else fallback
        """Who speaks during calls."""
        self._wire_format = wire_format
        self._folder = ClipFolder(folder, wire_format.frame_bytes)
        self._memory = ClipMemory(memory_bytes)
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> PromptStore:
        """Begin."""
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let what is being spoken come to its end, at most ``_LONGEST_WAIT_S`` a clip."""
        await self._tasks.__aexit__(kind, error, trace)

    async def prepare(self, say: Say) -> GrowingPrompt:
        """The audio of a prompt, as soon as its beginning can be played.

        Where everything is in memory the audio is complete at once; otherwise it grows while it plays. A part
        that cannot be spoken is left out and logged; if nothing can be, the audio is finished from the start.
        """
        audio = GrowingPrompt()
        pieces = plan(say)
        begun = asyncio.Event()
        while pieces:
            clip = self._remembered(pieces[0], say.rate)
            if clip is None:
                break
            self._append(audio, clip, pieces.pop(0))
            begun.set()
        if not pieces:
            audio.complete()
            return audio
        rest = self._tasks.create_task(self._complete(audio, begun, pieces, say))
        try:
            await begun.wait()
        except asyncio.CancelledError:
            rest.cancel()
            raise
        return audio

    async def render_all(
        self,
        texts: Iterable[str],
        *,
        rates: Sequence[float] = RATES,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> RenderReport:
        """Render fixed texts, and the digits, into the cache; what is there already is only read.

        Args:
            texts: What the flows always say.
            rates: Each text is rendered at each of these.
            progress: Told the number done and the number in all.
        """
        wanted = dict.fromkeys(spoken(text) for text in [*texts, *DIGIT_WORDS.values()])
        work = [(text, rate) for rate in rates for text in wanted if is_speakable(text)]
        report = RenderReport()
        in_a_row = 0
        for done, (text, rate) in enumerate(work):
            progress(done, len(work))
            if await self._cached(text, rate, self._synthesiser) is not None:
                report.cached += 1
                continue
            if in_a_row >= _FAILURES_IN_A_ROW:
                report.failed.setdefault(text, "not tried: the synthesiser keeps failing")
                continue
            try:
                clip = await self._render(text, rate, self._synthesiser, _LONGEST_RENDERING_S)
            except SynthesisError as error:
                report.failed.setdefault(text, str(error))
                in_a_row += 1
                continue
            await self._keep(text, rate, self._synthesiser, clip)
            report.rendered += 1
            in_a_row = 0
        progress(len(work), len(work))
        return report

    async def _complete(
        self, audio: GrowingPrompt, begun: asyncio.Event, pieces: Sequence[Piece], say: Say
    ) -> None:
        """Speak the rest of a prompt in order, while the beginning plays."""
        try:
            for piece in pieces:
                try:
                    clip = await self._clip(piece, say.rate)
                except SynthesisError as error:
                    # The text of a free slot is the citizen's: it is not logged, nor is it in the message.
                    logger.warning(
                        "part of a prompt is left out",
                        extra={"action": "prompt", "prompt_id": say.prompt_id, "error": str(error)},
                    )
                    continue
                except Exception:
                    # Ours, of one clip: the prompts of all calls are spoken by tasks of one group.
                    logger.exception(
                        "part of a prompt broke", extra={"action": "prompt", "prompt_id": say.prompt_id}
                    )
                    continue
                self._append(audio, clip, piece)
                begun.set()
        finally:
            audio.complete()
            begun.set()

    def _append(self, audio: GrowingPrompt, clip: Clip, piece: Piece) -> None:
        audio.append(clip)
        audio.append([self._wire_format.silence] * round(piece.pause_ms / FRAME_MS))

    def _remembered(self, piece: Piece, rate: float) -> Clip | None:
        if not piece.cached:
            return None
        return self._memory.get(self._key(piece.text, rate, self._synthesiser))

    async def _clip(self, piece: Piece, rate: float) -> Clip:
        if not piece.cached:
            return await self._render(piece.text, rate, self._live, _LONGEST_WAIT_S)
        for synthesiser in dict.fromkeys((self._synthesiser, self._live)):
            clip = await self._cached(piece.text, rate, synthesiser)
            if clip is not None:
                return clip
        if self._live is not self._synthesiser:
            logger.warning(
                "prompt was not rendered beforehand; the local voice speaks it",
                extra={"action": "prompt", "text": piece.text, "remedy": "voicebot prompts render"},
            )
        clip = await self._render(piece.text, rate, self._live, _LONGEST_WAIT_S)
        # The citizen does not wait for the disk.
        self._tasks.create_task(self._keep(piece.text, rate, self._live, clip))
        return clip

    async def _cached(self, text: str, rate: float, synthesiser: Synthesiser) -> Clip | None:
        key = self._key(text, rate, synthesiser)
        clip = self._memory.get(key)
        if clip is None:
            clip = await asyncio.to_thread(self._folder.load, key)
            if clip is not None:
                self._memory.put(key, clip)
        return clip

    def _keep(
        self, text: str, rate: float, synthesiser: Synthesiser, clip: Clip
    ) -> Coroutine[Any, Any, None]:
        """Keep a clip in memory at once, and on disk once the returned coroutine has run."""
        key = self._key(text, rate, synthesiser)
        self._memory.put(key, clip)
        return asyncio.to_thread(self._folder.save, key, clip)

    async def _render(self, text: str, rate: float, synthesiser: Synthesiser, limit_s: float) -> Clip:
        speech = await _speak(synthesiser, text, rate, limit_s)
        clip = await asyncio.to_thread(self._encode, speech)
        if not clip:
            raise SynthesisError(f"{synthesiser.identity}: the audio is silent")
        return clip

    def _encode(self, speech: Speech) -> Clip:
        line = self._wire_format
        return tuple(line.encode_frames(condition(speech, line.sample_rate_hz, line.frame_samples)))

    def _key(self, text: str, rate: float, synthesiser: Synthesiser) -> str:
        return clip_key(
            text=text,
            rate=rate,
            identity=synthesiser.identity,
            encoding=self._wire_format.name,
            version=VERSION,
        )


async def _speak(synthesiser: Synthesiser, text: str, rate: float, limit_s: float) -> Speech:
    """Have a text spoken.

    Raises:
        SynthesisError: It failed, in whatever way, or took too long.
    """
    try:
        async with asyncio.timeout(limit_s):
            speech = await synthesiser.synthesise(text, rate=rate)
    except SynthesisError:
        raise
    except TimeoutError as error:
        raise SynthesisError(f"{synthesiser.identity}: no audio within {limit_s:.0f} s") from error
    except Exception as error:
        # Other packages' code, which may raise anything: it must not end the call.
        raise SynthesisError(f"{synthesiser.identity}: {type(error).__name__}") from error
    if speech.samples.dtype != np.int16 or speech.samples.ndim != 1 or speech.sample_rate_hz <= 0:
        raise SynthesisError(f"{synthesiser.identity}: gave no mono int16 audio; see ports.Speech")
    return speech
