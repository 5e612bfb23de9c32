"""The engine put together from the settings, and its life from start to orderly stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.adapters.asterisk.ari.stream import EventStream
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.adapters.asterisk.fastagi.request import AgiRequest
from voicebot.adapters.asterisk.fastagi.server import FastAgiServer
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.adapters.records.case_book import CaseBook
from voicebot.adapters.synthesis.plugins import load_fallback, load_synthesiser
from voicebot.adapters.timeline_file import TimelineFolder
from voicebot.adapters.voice_activity import TwoStageVoiceActivity
from voicebot.config import Settings
from voicebot.dialogue.understanding.interpret import spoken_forms
from voicebot.engine.call import Call, SharedParts
from voicebot.engine.judging import judge_completeness
from voicebot.engine.line import AsteriskLine
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.wire_format import WireFormat, wire_format_named
from voicebot.engine.prompts import RATES, PromptStore
from voicebot.engine.reach import AsteriskReach
from voicebot.engine.routing import Routing
from voicebot.engine.switchboard import Arrival, Switchboard
from voicebot.errors import ConfigurationError
from voicebot.ports import TimelineSink
from voicebot.services import Service, load_flow, load_service
from voicebot.speech.settings import TurnSettings

logger = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Seoul")
"""Cities' clocks, whatever the host is set to."""


class _NoTimeline:
    """Where timelines are switched off."""

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Forget it."""

    def close(self) -> None:
        """Nothing to close."""


class Engine:
    """Serves the calls of one Asterisk.

    Args:
        settings: Checked settings.
        reach: The Asterisk to serve.
    """

    def __init__(self, settings: Settings, reach: AsteriskReach) -> None:
        self._settings = settings
        self._reach = reach
        by_number = _load_services(settings)
        self._services = {service.name: service for service in by_number.values()}
        self._routing = Routing(
            services={number: service.name for number, service in by_number.items()},
            most_calls=settings.most_calls,
        )
        self._wire_format = wire_format_named(settings.media.format)
        self._stopping = False

    async def run(
        self,
        stop: asyncio.Event,
        ready: Callable[[str], None],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Serve until ``stop`` is set, then let calls end.

        Args:
            stop: Ends the engine in order: no new calls, then grace, then people.
            ready: Told the recogniser's warning (or nothing) once calls can come.
            progress: Of rendering prompts: number done, number in all.

        Raises:
            ConfigurationError: A setting, file or folder must be mended.
            AsteriskUnavailable: Asterisk refused user or password.
        """
        async with AsyncExitStack() as parts:
            recogniser = await asyncio.to_thread(WhisperRecogniser.load, self._settings.stt)
            parts.push_async_callback(recogniser.close)
            prompts = await parts.enter_async_context(self._prompt_store())
            await prompts.render_all(self._fixed_texts(), rates=RATES, progress=progress)
            media = self._media_loop()
            media.start()
            parts.callback(media.close)
            book = CaseBook(self._settings.records.path, now=lambda: datetime.now(ZONE))
            parts.callback(book.close)
            timelines = self._timelines(parts)
            reach = self._reach
            ari = await parts.enter_async_context(
                AriClient(reach.ari_url, reach.ari_user, reach.ari_password, reach.application)
            )
            shared = SharedParts(
                media=media,
                recogniser=recogniser,
                prompts=prompts,
                desk=book,
                judge=judge_completeness,
                spoken_forms=spoken_forms,
                turn_settings=TurnSettings(),
                clock=time.monotonic,
            )
            host, port = media.address
            switchboard = Switchboard(
                ari=ari,
                dead_man=DeadManSwitch(ari),
                line=lambda channel: _line(ari, channel, f"{host}:{port}", self._wire_format),
                begin=lambda arrival: self._begin(arrival, shared, timelines),
            )
            await self._serve(ari, switchboard, stop, lambda: ready(recogniser.warning))

    async def _serve(
        self, ari: AriClient, switchboard: Switchboard, stop: asyncio.Event, ready: Callable[[], None]
    ) -> None:
        stream = EventStream(ari, Backoff(random.random))
        router = _Router(self._routing, lambda: switchboard.calls_now, lambda: self._stopping)
        agi = FastAgiServer(router, host=self._reach.agi_host, port=self._reach.agi_port)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(switchboard.run())
            await asyncio.sleep(0)  # the switchboard opens its task group before the first event
            reading = tasks.create_task(stream.run(switchboard.receive))
            async with agi:
                await switchboard.connected.wait()
                # What start-up made stays: without it in every collection, a collection stops the media clock
                # for less than a millisecond.
                gc.collect()
                gc.freeze()
                ready()
                await stop.wait()
                self._stopping = True
                await switchboard.drain(self._settings.stop_grace_s)
            reading.cancel()
            serving.cancel()

    def _begin(
        self,
        arrival: Arrival,
        shared: SharedParts,
        timelines: Callable[[Arrival], TimelineSink],
    ) -> Call:
        service = self._services.get(arrival.service)
        if service is None:
            raise ConfigurationError(
                f"service {arrival.service!r} is not served here; "
                f"[numbers] names {', '.join(self._services) or 'none'}"
            )
        variables = {"caller_id": arrival.caller, "today": datetime.now(ZONE).date().isoformat()}
        return Call(
            call_id=arrival.call_id,
            line=arrival.line,
            machine=service.machine(),
            variables=variables,
            parts=shared,
            timeline=timelines(arrival),
        )

    def _prompt_store(self) -> PromptStore:
        tts = self._settings.tts
        return PromptStore(
            synthesiser=load_synthesiser(tts),
            fallback=load_fallback(tts),
            wire_format=self._wire_format,
            folder=tts.cache_dir,
        )

    def _fixed_texts(self) -> list[str]:
        return [text for service in self._services.values() for text in service.fixed_texts()]

    def _media_loop(self) -> MediaLoop:
        media = self._settings.media
        return MediaLoop(
            media.host, media.port, self._wire_format, TwoStageVoiceActivity(self._wire_format.sample_rate_hz)
        )

    def _timelines(self, parts: AsyncExitStack) -> Callable[[Arrival], TimelineSink]:
        settings = self._settings.timeline
        if settings.folder is None:
            return lambda arrival: _NoTimeline()
        folder = parts.enter_context(TimelineFolder(settings.folder, keep_text=settings.keep_text))
        return lambda arrival: folder.open(
            call_id=arrival.call_id,
            service=arrival.service,
            started_at=time.monotonic(),
            wall_time=datetime.now(ZONE),
        )


class _Router:
    """The dialplan's question, from FastAGI to the rules."""

    def __init__(self, routing: Routing, calls_now: Callable[[], int], stopping: Callable[[], bool]) -> None:
        self._routing = routing
        self._calls_now = calls_now
        self._stopping = stopping

    async def route(self, request: AgiRequest) -> Mapping[str, str]:
        """The channel variables for this call."""
        called = request.arguments[1] if len(request.arguments) > 1 else request.called_number
        return self._routing.route(called=called, calls_now=self._calls_now(), stopping=self._stopping())


def _line(ari: AriClient, channel: Channel, media_host: str, wire_format: WireFormat) -> AsteriskLine:
    # Asterisk's own id of the citizen's channel names the call everywhere: in our ids, timelines and logs.
    return AsteriskLine(
        ari, channel, call_id=channel.id, media_host=media_host, media_format=wire_format.name
    )


def _load_services(settings: Settings) -> dict[str, Service]:
    """Called number → service, by its name or (a file of the operator's own) by its path."""
    own = {"city": settings.city}
    loaded = {
        name: load_flow(Path(name), own) if name.endswith(".yaml") else load_service(name, own)
        for name in sorted(set(settings.numbers.values()))
    }
    return {number: loaded[name] for number, name in settings.numbers.items()}
