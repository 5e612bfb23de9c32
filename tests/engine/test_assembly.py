"""What the settings make of the engine, and how it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from tests.engine.office import Office, play
from tests.engine.scene import FLOW
from voicebot.adapters.asterisk.ari.stream import EventStream, StreamConnected
from voicebot.adapters.asterisk.fastagi.server import FastAgiServer
from voicebot.config import Settings
from voicebot.engine.assembly import Engine
from voicebot.engine.dialling.dialler import Dialler
from voicebot.errors import ConfigurationError, FlowError


def _flow(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(FLOW, encoding="utf-8")
    return str(path)


def test_services_by_name_and_by_path_may_be_served_together(tmp_path: Path) -> None:
    own = _flow(tmp_path, "night-desk_2.yaml")
    Engine(Settings(numbers={"1000": "duty", "2000": own, "3000": own}))


@pytest.mark.parametrize("name", ["Night.yaml", "야간.yaml", "night desk.yaml"])
def test_a_service_whose_name_the_dialplan_cannot_carry(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name its file with a-z, 0-9, _ and - only"):
        Engine(Settings(numbers={"1000": _flow(tmp_path, name)}))


def test_two_services_of_the_same_name(tmp_path: Path) -> None:
    first, second = _flow(tmp_path / "a", "night.yaml"), _flow(tmp_path / "b", "night.yaml")
    with pytest.raises(ConfigurationError, match="are both named 'night'; rename one of the files"):
        Engine(Settings(numbers={"1000": first, "2000": second}))


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"\[numbers\] '1000': no service 'nigth'; there are"):
        Engine(Settings(numbers={"1000": "nigth"}))
    with pytest.raises(FlowError, match=r"gone\.yaml:1: cannot be read"):
        Engine(Settings(numbers={"1000": str(tmp_path / "gone.yaml")}))


class _Stream:
    """Never connects unless told to."""

    def __init__(self) -> None:
        self.connect = asyncio.Event()

    async def run(self, receive: Callable[[Any], None]) -> None:
        await self.connect.wait()
        receive(StreamConnected(first=True))
        await asyncio.Event().wait()


class _Dialler:
    """Calls nobody."""

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()

    def connected(self) -> None:
        pass


async def _serve(office: Office, stream: _Stream, stop: asyncio.Event, ready: list[str]) -> None:
    await Engine(Settings(stop_grace_s=3))._serve(
        cast(EventStream, stream),
        cast(FastAgiServer, nullcontext()),
        office.switchboard,
        cast(Dialler, _Dialler()),
        stop,
        lambda: ready.append("ready"),
    )


def test_an_engine_whose_asterisk_never_answers_can_be_stopped() -> None:
    async def script(office: Office) -> None:
        stop, ready = asyncio.Event(), list[str]()
        serving = asyncio.ensure_future(_serve(office, _Stream(), stop, ready))
        await asyncio.sleep(60)
        assert not serving.done() and ready == []
        stop.set()
        await asyncio.wait_for(serving, 1)
        assert ready == []

    play(script, serve=False)


def test_it_is_ready_once_calls_can_come_and_stops_in_order() -> None:
    async def script(office: Office) -> None:
        stop, ready, stream = asyncio.Event(), list[str](), _Stream()
        serving = asyncio.ensure_future(_serve(office, stream, stop, ready))
        await asyncio.sleep(1)
        stream.connect.set()
        await asyncio.sleep(0.1)
        assert ready == ["ready"]
        office.asterisk.enter("c1")
        await office.hear_question()
        stop.set()
        await asyncio.sleep(2)
        assert not serving.done() and office.switchboard.calls_now == 1
        await asyncio.wait_for(serving, 2)

    office = play(script, serve=False)
    assert office.outcome("c1") == ("handed_over", "the engine is stopping")
