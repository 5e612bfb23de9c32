"""Fetch Asterisk's Debian packages and unpack them into a folder of our own: no root, no chroot.

``python -m voicebot.adapters.asterisk.embedded.install`` runs before any Python package is installed, so this
module and what it imports stay within the standard library.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from voicebot.adapters.asterisk.embedded.root import (
    ROOT_VARIABLE,
    embedded_root_dir,
    new_enough,
    system_root,
    unpacked_root,
)
from voicebot.adapters.asterisk.embedded.sources import AptSource, debian_mirror, read_sources
from voicebot.errors import AsteriskUnavailable

MIRROR_VARIABLE = "VOICEBOT_DEBIAN_MIRROR"
"""Environment variable with a Debian mirror, for machines whose own sources are not Debian's."""

SUITE = "forky"
"""The Debian release that carries Asterisk 22; Debian 12 and 13 carry none."""

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

RECIPE = "1"
"""Counted up when the way of unpacking changes, so that older roots are made anew."""

_STAMP = ".voicebot-asterisk"

_UNPACKED = (
    "./usr/lib/*-linux-gnu/*",
    "./usr/sbin/asterisk",
    "./usr/share/asterisk/*",
    "./usr/share/doc/*/copyright",
)
"""All that running it takes; and the licences."""

_LEFT_OUT = re.compile(r"(lib)?perl|gnupg|gpg|passwd_|adduser_|debconf_|libc-gconv")
"""Packages that belong to maintainer scripts and to helper programs."""

_LIMIT_S = 900


def install(say: Callable[[str], None]) -> Path:
    """Unpack Asterisk into the cache, unless it is there already.

    Args:
        say: Receives one line of progress at a time.

    Returns:
        The folder.

    Raises:
        AsteriskUnavailable: It could not be fetched or does not run; the message says what to do.
    """
    target = embedded_root_dir()
    if (root := unpacked_root(target)) and (ROOT_VARIABLE in os.environ or _stamp_of(target) == RECIPE):
        say(f"{root.version()} in {target}")
        return target
    if ROOT_VARIABLE in os.environ:
        raise AsteriskUnavailable(f"{ROOT_VARIABLE}={target} holds no Asterisk: correct it or unset it")
    began = time.monotonic()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".asterisk-", dir=target.parent) as work:
            unpacked = _build(Path(work), say)
            _put_in_place(unpacked, target)
    except OSError as error:
        raise AsteriskUnavailable(
            f"{target}: {error.strerror}; set VOICEBOT_CACHE to a folder of yours"
        ) from error
    finished = unpacked_root(target)
    assert finished is not None, "it was checked before it was put in place"
    say(f"{finished.version()} unpacked into {target} in {time.monotonic() - began:.0f} s")
    return target


def _stamp_of(folder: Path) -> str:
    try:
        return (folder / _STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def _build(work: Path, say: Callable[[str], None]) -> Path:
    if shutil.which("apt-get") is None:
        raise AsteriskUnavailable(
            "no apt-get here: install Asterisk 22.8 or later yourself, or give an unpacked Debian root in"
            f" {ROOT_VARIABLE}"
        )
    options = _apt_options(work, _source_lines())
    say("fetching the package lists")
    _run(["apt-get", *options, "-qq", "update"])
    policy = _run(["apt-cache", *options, "policy", "asterisk"])
    candidate = re.search(r"Candidate: (?:\d+:)?(\S+)", policy)
    if candidate is None or not new_enough(f"Asterisk {candidate[1]}"):
        offered = candidate[1] if candidate else "none"
        raise AsteriskUnavailable(
            f"this machine's package sources offer no Asterisk 20.18, 22.8 or later (offered: {offered});"
            f" set {MIRROR_VARIABLE} to a Debian mirror, e.g. the one nearest to you, and install"
            " debian-archive-keyring"
        )
    say(f"fetching {candidate[1].split('~')[0]} and its libraries")
    _run(["apt-get", *options, "-qq", "-y", "--download-only", "install", "asterisk"])
    packages = sorted((work / "cache/archives").glob("*.deb"))
    say(f"unpacking {len(packages)} packages")
    unpacked = work / "root"
    unpacked.mkdir()
    for package in packages:
        if not _LEFT_OUT.match(package.name):
            _unpack(package, unpacked)
    root = unpacked_root(unpacked)
    if root is None:
        raise AsteriskUnavailable("the packages hold no Asterisk for this machine: report the lines above")
    if not new_enough(f"Asterisk {root.version()}"):
        raise AsteriskUnavailable(f"Asterisk {root.version()} is too old: 20.18 or 22.8 is the least")
    (unpacked / _STAMP).write_text(RECIPE, encoding="utf-8")
    return unpacked


def _source_lines() -> list[str]:
    """Sources to fetch from: Debian's, by the given or the machine's own mirror; else whatever apt has."""
    given = os.environ.get(MIRROR_VARIABLE)
    keyring = str(KEYRING) if KEYRING.exists() else ""
    if given:
        return [_one_line(AptSource(uri=given, suite=SUITE, components=("main",), signed_by=keyring))]
    sources = read_sources()
    release = _os_release()
    if release.get("ID") == "debian" and (own := debian_mirror(sources, release.get("VERSION_CODENAME", ""))):
        return [_one_line(AptSource(uri=own.uri, suite=SUITE, components=("main",), signed_by=keyring))]
    return [_one_line(source) for source in sources if source.uri.startswith(("http://", "https://"))]


def _one_line(source: AptSource) -> str:
    signed = f"[signed-by={source.signed_by}] " if source.signed_by else ""
    return f"deb {signed}{source.uri} {source.suite} {' '.join(source.components)}"


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: value.strip("\"'") for name, _, value in pairs}


def _apt_options(work: Path, source_lines: list[str]) -> list[str]:
    """Let apt work beside the system: own lists, cache and (empty) status; proxies and keys as configured."""
    for name in ("lists/partial", "cache/archives/partial", "nothing"):
        (work / name).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text("\n".join(source_lines) + "\n", encoding="utf-8")
    settings = {
        "Dir::State::status": work / "status",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": work / "nothing",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": work / "nothing",
        "APT::Default-Release": "",
        "APT::Install-Recommends": "false",
        # Root would otherwise hand the download to a user who may not enter our folder.
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        # A mirror that is not refreshed every week is still signed, and the packages are checked against it.
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "true",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _run(command: list[str]) -> str:
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LIMIT_S, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise AsteriskUnavailable(f"{command[0]} took longer than {_LIMIT_S} s: check the network") from error
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise AsteriskUnavailable(
            f"{command[0]} failed: {errors[0] if errors else done.stderr.strip()[-300:]}"
        )
    return done.stdout


def _unpack(package: Path, folder: Path) -> None:
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as reader:
        # tar reports patterns that match nothing as a failure; most packages lack some of ours.
        writer = subprocess.run(
            ["tar", "-x", "--no-same-owner", "-C", str(folder), "--wildcards", *_UNPACKED],
            stdin=reader.stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    real = [line for line in writer.stderr.splitlines() if "Not found in archive" not in line]
    real = [line for line in real if "Exiting with failure status" not in line]
    if reader.returncode not in (0, -13) or real:
        raise AsteriskUnavailable(
            f"{package.name}: cannot be unpacked: {' '.join(real[:2]) or 'broken package'}"
        )


def _put_in_place(unpacked: Path, target: Path) -> None:
    """Move the finished folder to its name in one step; what was there gives way."""
    unpacked.chmod(0o755)
    if target.exists():
        old = unpacked.with_name("old")
        target.rename(old)
    unpacked.rename(target)


def main() -> int:
    """Install for ``scripts/setup.sh``."""
    try:
        install(lambda line: print(f"asterisk: {line}", flush=True))
    except AsteriskUnavailable as error:
        if system_root() is not None:
            print(f"asterisk: {error}; the system's own will be used", flush=True)
            return 0
        print(f"asterisk: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
