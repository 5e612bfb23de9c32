"""What leaves a running engine beside its calls: events and messages, and the page for monitoring."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector

from voicebot.config import Settings
from voicebot.engine.events.assembly import Relays, run_relays
from voicebot.engine.metrics import CallMeter, Observed, serve_metrics
from voicebot.engine.parts import EngineParts
from voicebot.engine.records import ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Open for as long as the engine serves."""

    meter: CallMeter
    relays: Relays
    observed: Observed
    """What monitoring looks at; whoever comes to be later is put in."""


@asynccontextmanager
async def open_outlets(settings: Settings, parts: EngineParts) -> AsyncIterator[Outlets]:
    """Send what is in the outbox and answer monitoring while the block runs.

    Raises:
        ConfigurationError: A secret, a file, a folder, an address or a port must be mended.
    """

    def now() -> datetime:
        return datetime.now(ZONE)

    registry = CollectorRegistry()
    async with AsyncExitStack() as opened:
        relays = await opened.enter_async_context(
            run_relays(settings, parts.kept.records, environment=os.environ, now=now, jitter=random.random)
        )
        observed = Observed(
            media=parts.shared.media,
            recogniser_queue=parts.recogniser_queue,
            relays=relays.relays,
            records_waiting=lambda: parts.kept.keeper.depth,
        )
        ProcessCollector(registry=registry)  # memory, files, processor time of this process
        await opened.enter_async_context(
            serve_metrics(settings.metrics, registry, observed, parts.kept.records, now)
        )
        yield Outlets(meter=CallMeter(registry), relays=relays, observed=observed)
