"""``GET /metrics``: a small web server of its own, so that the console's troubles are none of monitoring."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from voicebot.adapters.records.outbox import OutboxState
from voicebot.adapters.records.records import Records
from voicebot.config import MetricsSettings
from voicebot.engine.metrics.gauges import Observed, ObservedCollector
from voicebot.errors import ConfigurationError, RecordsError

logger = logging.getLogger(__name__)

_ANSWER_LIMIT_S = 3.0
"""Longest wait for the database: monitoring gives a page ten seconds, and one that says what is wrong is
worth more than none."""


@asynccontextmanager
async def serve_metrics(
    settings: MetricsSettings,
    registry: CollectorRegistry,
    observed: Observed,
    records: Records | None,
    now: Callable[[], datetime],
) -> AsyncIterator[str]:
    """Answer monitoring while the block runs; yields the page's address, empty where it is switched off.

    Args:
        settings: Where to listen.
        registry: What is counted (``CallMeter`` and others).
        observed: What is looked at when monitoring asks.
        records: Asked how they and the outbox stand; ``None``: there are none.
        now: Wall clock with a time zone.

    Raises:
        ConfigurationError: The address is not ours, or the port is in use.
    """
    if settings.port is None:
        yield ""
        return
    registry.register(ObservedCollector(observed, now))

    async def answer(request: web.Request) -> web.Response:
        if records is not None:
            states = await _states(records)
            observed.records_up = states is not None
            # Where the database does not answer: how it stood when it last did.
            observed.outbox = observed.outbox if states is None else states
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/metrics", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        raise ConfigurationError(
            f"[metrics] {settings.host}:{settings.port}: {error.strerror}; choose another host or port"
        ) from error
    try:
        yield f"http://{settings.host}:{settings.port}/metrics"
    finally:
        await runner.cleanup()


async def _states(records: Records) -> Mapping[str, OutboxState] | None:
    """How each destination stands; ``None`` where the database does not answer."""
    try:
        async with asyncio.timeout(_ANSWER_LIMIT_S):
            await records.database.check()
            outbox = records.outbox
            return {destination: await outbox.state(destination) for destination in outbox.destinations}
    except (RecordsError, TimeoutError) as error:
        logger.warning("the records cannot be read", extra={"action": "metrics", "reason": str(error)})
        return None
