"""The engine put together from the settings, and its life from start to orderly stop."""

from __future__ import annotations

import asyncio
import gc
import random
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.adapters.asterisk.ari.stream import EventStream, StreamEvent
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.adapters.asterisk.fastagi.request import AgiRequest
from voicebot.adapters.asterisk.fastagi.server import FastAgiServer
from voicebot.config import HandoffSettings, Settings
from voicebot.dialogue.flow.plan import DoState
from voicebot.engine.call import Call
from voicebot.engine.dialling.asterisk_trunk import tell
from voicebot.engine.dialling.dialler import Dialler
from voicebot.engine.dialling.running import make_dialler, seoul_now
from voicebot.engine.handoff.duty_room import AmiDutyRoom
from voicebot.engine.handoff.officer import OfficerParts
from voicebot.engine.handoff.policy import Limits
from voicebot.engine.handoff.search import People
from voicebot.engine.handoff.telephones import Telephones
from voicebot.engine.known import check_known, told_to
from voicebot.engine.line import AsteriskLine
from voicebot.engine.media.wire_format import ALAW
from voicebot.engine.metrics import CallMeter
from voicebot.engine.outlets import open_outlets
from voicebot.engine.parts import EngineParts, call_variables, named_service, open_parts
from voicebot.engine.reach import AsteriskReach
from voicebot.engine.routing import Routing
from voicebot.engine.switchboard import Arrival, Switchboard
from voicebot.errors import ConfigurationError
from voicebot.ports import Acquaintances
from voicebot.records.calls import Direction, NewCall
from voicebot.services import Service, service_names

OPT_OUT = "opt_out"
"""The work by which a flow keeps that a citizen is not to be called again."""

_LAST_ENDS_S = 5.0
"""How long a stopping engine waits for its dialler to write what became of the last calls."""

_SERVICE_NAME = re.compile(r"[a-z0-9_-]+")
"""What the dialplan lets through of ``VB_SERVICE`` (``FILTER`` in ``dialplans/inbound.conf``)."""


class Engine:
    """Serves the calls of one Asterisk.

    Args:
        settings: Checked settings.
        wall_clock: By which campaigns call; ``None``: the time in Korea.

    Raises:
        ConfigurationError: A service that the settings name is not there, its flow is wrong, or what is known
            of a citizen cannot be told to any flow.
    """

    def __init__(self, settings: Settings, wall_clock: Callable[[], datetime] | None = None) -> None:
        self._settings = settings
        self._wall_clock = wall_clock or seoul_now
        by_number = _load_services(settings)
        self._services = {service.name: service for service in by_number.values()}
        for name in settings.dialling.services:
            called = named_service(settings, name)
            self._services.setdefault(called.name, called)
        check_known(settings.known, self._services.values())
        self._routing = Routing(
            services={number: service.name for number, service in by_number.items()},
            most_calls=settings.most_calls,
            not_after_opt_out=frozenset(filter(self._calls_citizens, self._services)),
        )
        self._wire_format = ALAW
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
            open_outlets(self._settings, parts) as outlets,
            AriClient(reach.ari_url, reach.ari_user, reach.ari_password, reach.application) as ari,
            AsyncExitStack() as opened,
        ):
            host, port = parts.shared.media.address
            dead_man = DeadManSwitch(ari)

            def line(channel: Channel, call_id: str) -> AsteriskLine:
                return AsteriskLine(
                    ari,
                    dead_man,
                    channel,
                    call_id=call_id,
                    media_host=f"{host}:{port}",
                    media_format=self._wire_format.name,
                )

            telephones = Telephones(
                OfficerParts(ari=ari, line=line, media=parts.shared.media, prompts=parts.shared.prompts)
            )
            finding = _people(self._settings.handoff, reach, telephones, outlets.relays.told)
            people = await opened.enter_async_context(finding)
            switchboard = Switchboard(
                ari=ari,
                dead_man=dead_man,
                # Asterisk's own id of the citizen's channel names the call everywhere: in our ids, timelines
                # and logs.
                line=lambda channel: line(channel, channel.id),
                begin=lambda arrival: self._begin(arrival, parts, outlets.meter, people),
                most_calls=self._settings.most_calls,
                ended=lambda call_id, outcome: dialler.conversation_ended(call_id, outcome),
                telephones=telephones,
            )
            dialler = make_dialler(
                parts.kept.records,
                ari,
                engine=self._settings.dialling.engine or socket.gethostname(),
                services=self._services,
                calls_now=lambda: switchboard.calls_now,
                lines=self._settings.most_calls,
                untold=parts.kept.keeper.holds,
                wall_clock=self._wall_clock,
            )
            outlets.observed.asterisk_connected = lambda: dialler.linked
            outlets.observed.attempts_open = lambda: len(dialler.calls)
            router = Router(
                self._routing,
                parts.kept.acquaintances,
                calls_now=lambda: switchboard.calls_now,
                stopping=lambda: self._stopping,
            )
            agi = FastAgiServer(router, host=reach.agi_host, port=reach.agi_port)
            await self._serve(
                EventStream(ari, Backoff(random.random)),
                agi,
                switchboard,
                dialler,
                stop,
                lambda: ready(parts.warning),
            )

    async def _serve(
        self,
        stream: EventStream,
        agi: FastAgiServer,
        switchboard: Switchboard,
        dialler: Dialler,
        stop: asyncio.Event,
        ready: Callable[[], None],
    ) -> None:
        def receive(event: StreamEvent) -> None:
            switchboard.receive(event)
            tell(dialler, event)

        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(switchboard.run())
            await asyncio.sleep(0)  # the switchboard opens its task group before the first event
            reading = tasks.create_task(stream.run(receive))
            dialling = tasks.create_task(dialler.run(stop))
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
            # The ends of the last calls; what has not ended is taken up again by the next start.
            await asyncio.wait({dialling}, timeout=_LAST_ENDS_S)
            dialling.cancel()
            reading.cancel()
            serving.cancel()

    def _begin(
        self, arrival: Arrival, parts: EngineParts, meter: CallMeter, people: People | None = None
    ) -> Call:
        service = self._services.get(arrival.service)
        if service is None:
            raise ConfigurationError(
                f"service {arrival.service!r} is not served here; "
                f"[numbers] names {', '.join(self._services) or 'none'}"
            )
        acquaintances = parts.kept.acquaintances
        outbound = arrival.direction == Direction.OUTBOUND
        caller = "" if outbound else arrival.caller  # an outbound call shows the city's own number
        return Call(
            call_id=arrival.call_id,
            line=arrival.line,
            machine=service.machine(),
            variables=call_variables(caller, arrival.direction)
            | told_to(service, self._settings.known.get(caller, {})),
            parts=parts.shared,
            timeline=meter.metered(parts.open_timeline(arrival.call_id, arrival.service), service.name),
            kept_as=NewCall(
                call_id=arrival.call_id,
                direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
                service=service.name,
                phone=caller,
                attempt_id=arrival.called if outbound else None,
            ),
            known=(lambda: self._known(service, arrival.called, acquaintances)) if outbound else None,
            write_report=service.write_report,
            people=people,
        )

    async def _known(self, service: Service, attempt_id: str, people: Acquaintances) -> Mapping[str, str]:
        """Of the person whom we called: only then is it sure enough who listens."""
        kept = await people.known_of(attempt_id)
        return told_to(service, {**kept, **self._settings.known.get(kept.get("caller_id", ""), {})})

    def _calls_citizens(self, name: str) -> bool:
        """Whether a service's flow lets citizens ask not to be called, as those that call them do."""
        states = self._services[name].plan.states.values()
        return any(isinstance(state, DoState) and state.work == OPT_OUT for state in states)


class Router:
    """The dialplan's question, from FastAGI to the rules.

    Args:
        routing: The rules.
        acquaintances: Knows who opted out.
        calls_now: Calls under way.
        stopping: Whether the engine is about to stop.
    """

    def __init__(
        self,
        routing: Routing,
        acquaintances: Acquaintances,
        *,
        calls_now: Callable[[], int],
        stopping: Callable[[], bool],
    ) -> None:
        self._routing = routing
        self._acquaintances = acquaintances
        self._calls_now = calls_now
        self._stopping = stopping

    async def route(self, request: AgiRequest) -> Mapping[str, str]:
        """The channel variables for this call."""
        caller, called = (*request.arguments, "", "")[:2]
        called = called or request.called_number
        asked = self._routing.asks_opt_outs(called)
        return self._routing.route(
            called=called,
            opted_out=asked and await self._acquaintances.opted_out(caller),
            calls_now=self._calls_now(),
            stopping=self._stopping(),
        )


async def _first_of(*events: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        waits = [tasks.create_task(event.wait()) for event in events]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


@asynccontextmanager
async def _people(
    settings: HandoffSettings,
    reach: AsteriskReach,
    telephones: Telephones,
    told: Callable[[str, float], Awaitable[bool]],
) -> AsyncIterator[People | None]:
    """What calls find officers by; ``None`` where the settings leave that to the dialplan."""
    if not settings.briefing:
        yield None
        return
    ami = AmiClient(reach.host, reach.ami_port, reach.ami_user, reach.ami_password)
    room = AmiDutyRoom(ami, settings.queue, engaged=lambda: telephones.engaged, wall_clock=time.time)
    async with asyncio.TaskGroup() as tasks:
        connecting = tasks.create_task(room.keep_connected(Backoff(random.random)))
        limits = Limits(ring_s=settings.ring_s, rounds=settings.rounds, total_s=settings.limit_s)
        try:
            yield People(room=room, telephones=telephones, limits=limits, told=told)
        finally:
            connecting.cancel()
            await room.close()


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
