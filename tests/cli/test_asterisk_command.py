from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.cli.asterisk import app
from voicebot.errors import AsteriskUnavailable, ConfigurationError

runner = CliRunner()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_status_of_one_that_does_not_run() -> None:
    done = runner.invoke(app, ["status", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["running"] is False
    done = runner.invoke(app, ["status"])
    assert isinstance(done.exception, AsteriskUnavailable)
    assert "start it: voicebot asterisk up" in str(done.exception)


def test_down_is_content_when_nothing_runs() -> None:
    done = runner.invoke(app, ["down", "--run-dir", "elsewhere"])
    assert done.exit_code == 0
    assert "not running in" in done.stdout


def test_bad_use() -> None:
    assert runner.invoke(app, ["render"]).exit_code == 2
    assert runner.invoke(app, ["render", "etc", "--max-calls", "0"]).exit_code == 2


def test_render_for_a_production_server(tmp_path: Path) -> None:
    command = [
        "render",
        "etc",
        "--state-dir",
        "var",
        "--sip-host",
        "10.0.0.2",
        "--trunk-uri",
        "sip:10.0.0.1:5060",
    ]
    command += ["--trunk-address", "10.0.0.1", "--trunk-address", "10.0.0.3"]
    done = runner.invoke(app, command)
    assert done.exit_code == 0, done.exception
    pjsip = (tmp_path / "etc/pjsip.conf").read_text()
    assert "bind = 10.0.0.2:5060" in pjsip
    assert "contact = sip:10.0.0.1:5060" in pjsip
    assert "match = 10.0.0.1,10.0.0.3" in pjsip
    assert "qualify_frequency = 30" in pjsip
    # Control stays on loopback wherever the telephones are.
    assert "bindaddr = 127.0.0.1" in (tmp_path / "etc/http.conf").read_text()
    assert (tmp_path / "var/voicebot-sounds/closed.wav").exists()
    first = (tmp_path / "etc/ari.conf").read_text()

    again = runner.invoke(app, command)
    assert isinstance(again.exception, ConfigurationError)
    assert "keep a copy and give --force" in str(again.exception)
    assert runner.invoke(app, [*command, "--force"]).exit_code == 0
    assert (tmp_path / "etc/ari.conf").read_text() != first, "new secrets"
