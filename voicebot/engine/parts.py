"""What all calls of a process share, made from the settings: the same for telephones and for microphones."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.adapters.synthesis.plugins import load_fallback, load_synthesiser
from voicebot.adapters.timeline_file import TimelineFolder
from voicebot.adapters.voice_activity import TwoStageVoiceActivity
from voicebot.config import Settings
from voicebot.dialogue.understanding.interpret import spoken_forms
from voicebot.engine.call import SharedParts
from voicebot.engine.events.receivers import outbox_topics
from voicebot.engine.handoff import HANDOFF_TEXTS
from voicebot.engine.judging import judge_completeness
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.wire_format import ALAW
from voicebot.engine.prompts import RATES, PromptStore, RenderReport
from voicebot.engine.records import (
    ZONE,
    OpenRecords,
    RecordsReach,
    open_kept_records,
    reach_records,
)
from voicebot.errors import SynthesisError
from voicebot.ports import TimelineSink
from voicebot.services import Service, load_flow, load_service
from voicebot.speech.settings import TurnSettings

logger = logging.getLogger(__name__)


class _NoTimeline:
    """Where timelines are switched off."""

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Forget it."""

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """What ``open_parts`` made."""

    shared: SharedParts
    kept: OpenRecords
    recogniser_queue: Callable[[], int]
    """Utterances that wait to be decoded."""
    open_timeline: Callable[[str, str], TimelineSink]
    """Call id and service → the timeline of that call, which begins now."""
    warning: str
    """The recogniser's, or nothing."""


@asynccontextmanager
async def open_parts(
    settings: Settings,
    services: Iterable[Service],
    progress: Callable[[int, int], None] = lambda done, total: None,
    records: RecordsReach | None = None,
) -> AsyncIterator[EngineParts]:
    """Load and open everything; leaving it closes everything, after the last call.

    Args:
        settings: Checked settings.
        services: Their fixed prompts are rendered first.
        progress: Of rendering prompts: number done, number in all.
        records: ``None``: those that settings and environment name.

    Raises:
        ConfigurationError: A setting, file, folder or key must be mended.
        RecordsError: The database cannot be reached.
        SynthesisError: No prompt can be spoken.
    """
    clock = asyncio.get_running_loop().time  # the media loop's own
    wire_format = ALAW
    async with AsyncExitStack() as opened:
        kept = await opened.enter_async_context(
            open_kept_records(records or reach_records(settings), outbox_topics(settings))
        )
        recogniser = await asyncio.to_thread(WhisperRecogniser.load, settings.stt)
        opened.push_async_callback(recogniser.close)
        prompts = await opened.enter_async_context(
            PromptStore(
                synthesiser=load_synthesiser(settings.tts),
                fallback=load_fallback(settings.tts),
                wire_format=wire_format,
                folder=settings.tts.cache_dir,
            )
        )
        texts = [text for service in services for text in service.fixed_texts()] + [*HANDOFF_TEXTS]
        check_rendering(await prompts.render_all(texts, rates=RATES, progress=progress))
        media = MediaLoop(
            settings.media.host,
            settings.media.port,
            wire_format,
            TwoStageVoiceActivity(wire_format.sample_rate_hz),
        )
        media.start()
        opened.callback(media.close)
        yield EngineParts(
            shared=SharedParts(
                media=media,
                recogniser=recogniser,
                prompts=prompts,
                desk=kept.keeper,
                calls=kept.keeper,
                judge=judge_completeness,
                spoken_forms=spoken_forms,
                turn_settings=TurnSettings(),
                clock=clock,
            ),
            kept=kept,
            recogniser_queue=lambda: recogniser.queued,
            open_timeline=_timelines(settings, opened, clock),
            warning=recogniser.warning,
        )


def check_rendering(report: RenderReport) -> None:
    """Tell of prompts that could not be rendered: during calls they are tried anew, by a local voice.

    Raises:
        SynthesisError: There are none at all; an engine that cannot speak takes no calls.
    """
    if not report.failed:
        return
    text, reason = next(iter(report.failed.items()))
    if not (report.rendered or report.cached):
        raise SynthesisError(f"no prompt can be spoken: {reason}")
    logger.warning(
        "prompts could not be rendered",
        extra={"action": "render", "failed": len(report.failed), "first": text, "reason": reason},
    )


def named_service(settings: Settings, name: str) -> Service:
    """A service by its name, or (a file of the operator's own) by its flow's path, ending in ``.yaml``.

    Raises:
        FlowError: There is none, or its flow is wrong.
    """
    own, files = {"city": settings.city}, settings.city_files
    return load_flow(Path(name), own, files) if name.endswith(".yaml") else load_service(name, own, files)


def call_variables(caller_id: str, direction: str = "inbound") -> dict[str, str]:
    """What every flow knows before the first word.

    Args:
        caller_id: The citizen's number, digits; may be empty.
        direction: ``inbound`` or ``outbound``.
    """
    return {
        "caller_id": caller_id,
        "today": datetime.now(ZONE).date().isoformat(),
        "direction": direction,
    }


def _timelines(
    settings: Settings, opened: AsyncExitStack, clock: Callable[[], float]
) -> Callable[[str, str], TimelineSink]:
    if settings.timeline.folder is None:
        return lambda call_id, service: _NoTimeline()
    folder = opened.enter_context(
        TimelineFolder(settings.timeline.folder, keep_text=settings.timeline.keep_text)
    )
    return lambda call_id, service: folder.open(
        call_id=call_id, service=service, started_at=clock(), wall_time=datetime.now(ZONE)
    )
