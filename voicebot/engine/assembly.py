"""The engine put together from the settings, and its life from start to orderly stop."""

from __future__ import annotations

import asyncio
import gc
import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.adapters.asterisk.ari.stream import EventStream
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.adapters.asterisk.fastagi.request import AgiRequest
from voicebot.adapters.asterisk.fastagi.server import FastAgiServer
from voicebot.config import Settings
from voicebot.engine.call import Call
from voicebot.engine.known import check_known, told_to
from voicebot.engine.line import AsteriskLine
from voicebot.engine.media.wire_format import ALAW, WireFormat
from voicebot.engine.metrics import CallMeter, Observed, serve_metrics
from voicebot.engine.parts import EngineParts, call_variables, named_service, open_parts
from voicebot.engine.reach import AsteriskReach
from voicebot.engine.routing import Routing
from voicebot.engine.switchboard import Arrival, Switchboard
from voicebot.errors import ConfigurationError
from voicebot.services import Service, service_names

_SERVICE_NAME = re.compile(r"[a-z0-9_-]+")
"""What the dialplan lets through of ``VB_SERVICE`` (``FILTER`` in ``dialplans/inbound.conf``)."""


class Engine:
    """Serves the calls of one Asterisk.

    Args:
        settings: Checked settings.

    Raises:
        ConfigurationError: A service that the settings name is not there, its flow is wrong, or what is known
            of a citizen cannot be told to any flow.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        by_number = _load_services(settings)
        self._services = {service.name: service for service in by_number.values()}
        check_known(settings.known, self._services.values())
        self._routing = Routing(
            services={number: service.name for number, service in by_number.items()},
            most_calls=settings.most_calls,
        )
        self._wire_format = ALAW
        self._registry = CollectorRegistry()
        self._meter = CallMeter(self._registry)
        self._stopping = False

    async def run(
        self,
        reach: AsteriskReach,
        stop: asyncio.Event,
        ready: Callable[[str], None],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Serve until ``stop`` is set, then let calls end.

        Args:
            reach: The Asterisk to serve.
            stop: Ends the engine in order: no new calls, then grace, then people.
            ready: Told the recogniser's warning (or nothing) once calls can come.
            progress: Of rendering prompts: number done, number in all.

        Raises:
            ConfigurationError: A setting, file or folder must be mended.
            AsteriskUnavailable: Asterisk refused user or password.
        """
        async with (
            open_parts(self._settings, self._services.values(), progress) as parts,
            AriClient(reach.ari_url, reach.ari_user, reach.ari_password, reach.application) as ari,
            serve_metrics(
                self._settings.metrics,
                self._registry,
                Observed(media=parts.shared.media, recogniser_queue=parts.recogniser_queue),
                None,
                lambda: datetime.now(UTC),
            ),
        ):
            host, port = parts.shared.media.address
            dead_man = DeadManSwitch(ari)
            switchboard = Switchboard(
                ari=ari,
                dead_man=dead_man,
                line=lambda channel: _line(ari, dead_man, channel, f"{host}:{port}", self._wire_format),
                begin=lambda arrival: self._begin(arrival, parts),
                most_calls=self._settings.most_calls,
            )
            router = _Router(self._routing, lambda: switchboard.calls_now, lambda: self._stopping)
            agi = FastAgiServer(router, host=reach.agi_host, port=reach.agi_port)
            await self._serve(
                EventStream(ari, Backoff(random.random)), agi, switchboard, stop, lambda: ready(parts.warning)
            )

    async def _serve(
        self,
        stream: EventStream,
        agi: FastAgiServer,
        switchboard: Switchboard,
        stop: asyncio.Event,
        ready: Callable[[], None],
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(switchboard.run())
            await asyncio.sleep(0)  # the switchboard opens its task group before the first event
            reading = tasks.create_task(stream.run(switchboard.receive))
            async with agi:
                await _first_of(switchboard.connected, stop)
                # What start-up made stays: without it in every collection, a collection stops the media clock
                # for less than a millisecond.
                gc.collect()
                gc.freeze()
                if not stop.is_set():
                    ready()
                await stop.wait()
                self._stopping = True
                await switchboard.drain(self._settings.stop_grace_s)
            reading.cancel()
            serving.cancel()

    def _begin(self, arrival: Arrival, parts: EngineParts) -> Call:
        service = self._services.get(arrival.service)
        if service is None:
            raise ConfigurationError(
                f"service {arrival.service!r} is not served here; "
                f"[numbers] names {', '.join(self._services) or 'none'}"
            )
        return Call(
            call_id=arrival.call_id,
            line=arrival.line,
            machine=service.machine(),
            variables=call_variables(arrival.caller, arrival.direction)
            | told_to(service, self._settings.known.get(arrival.caller, {})),
            parts=parts.shared,
            timeline=self._meter.metered(
                parts.open_timeline(arrival.call_id, arrival.service), arrival.service
            ),
            service=service.name,
            write_report=service.write_report,
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


async def _first_of(*events: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        waits = [tasks.create_task(event.wait()) for event in events]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _line(
    ari: AriClient, dead_man: DeadManSwitch, channel: Channel, media_host: str, wire_format: WireFormat
) -> AsteriskLine:
    # Asterisk's own id of the citizen's channel names the call everywhere: in our ids, timelines and logs.
    return AsteriskLine(
        ari, dead_man, channel, call_id=channel.id, media_host=media_host, media_format=wire_format.name
    )


def _load_services(settings: Settings) -> dict[str, Service]:
    """Called number → service, by its name or (a file of the operator's own) by its path.

    Raises:
        ConfigurationError: A service is not there, two have the same name, or one has a name that the
            dialplan cannot carry.
    """
    for number, name in settings.numbers.items():
        if not name.endswith(".yaml") and name not in service_names():
            raise ConfigurationError(
                f"[numbers] {number!r}: no service {name!r}; there are {', '.join(service_names())}, "
                "or give the path of a flow of your own (….yaml)"
            )
    loaded = {name: named_service(settings, name) for name in sorted(set(settings.numbers.values()))}
    given = {service.name: name for name, service in loaded.items()}
    for name, service in loaded.items():
        if not _SERVICE_NAME.fullmatch(service.name):
            raise ConfigurationError(
                f"[numbers] {name!r}: a service cannot be named {service.name!r}; "
                "name its file with a-z, 0-9, _ and - only"
            )
        if given[service.name] != name:
            raise ConfigurationError(
                f"[numbers] {name!r} and {given[service.name]!r} are both named {service.name!r}; "
                "rename one of the files"
            )
    return {number: loaded[name] for number, name in settings.numbers.items()}
