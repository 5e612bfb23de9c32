"""What is installed on a server is true: units, settings, secrets and commands are those of this voicebot."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

from voicebot.adapters.records.encryption import VARIABLE, new_key
from voicebot.cli.main import app
from voicebot.config import RECORDS_URL_VARIABLE, Settings, load_settings
from voicebot.engine import assembly, records
from voicebot.engine.assembly import Engine
from voicebot.engine.events import assembly as events_assembly
from voicebot.engine.events.receivers import outbox_topics, read_receivers

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]
PAGE = (ROOT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "UMask": "0077",
    "CapabilityBoundingSet": "",
    "User": "voicebot",
    "EnvironmentFile": "/etc/voicebot/voicebot.env",
}


def _unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names as they are written
    parser.read_string((DEPLOY / "systemd" / name).read_text(encoding="utf-8"))
    return parser


def _check_command(words: list[str]) -> None:
    """Fail unless ``voicebot WORDS`` is a command of ours, with options that it has."""
    command = typer.main.get_command(app)
    while (inner := getattr(command, "commands", None)) is not None and words:
        assert words[0] in inner, f"{command.name} has no command {words[0]!r}"
        command, words = inner[words[0]], words[1:]
    known = {name for parameter in command.params for name in parameter.opts + parameter.secondary_opts}
    for word in words:
        assert not word.startswith("--") or word in known, f"{command.name}: {word}?"


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_starts_a_command_that_there_is_and_is_hardened(name: str) -> None:
    service = _unit(name)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/voicebot/.venv/bin/voicebot"
    _check_command(words)
    assert words[-2:] == ["--config", "/etc/voicebot/voicebot.toml"]
    assert {key: service[key] for key in HARDENED} == HARDENED
    assert f"cp deploy/systemd/* {'/etc/systemd/system/'}" in PAGE


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".timer")])
def test_a_timer_has_its_service_and_catches_up(name: str) -> None:
    assert name.replace(".timer", ".service") in UNITS
    assert _unit(name)["Timer"]["Persistent"] == "true"
    assert f"{name}" in PAGE


def test_the_engine_has_time_to_stop_in_order() -> None:
    service, settings = _unit("voicebot.service")["Service"], load_settings(DEPLOY / "voicebot.toml")
    needed_s = settings.stop_grace_s + assembly._LAST_ENDS_S + events_assembly._STOP_S + records._DRAIN_S
    assert float(service["TimeoutStopSec"]) >= needed_s
    assert (service["Type"], service["Restart"]) == ("notify", "on-failure")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    # As installed, but for the program, which is not where a server has it.
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/opt/voicebot/.venv/bin/voicebot", "/bin/true"))
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "voicebot" in line]
    assert ours == [] and done.returncode == 0, done.stderr


def _environment(uncommented: bool) -> dict[str, str]:
    text = (DEPLOY / "voicebot.env.example").read_text(encoding="utf-8")
    text = re.sub(r"^#(?=VOICEBOT)", "", text, flags=re.MULTILINE) if uncommented else text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z_]+=\S*", line) for line in lines), "systemd and sh read it alike"
    return dict(line.split("=", 1) for line in lines)


def test_settings_and_secrets_are_those_that_the_engine_reads() -> None:
    settings = load_settings(DEPLOY / "voicebot.toml")
    Engine(settings)  # every service that it names is there
    assert settings.asterisk.mode == "system" and settings.metrics.port
    secrets = {name: "0123456789abcdef" for name in _environment(uncommented=False)}
    read_receivers(settings, secrets)
    assert set(outbox_topics(settings)) == {"mqtt", "messages"}
    named = set(_environment(uncommented=True))
    assert {VARIABLE, RECORDS_URL_VARIABLE} <= named
    told = set(re.findall(r"VOICEBOT_[A-Z_]+[A-Z]", _sources()))
    assert {name for name in named if "WEBHOOK" not in name} <= told


def _sources() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (ROOT / "voicebot").rglob("*.py"))


def test_it_writes_only_where_it_may() -> None:
    settings = load_settings(DEPLOY / "voicebot.toml")
    folders = (
        settings.tts.cache_dir,
        settings.timeline.folder,
        settings.records.journal,
        settings.messages.folder,
    )
    assert all(folder is not None and folder.is_relative_to("/var/lib/voicebot") for folder in folders)
    lines = (DEPLOY / "tmpfiles.d" / "voicebot.conf").read_text(encoding="utf-8").splitlines()
    rules = {line.split()[1]: line.split() for line in lines if not line.startswith("#")}
    assert all(rule[0] == "d" and rule[2:5] == ["0700", "voicebot", "voicebot"] for rule in rules.values())
    assert rules[str(settings.timeline.folder)][5] == f"{_days(Settings())}d"


def _days(settings: Settings) -> int:
    from voicebot.records.retention import RetentionPeriods

    return RetentionPeriods(
        **{kind.value: days for kind, days in settings.records.retention.items()}
    ).conversations


def test_the_command_of_the_server_takes_settings_and_secrets(tmp_path: Path) -> None:
    """Run for real, with the paths of a server in a folder and without the change of account."""
    script = (DEPLOY / "voicebot").read_text(encoding="utf-8")
    for path in ("/etc/voicebot", "/opt/voicebot/.venv/bin"):
        assert path in script
        script = script.replace(path, str(tmp_path))
    (tmp_path / "command").write_text(script.replace('"$(id -un)" != voicebot', "a != a"))
    (tmp_path / "voicebot.env").write_text(f"{VARIABLE}={new_key()}\n")
    (tmp_path / "voicebot").write_text(f'#!/bin/sh\necho "$PWD $LOGNAME ${{{VARIABLE}}} $*"\n')
    (tmp_path / "voicebot").chmod(0o755)
    run = subprocess.run(
        ["sh", str(tmp_path / "command"), "cases", "list"],
        env={"SUDO_USER": "lee", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    folder, who, key, *arguments = run.stdout.split()
    assert (folder, who, arguments) == (str(tmp_path), "lee", ["cases", "list"]) and len(key) == 44


def test_the_settings_of_the_page_are_taken_and_its_defaults_are_true() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    told = tomllib.loads(block)
    Settings.model_validate(told)
    plain = Settings().model_dump(mode="json")
    for section in (
        "asterisk",
        "media",
        "stt",
        "tts",
        "timeline",
        "dialling",
        "handoff",
        "records",
        "events",
    ):
        assert told[section].items() <= plain[section].items(), section
    assert all(told[name] == plain[name] for name in ("city", "most_calls", "stop_grace_s", "numbers"))


def test_every_command_of_the_page_is_one() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    inline = re.findall(r"`(voicebot [^`]+)`", PAGE)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    found = [re.search(r"(?:^|sudo |bin/)voicebot ([^|#>;&]+)", line) for line in (*lines, *inline)]
    commands = [one[1].replace("…", "").split() for one in found if one]
    assert len(commands) > 10
    for words in commands:
        if words[0] not in ("is", "=") and not words[0].startswith("/"):
            _check_command(words)


def test_every_alarm_is_explained() -> None:
    alarms = re.findall(r"- alert: (\w+)", (DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8"))
    severities = re.findall(r"severity: (\w+)", (DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8"))
    assert len(alarms) == len(severities) > 5
    for alarm, severity in zip(alarms, severities, strict=True):
        assert f"\n| {f'**{alarm}**' if severity == 'page' else alarm} | " in PAGE


def test_every_file_of_the_page_is_there() -> None:
    for name in set(re.findall(r"deploy/[\w./-]*\w", PAGE)):
        assert (ROOT / name).exists(), name
    for path in DEPLOY.rglob("*"):
        assert path.is_dir() or f"deploy/{path.relative_to(DEPLOY)}" in PAGE or "systemd" in path.parts, path
