"""The ``voicebot`` command as a whole: exit status and readable errors."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
import typer

from voicebot import __version__
from voicebot.cli import main
from voicebot.cli.logs import JsonFormatter
from voicebot.errors import AsteriskUnavailable, ConfigurationError, FlowError, TelephonyError


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["voicebot", *arguments])
    with pytest.raises(SystemExit) as left:
        main.run()
    code = left.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "serve",
        "doctor",
        "asterisk",
        "simulate",
        "transcribe",
        "timeline",
        "flow",
        "prompts",
        "eligibility",
    ],
)
def test_every_command_helps(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, command, "--help") == 0
    assert f"voicebot {command} [OPTIONS]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["records", "purge"], "[records.retention]"),
        (["prompts", "render"], "[tts] engine"),
        (["triage"], "[standard input]"),
        (["interpret"], "[words that say it]"),
    ],
)
def test_help_drops_no_brackets(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, *arguments, "--help") == 0
    assert told in " ".join(capsys.readouterr().out.replace("│", " ").split())


@pytest.mark.parametrize("arguments", [("no-such-command",), ("serve", "--no-such-option"), ("simulate",)])
def test_bad_use(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, *arguments) == 2


@pytest.mark.parametrize("command", ["serve", "doctor"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "voicebot: missing.toml: cannot be read (No such file or directory); give --config a file\n"),
        ("[media]\nformat =", "voicebot: missing.toml: not valid TOML"),
        ("[media]\nsample = 3\n", "voicebot: missing.toml: [media.sample]"),
    ],
)
def test_wrong_settings_are_bad_use_and_named(
    command: str,
    content: str | None,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        Path("missing.toml").write_text(content)
    assert _run(monkeypatch, command, "--config", "missing.toml") == 2
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (AsteriskUnavailable("start it"), 1, ["voicebot: start it"]),
        (FlowError("flow.yaml:3: no such state"), 2, ["voicebot: flow.yaml:3: no such state"]),
        (
            ExceptionGroup("tasks", [TelephonyError("a"), ExceptionGroup("more", [TelephonyError("b")])]),
            1,
            ["voicebot: a", "voicebot: b"],
        ),
        (ExceptionGroup("tasks", [TelephonyError("same"), TelephonyError("same")]), 1, ["voicebot: same"]),
        (
            ExceptionGroup("tasks", [TelephonyError("a"), ConfigurationError("[b]")]),
            2,
            ["voicebot: a", "voicebot: [b]"],
        ),
    ],
)
def test_an_error_of_ours_is_a_line_and_a_status(
    error: Exception,
    status: int,
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails() -> None:
        raise error

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(fails)
    monkeypatch.setattr(main, "app", app)
    assert _run(monkeypatch) == status
    assert capsys.readouterr().err.splitlines() == told


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), ExceptionGroup("tasks", [TelephonyError("a"), ZeroDivisionError()])]
)
def test_a_fault_of_ours_keeps_its_trace(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise error

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(fails)
    monkeypatch.setattr(main, "app", app)
    monkeypatch.setattr(sys, "argv", ["voicebot"])
    with pytest.raises(type(error)):
        main.run()


def test_a_log_line_is_one_json_object_with_its_values_beside_the_text() -> None:
    record = logging.LogRecord("voicebot.engine", logging.ERROR, __file__, 1, "a call\nfailed", (), None)
    record.__dict__ |= {"action": "call_failed", "call_id": "c1", "path": Path("x"), "said": "불"}
    try:
        raise ValueError("no\nline")
    except ValueError:
        record.exc_info = sys.exc_info()
    line = JsonFormatter().format(record)
    assert "\n" not in line
    for part in ('"level": "error"', '"action": "call_failed"', '"path": "x"', '"said": "불"', "ValueError"):
        assert part in line
    assert '"lineno"' not in line
