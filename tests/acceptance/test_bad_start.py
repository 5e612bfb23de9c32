"""An engine that cannot start says why, where and what to do, in one message, and ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.fault_hands import FLOW
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.records.encryption import VARIABLE, Keyring, new_key
from voicebot.adapters.records.records import open_records
from voicebot.adapters.records.upgrading import make_if_none
from voicebot.config import RECORDS_URL_VARIABLE
from voicebot.paths import data_dir
from voicebot.testing.stage import to_toml

BROKEN_FLOWS = Path(__file__).parent.parent / "dialogue/flow/broken"

LIMIT_S = 60.0
"""None takes more than two seconds on an idle machine."""

FAILURE, BAD_USE = 1, 2

NOBODY_LISTENS = 9
"""Port of an Asterisk that is not there: whatever is wrong must be told before it is needed."""


class Start:
    """``voicebot serve`` with settings of a test."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.settings: dict[str, dict[str, object]] = {
            "asterisk": {"mode": "system", "ari_port": NOBODY_LISTENS, "agi_port": 0},
            "numbers": {"1000": str(FLOW)},
            "tts": {"cache_dir": str(cache)},
            "records": {"url": f"sqlite:///{folder}/records.db", "journal": str(folder / "journal")},
            "timeline": {"folder": str(folder / "timelines")},
        }
        self.environment = {
            "VOICEBOT_ARI_PASSWORD": "wrong",
            "VOICEBOT_AMI_PASSWORD": "wrong",
            VARIABLE: new_key(),
            RECORDS_URL_VARIABLE: "",
        }

    def change(self, section: str, **values: object) -> None:
        """Set values of a section."""
        self.settings[section] = {**self.settings.get(section, {}), **values}

    def write(self) -> Path:
        """The settings file."""
        path = self.folder / "voicebot.toml"
        path.write_text(to_toml(self.settings), encoding="utf-8")
        return path

    def fails(self, status: int, *fragments: str, config: Path | None = None) -> str:
        """Start it, and check that it ended with one readable message that holds the fragments."""
        ended = self.run(config or self.write())
        assert ended.returncode == status, ended.stderr
        assert "Traceback" not in ended.stderr
        messages = [line for line in ended.stderr.splitlines() if line.startswith("voicebot: ")]
        assert len(messages) == 1, ended.stderr
        for fragment in fragments:
            assert fragment in messages[0], ended.stderr
        assert ended.stdout == "", "nothing says that calls can come"
        return messages[0]

    def run(self, config: Path) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        environment: Mapping[str, str] = {**os.environ, **self.environment}
        return subprocess.run(
            [sys.executable, "-m", "voicebot.cli.main", "serve", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT_S,
            env=environment,
            check=False,
        )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prompts are rendered once for all tests."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Start:
    return Start(tmp_path, cache)


# --- the settings file -----------------------------------------------------------------------------------


def test_no_settings_file(start: Start) -> None:
    missing = start.folder / "none.toml"
    start.fails(BAD_USE, str(missing), "cannot be read", "--config", config=missing)


def test_broken_toml(start: Start) -> None:
    config = start.folder / "broken.toml"
    config.write_text("[media]\nport = = 1\n", encoding="utf-8")
    start.fails(BAD_USE, str(config), "not valid TOML", "line 2", config=config)


def test_settings_that_cannot_be(start: Start) -> None:
    start.change("media", port=99_999)
    start.fails(BAD_USE, "voicebot.toml", "[media.port]", "less than or equal to 65535", "'99999'")


def test_a_misspelt_setting(start: Start) -> None:
    start.change("stt", modle="embedded")
    start.fails(BAD_USE, "voicebot.toml", "[stt.modle]", "no such setting", "correct its name")


# --- services and flows ----------------------------------------------------------------------------------


def test_an_unknown_service(start: Start) -> None:
    start.settings["numbers"] = {"1234": "dutty"}
    start.fails(BAD_USE, "[numbers] '1234'", "no service 'dutty'", "there are care, duty, welfare", ".yaml")


def test_a_flow_that_is_not_there(start: Start) -> None:
    start.settings["numbers"] = {"1234": str(start.folder / "none.yaml")}
    start.fails(BAD_USE, "none.yaml", "cannot be read", "give an existing file")


@pytest.mark.parametrize(
    ("flow", "line", "fragments"),
    [
        ("unknown_state", 15, ("unknown state 'byee'", "did you mean 'bye'?")),
        ("missing_prompt", 13, ("'prompts' is missing in state 'hello'", "add it")),
        ("endless_loop", 14, ("endless loop without a question", "put an ask or end in it")),
    ],
)
def test_a_flow_with_a_mistake(start: Start, flow: str, line: int, fragments: tuple[str, ...]) -> None:
    path = BROKEN_FLOWS / f"{flow}.yaml"
    start.settings["numbers"] = {"1234": str(path)}
    start.fails(BAD_USE, f"{path}:{line}: ", *fragments)


def test_a_wrong_flow_is_told_before_an_asterisk_is_started(start: Start) -> None:
    run_dir = start.folder / "asterisk"
    start.settings["asterisk"] = {"mode": "embedded", "run_dir": str(run_dir)}
    start.settings["numbers"] = {"1234": str(BROKEN_FLOWS / "unknown_state.yaml")}
    start.fails(BAD_USE, "unknown state")
    assert not run_dir.exists()


# --- speech ----------------------------------------------------------------------------------------------


def test_a_model_folder_that_is_not_there(start: Start) -> None:
    start.change("stt", model=str(start.folder / "none"))
    start.fails(BAD_USE, "[stt] model", "no such folder", "give 'embedded'")


def test_a_model_folder_of_the_wrong_kind(start: Start) -> None:
    (start.folder / "model").mkdir()
    start.change("stt", model=str(start.folder / "model"))
    start.fails(BAD_USE, str(start.folder / "model"), "has no model.bin", "copy the whole model folder")


def test_a_model_that_is_cut_short(start: Start) -> None:
    model = start.folder / "model"
    shutil.copytree(data_dir("models") / "ko-embedded", model)
    whole = (model / "model.bin").read_bytes()
    (model / "model.bin").write_bytes(whole[: len(whole) // 2])
    start.change("stt", model=str(model))
    start.fails(BAD_USE, str(model), "model.bin")


def test_no_espeak_library(start: Start) -> None:
    folder = start.folder / "lib"
    folder.mkdir()
    (folder / "libespeak-ng.so.1").write_bytes(b"")  # found before the system's own
    start.environment["LD_LIBRARY_PATH"] = str(folder)
    start.fails(
        BAD_USE, "espeak", "libespeak-ng.so.1 cannot be loaded", "install the Debian package espeak-ng"
    )


def test_an_unknown_voice(start: Start) -> None:
    start.change("tts", voice="klingon-of-nowhere")
    start.fails(BAD_USE, "[tts.voice]", "'klingon-of-nowhere'", "espeak-ng --voices=ko")


def test_an_unknown_synthesiser(start: Start) -> None:
    start.change("tts", engine="harp")
    start.fails(BAD_USE, "[tts.engine]", "'harp'", "installed are: edge, espeak")


# --- ports, files and Asterisk ---------------------------------------------------------------------------


def test_the_media_port_is_in_use(start: Start) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        start.change("media", port=port)
        start.fails(BAD_USE, f"127.0.0.1:{port}", "the port is in use", "[media]", "or 0 for a free one")


def test_the_media_address_is_another_machines(start: Start) -> None:
    start.change("media", host="192.0.2.1")  # for documentation only (RFC 5737): never this machine's
    start.fails(BAD_USE, "192.0.2.1", "not an address of this machine", "[media]")


def test_the_fastagi_port_is_in_use(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        start.change("asterisk", agi_port=port)
        start.fails(FAILURE, f"FastAGI 127.0.0.1:{port}", "in use", "stop the program", "agi_port")


def test_records_have_no_place(start: Start) -> None:
    (start.folder / "file").touch()
    start.change("records", url=f"sqlite:///{start.folder}/file/records.db")
    start.fails(BAD_USE, "[records] url", "file/records.db", "choose another")


def test_the_journal_has_no_place(start: Start) -> None:
    (start.folder / "file").touch()
    start.change("records", journal=str(start.folder / "file/journal"))
    start.fails(BAD_USE, "[records] journal", "file/journal", "choose a folder that can be written")


def test_no_key_for_the_records(start: Start) -> None:
    start.environment[VARIABLE] = ""
    start.fails(BAD_USE, "the records need a key", "voicebot records new-key", VARIABLE)


def test_another_key_than_that_of_the_records(start: Start) -> None:
    asyncio.run(_made(f"sqlite:///{start.folder}/records.db"))
    start.fails(
        BAD_USE, "records.db is sealed with the key", VARIABLE, "add the missing one behind the newest"
    )


async def _made(url: str) -> None:
    keys = Keyring.from_environment({VARIABLE: new_key()})
    await make_if_none(url, keys)
    async with open_records(url, keys, at=datetime.now(UTC)):
        pass


def test_no_database_server(start: Start) -> None:
    start.change("records", url="postgresql://voicebot:secret@127.0.0.1:9/city")
    message = start.fails(FAILURE, "postgresql://voicebot:***@127.0.0.1:9/city could not be")
    assert "secret" not in message


@pytest.mark.parametrize("name", ["VOICEBOT_ARI_PASSWORD", "VOICEBOT_AMI_PASSWORD"])
def test_a_password_is_missing(start: Start, name: str) -> None:
    start.environment[name] = ""
    start.fails(BAD_USE, name, "is empty", "ari.conf or manager.conf")


def test_a_password_is_wrong(start: Start, engine_asterisk: EmbeddedAsterisk) -> None:
    start.change("asterisk", ari_port=engine_asterisk.endpoints.ari_port)
    message = start.fails(FAILURE, "ARI", "401", "user and password must be those of ari.conf")
    assert "wrong" not in message
