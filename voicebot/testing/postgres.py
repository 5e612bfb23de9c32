"""A PostgreSQL of one's own: a fresh cluster in a temporary folder, with a socket there, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import ConfigurationError

LEAST_VERSION = 15

_DEBIAN_FOLDER = Path("/usr/lib/postgresql")
"""Debian keeps the server's programs out of PATH, one folder a version."""
_START_S = 60.0
"""A cold disk and a busy machine; usually it answers in a second."""
_POLL_S = 0.05
_TOLD_AGAIN_S = 2.0
"""Usually it ends within some tenths of a second; to be told twice does no harm."""
_MEMORY = Path("/dev/shm")
_UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; the first comes with its Debian package."""


@dataclass(slots=True, kw_only=True)
class Cluster:
    """A PostgreSQL, running unless it was killed."""

    folder: Path
    programs: Path
    user: str | None
    durable: bool
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it, again after ``kill``; it recovers what was committed.

        Args:
            wait: Until it takes connections; if not, it refuses them for a while, as any server does.

        Raises:
            ConfigurationError: It does not start; the message ends with its own words.
        """
        self.process = _start(self)
        if wait:
            _await_ready(self, self.process)

    def kill(self, *, in_order: bool = False) -> None:
        """End it and its children at once, in the middle of whatever they do.

        Args:
            in_order: As a restart by an operator does: clients are cut off, and it shuts down.
        """
        while self.process is not None:
            self.process.send_signal(signal.SIGINT if in_order else signal.SIGQUIT)
            try:
                self.process.wait(_TOLD_AGAIN_S)
                self.process = None
            except subprocess.TimeoutExpired:
                pass  # the signal came before its handler, and was ignored as a background job's is

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://voicebot@/{database}?host={self.folder}"


def find_programs() -> Path:
    """The folder of the newest PostgreSQL's programs.

    Raises:
        ConfigurationError: There is none, or it is too old.
    """
    versions = {path.parent.parent for path in _DEBIAN_FOLDER.glob("[0-9]*/bin/postgres")}
    newest = max(versions, key=lambda path: float(path.name), default=None)
    if newest is None or float(newest.name) < LEAST_VERSION:
        raise ConfigurationError(
            f"no PostgreSQL {LEAST_VERSION} or later in {_DEBIAN_FOLDER}; "
            "install the Debian package postgresql, or run scripts/setup.sh --tests"
        )
    return newest / "bin"


def memory_folder() -> Path | None:
    """Where a database of tests stays in memory; ``None`` where there is no such folder."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else None


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Make a cluster, start it, and take it away at the end.

    Args:
        durable: Whether a commit waits for the disk, as in production; a test does not need it.

    Raises:
        ConfigurationError: There is no PostgreSQL, or it does not start; the message ends with its own words.
    """
    programs = find_programs()
    # Not pytest's folder: a socket's path has at most 107 bytes, and another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="voicebot-pg-", dir=None if durable else memory_folder()))
    try:
        user = _unprivileged_user()
        if user is not None:
            shutil.chown(folder, user)
        cluster = Cluster(folder=folder, programs=programs, user=user, durable=durable)
        _make(cluster)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.kill()  # nothing of it is kept
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _UNPRIVILEGED if name in known)


def _make(cluster: Cluster) -> None:
    folder = cluster.folder
    command = [str(cluster.programs / "initdb"), "--pgdata", str(folder / "data"), "--username", "voicebot"]
    options = ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    done = subprocess.run([*command, *options], user=cluster.user, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise ConfigurationError(f"PostgreSQL: initdb failed: {done.stderr.strip().splitlines()[-1]}")


def _start(cluster: Cluster) -> subprocess.Popen[bytes]:
    folder, program = cluster.folder, cluster.programs / "postgres"
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        f"fsync={'on' if cluster.durable else 'off'}",
        "max_connections=60",
        "shared_buffers=32MB",
    ]
    flags = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            # However this process ends, the cluster ends with it.
            ["setpriv", "--pdeathsig", "QUIT", "--", program, "-D", folder / "data", *flags],
            user=cluster.user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _await_ready(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    folder = cluster.folder
    deadline = time.monotonic() + _START_S
    asks = [str(cluster.programs / "pg_isready"), "--quiet", "--host", str(folder)]
    while subprocess.run(asks, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            words = (folder / "log").read_text(errors="replace").strip().splitlines()
            raise ConfigurationError(
                f"PostgreSQL does not start: {words[-1] if words else 'it says nothing'}"
            )
        time.sleep(_POLL_S)
