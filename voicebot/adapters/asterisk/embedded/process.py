"""Start, watch and stop an Asterisk of our own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from voicebot.adapters.asterisk.embedded.endpoints import Endpoints, ari_answers
from voicebot.adapters.asterisk.embedded.log import CONSOLE, MESSAGES, line_with, telling_line
from voicebot.adapters.asterisk.embedded.ports import Ports, choose_ports
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions, Folders, Secrets, render, user_of
from voicebot.adapters.asterisk.embedded.root import AsteriskRoot, find_root
from voicebot.adapters.asterisk.embedded.sounds import write_sounds
from voicebot.errors import AsteriskUnavailable

START_LIMIT_S = 20.0
"""A start takes about a second; twenty leave room for a machine that is busy with everything else."""

STOP_LIMIT_S = 5.0
"""After this long Asterisk is killed: it hangs its channels up at once, so a longer wait is a stuck one."""

_POLL_S = 0.02

_SOCKET_PATH_LIMIT = 100
"""``sockaddr_un`` holds 108 bytes with the closing zero; some are left for the file's name."""


class EmbeddedAsterisk:
    """One instance in one run folder.

    ::

        async with EmbeddedAsterisk(Path("run/asterisk"), AsteriskOptions()) as asterisk:
            asterisk.endpoints.ari_port
    """

    def __init__(
        self, run_dir: Path, options: AsteriskOptions | None = None, *, die_with_parent: bool = True
    ) -> None:
        """Nothing is touched before ``start``.

        Args:
            run_dir: Everything written goes here. A second start in the same folder keeps ports and secrets.
            options: How the instance is set up.
            die_with_parent: Whether Asterisk ends with this process, however that ends; otherwise it stays
                until ``stop``, from here or from another process.
        """
        self.run_dir = run_dir.absolute()
        self.options = options or AsteriskOptions()
        self._die_with_parent = die_with_parent
        self._child: subprocess.Popen[bytes] | None = None
        self._endpoints: Endpoints | None = None

    @property
    def endpoints(self) -> Endpoints:
        """Ports, users and secrets.

        Raises:
            AsteriskUnavailable: It was not started.
        """
        if self._endpoints is None:
            raise AsteriskUnavailable(f"{self.run_dir}: Asterisk was not started")
        return self._endpoints

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> Endpoints:
        """Render the configuration, start Asterisk, and wait until it is booted and ARI answers.

        Raises:
            AsteriskUnavailable: It is running already, a port is taken, or it did not come up; with its log's
                telling line.
            ConfigurationError: A template or an option is wrong.
        """
        earlier = Endpoints.load(self.run_dir)
        if earlier is not None and earlier.alive():
            raise AsteriskUnavailable(
                f"{self.run_dir}: Asterisk is already running (process {earlier.pid}); stop it with"
                f" `voicebot asterisk down --run-dir {self.run_dir}`"
            )
        root = find_root(system=self.options.system)
        ports = self._ports(earlier)
        folders = self._folders()
        passwords = Secrets(
            ari_password=earlier.ari_password if earlier else secrets.token_urlsafe(24),
            ami_password=earlier.ami_password if earlier else secrets.token_urlsafe(24),
        )
        if self.options.role == "engine":
            await asyncio.to_thread(write_sounds, folders.sounds)
        render(self.options, root, ports, passwords, folders)
        self._child = self._spawn(root, folders)
        user = user_of(self.options.role)
        self._endpoints = Endpoints(
            role=self.options.role,
            host=self.options.host,
            sip_port=ports.sip,
            ari_port=ports.ari,
            ari_user=user,
            ari_password=passwords.ari_password,
            ami_port=ports.ami,
            ami_user=user,
            ami_password=passwords.ami_password,
            agi_port=ports.agi,
            rtp_range=(ports.rtp_start, ports.rtp_end),
            pid=self._child.pid,
            run_dir=self.run_dir,
            command=root.command,
            application=self.options.application,
            socket_dir=folders.socket,
        )
        self._endpoints.save()
        try:
            await self._wait_until_booted()
        except BaseException:
            await self.stop()
            raise
        return self._endpoints

    async def stop(self) -> None:
        """End Asterisk and wait for it; nothing happens when it does not run."""
        endpoints = self._endpoints or Endpoints.load(self.run_dir)
        if endpoints is None:
            return
        if endpoints.alive():
            endpoints.signal(signal.SIGTERM)
            if not await self._gone(endpoints, STOP_LIMIT_S):
                endpoints.signal(signal.SIGKILL)
                await self._gone(endpoints, STOP_LIMIT_S)
        if self._child is not None:
            # It has ended, here or elsewhere; this only takes its exit status away.
            self._child.wait()
            self._child = None
        if endpoints.socket_dir.parent != self.run_dir:
            shutil.rmtree(endpoints.socket_dir, ignore_errors=True)
        self._endpoints = None

    async def _gone(self, endpoints: Endpoints, limit_s: float) -> bool:
        deadline = time.monotonic() + limit_s
        while endpoints.alive():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_POLL_S)
        return True

    def _ports(self, earlier: Endpoints | None) -> Ports:
        chosen = self.options.ports
        if chosen is not None:
            if taken := chosen.taken(self.options.host):
                raise AsteriskUnavailable(
                    f"{taken} on {self.options.host} is in use by another program: stop it (see"
                    " `ss -lnp`), or choose other ports"
                )
        elif earlier is not None and not earlier.ports().taken(self.options.host):
            chosen = earlier.ports()
        else:
            chosen = choose_ports(self.options.host, max_calls=self.options.max_calls)
        agi_port = self.options.agi_port or chosen.agi
        return Ports(
            sip=chosen.sip,
            ari=chosen.ari,
            ami=chosen.ami,
            agi=agi_port,
            rtp_start=chosen.rtp_start,
            rtp_end=chosen.rtp_end,
        )

    def _folders(self) -> Folders:
        try:
            self.run_dir.mkdir(parents=True, exist_ok=True)
            self.run_dir.chmod(0o700)
            for name in ("config", "state/lib", "state/spool/messages", "state/log", "sounds"):
                (self.run_dir / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AsteriskUnavailable(f"{self.run_dir}: cannot be written ({error.strerror})") from error
        socket_dir = self.run_dir / "socket"
        if len(str(socket_dir)) > _SOCKET_PATH_LIMIT - len("/asterisk.ctl"):
            socket_dir = Path(tempfile.mkdtemp(prefix="voicebot-"))
        socket_dir.mkdir(exist_ok=True)
        (socket_dir / "asterisk.ctl").unlink(missing_ok=True)
        # Each start begins its own log, so that what it says is about this start.
        with contextlib.suppress(FileNotFoundError):
            (self.run_dir / MESSAGES).replace(self.run_dir / f"{MESSAGES}.old")
        return Folders(
            config=self.run_dir / "config",
            state=self.run_dir / "state",
            sounds=self.run_dir / "sounds",
            socket=socket_dir,
        )

    def _spawn(self, root: AsteriskRoot, folders: Folders) -> subprocess.Popen[bytes]:
        # -f keeps it in the foreground, so that the process we start is the one that runs.
        command = [*root.command, "-f", "-C", str(folders.config / "asterisk.conf")]
        if self._die_with_parent and (setpriv := shutil.which("setpriv")):
            # The kernel's parent-death signal holds even when this process is killed. It is bound to the
            # thread that starts the child, which here is the one of the event loop.
            command = [setpriv, "--pdeathsig", "TERM", *command]
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.run_dir),
            "LANG": "C.UTF-8",
            # Office hours and log times are those of the city, wherever the host's clock is set.
            "TZ": "Asia/Seoul",
        }
        with (self.run_dir / CONSOLE).open("wb") as console:
            try:
                # Not asyncio's own: its transport would kill the child when the event loop goes.
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    cwd=self.run_dir,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as error:
                raise AsteriskUnavailable(f"{command[0]}: does not start ({error.strerror})") from error

    async def _wait_until_booted(self) -> None:
        endpoints = self.endpoints
        assert self._child is not None
        deadline = time.monotonic() + START_LIMIT_S
        while not await ari_answers(endpoints):
            if self._child.poll() is not None:
                raise AsteriskUnavailable(f"Asterisk ended at its start: {telling_line(self.run_dir)}")
            if time.monotonic() > deadline:
                raise AsteriskUnavailable(
                    f"Asterisk did not answer within {START_LIMIT_S:.0f} s: {telling_line(self.run_dir)}"
                )
            await asyncio.sleep(_POLL_S)
        await endpoints.console("core waitfullybooted")
        if not_loaded := line_with(self.run_dir, "Error loading module"):
            raise AsteriskUnavailable(f"Asterisk lacks a module: {not_loaded}")
        if "transport-udp" not in await endpoints.console("pjsip show transports"):
            raise AsteriskUnavailable(f"Asterisk has no SIP transport: {telling_line(self.run_dir)}")
