"""A whole telephone world on loopback: the engine's Asterisk, the engine as a process of its own, and the
citizens' Asterisk, which share nothing but the wire.

Used by ``demo`` and ``simulate``, by acceptance tests and by benchmarks.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.adapters.asterisk.embedded.ports import choose_ports
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions
from voicebot.adapters.records.encryption import VARIABLE, Keyring, new_key
from voicebot.config import READY_LINE, RECORDS_URL_VARIABLE
from voicebot.errors import TelephonyError
from voicebot.testing.exchange import AriAccess
from voicebot.testing.persona import Persona

READY_LIMIT_S = 120.0
"""The engine is ready in two to three seconds; rendering all prompts for the first time takes longer."""

SERVE = ("voicebot.cli.main", "serve")
"""``voicebot serve``, as an operator would start it."""

_STOP_LIMIT_S = 15.0
"""Longest wait for an orderly end of the engine before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOptions:
    """How the world is set up."""

    folder: Path
    """Everything is written here."""
    numbers: Mapping[str, str] = field(default_factory=lambda: {"1000": "duty"})
    """Called number → service."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """What else is in the engine's settings file: sections, and values outside of any."""
    most_calls: int = 60
    officers: tuple[str, ...] = ("officer",)
    """Telephones of the duty room, letters only; they ring at the citizens' Asterisk."""
    serve: tuple[str, ...] = SERVE
    """The Python module that is the engine, with its arguments before ``--config``."""


class EngineProcess:
    """The engine, as an operator would start it."""

    def __init__(
        self,
        config: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
        serve: tuple[str, ...] = SERVE,
    ) -> None:
        """
        Args:
            config: Its settings file.
            log: What it writes to standard error.
            environment: Its own; ``None``: ours.
            serve: The module that is the engine, with its arguments before ``--config``.
        """
        self._serve = serve
        self._config = config
        self._log = log
        self._environment = environment
        self._child: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._child is not None, "the engine was not started"
        return self._child.pid

    @property
    def exit_status(self) -> int | None:
        """``None`` while it runs."""
        return None if self._child is None else self._child.returncode

    async def start(self) -> None:
        """Start it and wait until calls can come.

        Raises:
            TelephonyError: It ended or did not become ready; with the last lines of its log.
        """
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self._serve, "--config", str(self._config)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self._environment,
            )
        finally:
            os.close(log)
        assert self._child.stdout is not None
        try:
            async with asyncio.timeout(READY_LIMIT_S):
                while line := await self._child.stdout.readline():
                    if line.decode(errors="replace").startswith(READY_LINE):
                        return
        except TimeoutError:
            pass
        await self.kill()
        tail = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise TelephonyError(f"the engine did not become ready; {self._log}: {' / '.join(tail) or 'empty'}")

    async def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._child is None or self._child.returncode is not None:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._child.wait(), _STOP_LIMIT_S)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """kill -9."""
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
            await self._child.wait()

    def freeze(self) -> None:
        """SIGSTOP: it lives, but does nothing any more; ``kill`` ends it all the same."""
        assert self._child is not None, "the engine was not started"
        self._child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on where it was frozen."""
        assert self._child is not None, "the engine was not started"
        self._child.send_signal(signal.SIGCONT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The running world."""

    folder: Path
    config: Path
    engine: EngineProcess
    engine_asterisk: EmbeddedAsterisk
    citizen_asterisk: EmbeddedAsterisk
    timelines: Path
    """Where the engine writes the timeline of each call."""
    records_url: str
    records_keys: Keyring
    """Opens the records: a key of this stage's own."""
    environment: Mapping[str, str] = field(repr=False)
    """Of the engine, and of commands beside it: holds that key."""

    def timelines_so_far(self) -> set[Path]:
        """The timelines that there are now."""
        return set(self.timelines.glob("*.jsonl"))

    @property
    def citizens(self) -> AriAccess:
        """How to control the citizens' Asterisk."""
        reach: Endpoints = self.citizen_asterisk.endpoints
        return AriAccess(
            base_url=f"http://{reach.host}:{reach.ari_port}",
            user=reach.ari_user,
            password=reach.ari_password,
        )


@asynccontextmanager
async def open_stage(options: StageOptions) -> AsyncIterator[Stage]:
    """Start everything; inside, calls can be made. Everything is stopped at the end, whatever happens.

    Raises:
        AsteriskUnavailable: An Asterisk did not start.
        TelephonyError: The engine did not become ready.
    """
    folder = options.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    engine_ports = choose_ports(max_calls=options.most_calls)
    citizen_ports = choose_ports(max_calls=options.most_calls, beside=engine_ports)
    wire = f"127.0.0.1:{citizen_ports.sip}"
    engine_asterisk = EmbeddedAsterisk(
        folder / "asterisk",
        AsteriskOptions(
            ports=engine_ports,
            max_calls=options.most_calls,
            trunk_uri=f"sip:{wire}",
            staff={name: f"sip:{name}@{wire}" for name in options.officers},
        ),
    )
    citizen_asterisk = EmbeddedAsterisk(
        folder / "citizen",
        AsteriskOptions(
            role="citizen",
            ports=citizen_ports,
            max_calls=options.most_calls,
            peer=f"127.0.0.1:{engine_ports.sip}",
        ),
    )
    config = folder / "voicebot.toml"
    timelines = folder / "timelines"
    settings: dict[str, object] = {
        "asterisk": {"mode": "embedded", "run_dir": str(folder / "asterisk")},
        "numbers": options.numbers,
        "timeline": {"folder": str(timelines)},
        "records": {"url": f"sqlite:///{folder / 'records.db'}", "journal": str(folder / "journal")},
        "tts": {"cache_dir": str(folder.parent / "prompts")},
    }
    for name, value in options.settings.items():
        ours = settings.get(name)
        if isinstance(ours, Mapping) and isinstance(value, Mapping):
            settings[name] = {**ours, **value}
        else:
            settings[name] = value
    config.write_text(to_toml(settings), encoding="utf-8")
    key = new_key()
    # The operator's own records are nothing to play with.
    environment = {name: value for name, value in os.environ.items() if name != RECORDS_URL_VARIABLE}
    environment |= {VARIABLE: key}
    engine = EngineProcess(config, folder / "engine.log", environment, options.serve)
    async with contextlib.AsyncExitStack() as cleanup:
        cleanup.push_async_callback(engine_asterisk.stop)
        cleanup.push_async_callback(citizen_asterisk.stop)
        async with asyncio.TaskGroup() as starts:
            starts.create_task(engine_asterisk.start())
            starts.create_task(citizen_asterisk.start())
        cleanup.push_async_callback(engine.stop)
        await engine.start()
        yield Stage(
            folder=folder,
            config=config,
            engine=engine,
            engine_asterisk=engine_asterisk,
            citizen_asterisk=citizen_asterisk,
            timelines=timelines,
            records_url=f"sqlite:///{folder / 'records.db'}",
            records_keys=Keyring.from_environment({VARIABLE: key}),
            environment=environment,
        )


def known_of(personas: Iterable[Persona]) -> dict[str, object]:
    """Settings by which the engine knows what is known of these citizens; each by a number of their own."""
    return {"known": {each.caller_id: each.known for each in personas if each.known}}


def to_toml(settings: Mapping[str, object]) -> str:
    """Plain values, and sections of them, as TOML; JSON's strings, numbers and booleans are TOML's too."""
    return "\n".join([*_toml_lines(settings, ()), ""])


def _toml_lines(section: Mapping[str, object], names: tuple[str, ...]) -> Iterator[str]:
    for name, value in section.items():
        if not isinstance(value, Mapping):
            yield _toml_line(name, value)
    for name, value in section.items():
        if isinstance(value, Mapping):
            inner = (*names, name)
            yield f"[{'.'.join(map(json.dumps, inner))}]"
            yield from _toml_lines(value, inner)


def _toml_line(key: object, value: object) -> str:
    return f"{json.dumps(str(key))} = {json.dumps(value, ensure_ascii=False)}"
