"""Getting into a broker: certificates, passwords, rights, and what ``doctor`` says of each."""

from __future__ import annotations

import gc
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.adapters.events.certificates import make_certificates
from tests.adapters.events.test_mqtt import _message, _sending
from voicebot.adapters.events.broker import Broker
from voicebot.adapters.events.probing import probe
from voicebot.errors import ConfigurationError, EventError
from voicebot.events.verdict import Delivered
from voicebot.testing.mosquitto import running_mosquitto


def _tls_settings(folder: Path) -> tuple[str, ...]:
    return (
        "allow_anonymous true",
        f"cafile {folder / 'ca.pem'}",
        f"certfile {folder / 'broker.pem'}",
        f"keyfile {folder / 'broker.key'}",
    )


async def test_over_tls_only_the_citys_own_authority_is_believed(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    async with running_mosquitto(tmp_path, *_tls_settings(tmp_path)) as mosquitto:
        broker = Broker(
            host="127.0.0.1",
            port=mosquitto.port,
            site="example",
            engine="one",
            tls=True,
            ca_file=tmp_path / "ca.pem",
        )
        async with _sending(broker) as sender:
            assert await sender.send(_message()) == Delivered()
        assert (await probe(broker)).startswith(
            f"mqtts://127.0.0.1:{mosquitto.port} takes voicebot/example/#"
        )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_over_tls_a_stranger_is_not_believed(tmp_path: Path) -> None:
    # paho leaves the socket whose handshake failed to the garbage collector, which warns.
    make_certificates(tmp_path)
    async with running_mosquitto(tmp_path, *_tls_settings(tmp_path)) as mosquitto:
        stranger = Broker(host="127.0.0.1", port=mosquitto.port, site="example", engine="one", tls=True)
        with pytest.raises(EventError, match="CERTIFICATE_VERIFY_FAILED"):
            await probe(stranger)
        gc.collect()


async def test_with_a_password(tmp_path: Path) -> None:
    tool = shutil.which("mosquitto_passwd", path="/usr/bin:/usr/local/bin")
    assert tool is not None, "it comes with mosquitto"
    passwords = tmp_path / "passwords"
    subprocess.run([tool, "-c", "-b", str(passwords), "voicebot", "a password"], check=True)  # noqa: ASYNC221
    passwords.chmod(0o600)
    settings = ("allow_anonymous false", f"password_file {passwords}")
    async with running_mosquitto(tmp_path, *settings) as mosquitto:

        def broker(password: str) -> Broker:
            return Broker(
                host="127.0.0.1",
                port=mosquitto.port,
                site="example",
                engine="one",
                user="voicebot",
                password=password,
            )

        async with _sending(broker("a password")) as sender:
            assert await sender.send(_message()) == Delivered()
        with pytest.raises(EventError, match=r"check \[events.mqtt\] host, port, tls and user"):
            await probe(broker("another"))
        assert "a password" not in repr(broker("a password"))


async def test_rights_are_missed_before_the_first_alert(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic write elsewhere/#\n")
    rules.chmod(0o600)
    async with running_mosquitto(tmp_path, "allow_anonymous true", f"acl_file {rules}") as mosquitto:
        broker = Broker(host="127.0.0.1", port=mosquitto.port, site="example", engine="one")
        with pytest.raises(
            EventError, match=r"does not let us publish .*; allow voicebot/example/# to everybody"
        ):
            await probe(broker)


async def test_a_broker_that_is_not_there() -> None:
    with pytest.raises(EventError, match=r"mqtt://127.0.0.1:1: .*Connection refused.*that the broker runs"):
        await probe(Broker(host="127.0.0.1", port=1, site="example", engine="one"))


def test_certificates_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    broker = Broker(host="b", port=8883, site="example", engine="one", tls=True, ca_file=tmp_path / "ca.pem")
    with pytest.raises(ConfigurationError, match=r"\[events.mqtt\] ca_file .*give a file with certificates"):
        broker.tls_context()
