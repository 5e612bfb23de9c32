"""The package sources of this machine's apt, read to find a Debian mirror that is known to be reachable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ETC_APT = Path("/etc/apt")

_SIGNED_BY = re.compile(r"(?:^|[\s\[])signed-by=(\S+?)[\s\]]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AptSource:
    """One source of binary packages."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""
    """Keyring file, when the source names one."""


def parse_one_line(text: str) -> list[AptSource]:
    """Read a file of the format ``deb [options] uri suite component…`` (sources.list(5))."""
    found = []
    for line in text.splitlines():
        words = re.sub(r"\[[^\]]*\]", " ", line.partition("#")[0]).split()
        if len(words) < 3 or words[0] != "deb":
            continue
        signed = _SIGNED_BY.search(line.partition("#")[0])
        found.append(
            AptSource(
                uri=words[1],
                suite=words[2],
                components=tuple(words[3:]),
                signed_by=signed[1] if signed else "",
            )
        )
    return found


def parse_deb822(text: str) -> list[AptSource]:
    """Read a file of stanzas with ``Types``, ``URIs``, ``Suites`` and so on (sources.list(5), deb822)."""
    found = []
    without_comments = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", without_comments):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        # A key written out in the stanza itself spans lines; only a file name is of use to us.
        signed_by = fields.get("signed-by", "")
        found += [
            AptSource(
                uri=uri,
                suite=suite,
                components=tuple(fields.get("components", "").split()),
                signed_by=signed_by if signed_by.startswith("/") and " " not in signed_by else "",
            )
            for uri in fields.get("uris", "").split()
            for suite in fields.get("suites", "").split()
        ]
    return found


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line[:1].isspace() and name:
            fields[name] += f" {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def read_sources(folder: Path = ETC_APT) -> list[AptSource]:
    """Every source that apt would use, in apt's order of files."""
    found = []
    for path in (folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if path.suffix == ".list":
            found += parse_one_line(text)
        elif path.suffix == ".sources":
            found += parse_deb822(text)
    return found


def debian_mirror(sources: list[AptSource], codename: str) -> AptSource | None:
    """The source of this Debian release's own ``main`` part; its mirror carries the other releases too.

    Args:
        sources: What apt uses.
        codename: The release of this machine, e.g. ``bookworm``; ``stable`` and ``testing`` will do.
    """
    for source in sources:
        over_network = source.uri.startswith(("http://", "https://"))
        if over_network and source.suite in (codename, "stable", "testing") and "main" in source.components:
            return source
    return None
