"""Messages leave once each: as whole files, or by a web interface that knows them by their id."""

from __future__ import annotations

import json
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.adapters.records.conftest import NOON
from voicebot.adapters.messages.spool import SENT, SpoolGateway
from voicebot.adapters.messages.web import WebGateway, WebInterface
from voicebot.errors import ConfigurationError
from voicebot.events.verdict import Delivered, Postponed, Refused
from voicebot.messages.citizen import CitizenMessage


def _message(id: str = "m-1") -> CitizenMessage:
    return CitizenMessage(
        id=id, to="+821012345678", sender="02-120", text="안내", template="missed_call", variables={}
    )


async def test_one_whole_file_a_message(tmp_path: Path) -> None:
    gateway = SpoolGateway(tmp_path / "messages")
    assert await gateway.send(_message()) == Delivered()
    (file,) = (tmp_path / "messages").glob("*.json")
    assert file.name == "m-1.json"
    assert json.loads(file.read_text(encoding="utf-8")) == _message().as_json()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "messages").stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "messages").glob(".*")) == []


async def test_what_was_written_or_sent_is_not_written_again(tmp_path: Path) -> None:
    gateway = SpoolGateway(tmp_path)
    await gateway.send(_message())
    written = tmp_path / "m-1.json"
    written.write_text("taken")
    assert await gateway.send(_message()) == Delivered()
    assert written.read_text() == "taken"
    written.rename(tmp_path / SENT / "m-1.json")
    assert await gateway.send(_message()) == Delivered()
    assert not written.exists()


async def test_a_file_that_was_begun_when_the_power_failed_is_written_anew(tmp_path: Path) -> None:
    gateway = SpoolGateway(tmp_path)
    (tmp_path / ".m-1.json.draft").write_text("{half")
    assert await gateway.send(_message()) == Delivered()
    assert json.loads((tmp_path / "m-1.json").read_text())["id"] == "m-1"


async def test_an_id_that_is_no_name_is_refused(tmp_path: Path) -> None:
    assert isinstance(await SpoolGateway(tmp_path).send(_message("../m-1")), Refused)


async def test_a_folder_that_is_gone_waits(tmp_path: Path) -> None:
    gateway = SpoolGateway(tmp_path / "messages")
    (tmp_path / "messages" / SENT).rmdir()
    (tmp_path / "messages").rmdir()
    verdict = await gateway.send(_message())
    assert isinstance(verdict, Postponed) and "No such file" in verdict.reason


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"\[messages\] folder .*choose one that can be written"):
        SpoolGateway(tmp_path / "file" / "messages")


async def test_a_web_interface_gets_the_id_as_its_key() -> None:
    asked: list[tuple[dict[str, str], object]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((dict(request.headers), await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/send", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/send"
    async with aiohttp.ClientSession() as session:
        gateway = WebGateway(WebInterface(url=url, token="a token"), session, lambda: NOON)
        assert await gateway.send(_message()) == Delivered()
    await runner.cleanup()
    ((headers, body),) = asked
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer a token", "m-1")
    assert body == _message().as_json()
