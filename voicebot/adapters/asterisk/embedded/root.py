"""Where an Asterisk program and its modules lie: in our cache, or installed on the system."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import AsteriskUnavailable
from voicebot.paths import cache_dir

ROOT_VARIABLE = "VOICEBOT_ASTERISK_ROOT"
"""Environment variable naming an unpacked root to use instead of the one in the cache."""

LEAST_VERSIONS = {20: 18, 22: 8}
"""Oldest release of each long-term branch that has what we rely on; any later branch will do."""

_VERSION = re.compile(r"Asterisk (?:certified[/-])?(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskRoot:
    """An Asterisk that can be started."""

    command: tuple[str, ...]
    """Program and the arguments that must stand before Asterisk's own."""
    modules_dir: Path
    data_dir: Path

    def version(self) -> str:
        """Ask the program for its version, e.g. ``22.10.1``.

        Raises:
            AsteriskUnavailable: The program does not run on this machine.
        """
        try:
            done = subprocess.run(
                [*self.command, "-V"], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise AsteriskUnavailable(f"{self.command[-1]}: does not run here ({error})") from error
        return done.stdout.split("~")[0].split("+")[0].removeprefix("Asterisk ").strip()


PACKAGED = AsteriskRoot(
    command=("/usr/sbin/asterisk",),
    modules_dir=Path(f"/usr/lib/{platform.machine()}-linux-gnu/asterisk/modules"),
    data_dir=Path("/usr/share/asterisk"),
)
"""Where Debian's and Ubuntu's packages put it, whether it is installed here or not."""


def new_enough(version_text: str) -> bool:
    """Whether ``Asterisk 22.10.1`` (as ``asterisk -V`` prints it) is recent enough for us."""
    found = _VERSION.search(version_text)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    if major in LEAST_VERSIONS:
        return minor >= LEAST_VERSIONS[major]
    return major > max(LEAST_VERSIONS)


def unpacked_root(folder: Path) -> AsteriskRoot | None:
    """The Asterisk inside an unpacked Debian root, run through that root's own loader and libraries.

    No chroot and no privilege is needed: the loader takes its libraries from ``--library-path``.
    """
    program = folder / "usr/sbin/asterisk"
    modules = next(iter(sorted(folder.glob("usr/lib/*-linux-gnu/asterisk/modules"))), None)
    if modules is None or not program.exists():
        return None
    libraries = modules.parent.parent
    loader = next(iter(sorted(libraries.glob("ld-linux-*.so.*"))), None)
    if loader is None:
        return None
    command = (str(loader), "--library-path", str(libraries), str(program))
    return AsteriskRoot(command=command, modules_dir=modules, data_dir=folder / "usr/share/asterisk")


def embedded_root_dir() -> Path:
    """The folder that the embedded Asterisk is, or will be, unpacked in."""
    chosen = os.environ.get(ROOT_VARIABLE)
    return Path(chosen) if chosen else cache_dir() / "asterisk"


def system_root() -> AsteriskRoot | None:
    """The Asterisk that the system's packages installed, if it is recent enough."""
    program = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    try:
        printed = subprocess.run(
            [program, "-V"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    if not new_enough(printed):
        return None
    libraries = [*Path("/usr/lib").glob("*-linux-gnu/asterisk/modules"), Path("/usr/lib/asterisk/modules")]
    modules = next((folder for folder in libraries if folder.is_dir()), None)
    data = next((p for p in map(Path, ("/usr/share/asterisk", "/var/lib/asterisk")) if p.is_dir()), None)
    if modules is None or data is None:
        return None
    return AsteriskRoot(command=(program,), modules_dir=modules, data_dir=data)


def find_root(*, system: bool = False) -> AsteriskRoot:
    """Find the Asterisk to run.

    Args:
        system: Take the system's own; otherwise the embedded one, and the system's where none is installed.

    Raises:
        AsteriskUnavailable: There is none; the message says how to get one.
    """
    if not system and (found := unpacked_root(embedded_root_dir())):
        return found
    if found := system_root():
        return found
    if system:
        raise AsteriskUnavailable(
            "no system Asterisk of version 20.18, 22.8 or later: install the package, or use the embedded one"
        )
    raise AsteriskUnavailable(f"no Asterisk in {embedded_root_dir()}: run `make setup` once")
