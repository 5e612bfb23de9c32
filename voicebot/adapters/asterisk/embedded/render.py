"""Fill the names in ``asterisk-conf/`` and ``dialplans/`` in, for one run folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from voicebot.adapters.asterisk.embedded.ports import Ports
from voicebot.adapters.asterisk.embedded.root import AsteriskRoot
from voicebot.errors import ConfigurationError
from voicebot.paths import data_dir

Role = Literal["engine", "citizen"]

SHARED_BY_CITIZEN = (
    "asterisk.conf",
    "http.conf",
    "ari.conf",
    "manager.conf",
    "rtp.conf",
    "logger.conf",
    "indications.conf",
)
"""Files of ``asterisk-conf/`` that the simulated citizen's instance uses as they are."""

UNUSED_BUT_ASKED_FOR = {
    "acl.conf": "",
    "ccss.conf": "[general]\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "chan_websocket.conf": "[global]\ntype = global\n",
    "features.conf": "[general]\n",
    "pjproject.conf": "",
    "queuerules.conf": "",
    "stasis.conf": "",
    "udptl.conf": "[general]\n",
    "websocket_client.conf": "",
}
"""Asterisk logs an error at every start for each of these that is absent; real ones would drown in them."""

_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")
_STAFF_NAME = re.compile(r"[a-z][a-z0-9-]*")
_UNSAFE = re.compile(r"[\x00-\x1f;\\]")
"""A line break, a comment sign or an escape in a value would change what the rest of the line means."""

NOWHERE = "sip:127.0.0.1:9"
"""The discard port: where calls go for which no trunk or peer was given, so that they fail at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskOptions:
    """How an instance is set up."""

    role: Role = "engine"
    host: str = "127.0.0.1"
    """Where ARI and AMI listen, and where the engine's FastAGI server is."""
    sip_host: str = ""
    """Where SIP and RTP listen; the same when empty."""
    ports: Ports | None = None
    """Chosen among the free ones when ``None``."""
    agi_port: int | None = None
    """Port of the engine's FastAGI server; ``None`` reserves one beside the others."""
    max_calls: int = 120
    application: str = "voicebot"
    """The engine's ARI application."""
    dead_man_s: float = 4.0
    """Seconds of the engine's silence after which Asterisk takes a call back; rescued within 5 s in all."""
    trunk_uri: str = NOWHERE
    """Role engine: SIP address that outbound calls go to."""
    trunk_addresses: tuple[str, ...] = ("127.0.0.1",)
    """Role engine: addresses whose calls are the trunk's."""
    qualify_s: int = 0
    """Role engine: seconds between two looks whether the trunk is there; 0 does not look."""
    staff: Mapping[str, str] = field(default_factory=dict)
    """Role engine: duty officers, name → SIP address of the telephone; they are the members of the queue."""
    duty_mobile: str = ""
    peer: str = ""
    """Role citizen: ``host:port`` of the engine's instance."""
    system: bool = False
    """Run the system's Asterisk instead of the embedded one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Generated for each run folder."""

    ari_password: str
    ami_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where the instance reads and writes."""

    config: Path
    state: Path
    sounds: Path
    socket: Path
    """Folder of the control socket; its path must be short (``sockaddr_un`` holds 108 bytes)."""


def render(
    options: AsteriskOptions, root: AsteriskRoot, ports: Ports, secrets: Secrets, folders: Folders
) -> None:
    """Write the whole configuration into ``folders.config``, readable by its owner only.

    Raises:
        ConfigurationError: A template names something that is not known, or a value cannot stand in it.
    """
    values = _values(options, root, ports, secrets, folders)
    folders.config.mkdir(parents=True, exist_ok=True)
    for template in template_files(options.role):
        text = fill(template.read_text(encoding="utf-8"), values, template)
        _write_private(folders.config / template.name, text)
    for name, text in UNUSED_BUT_ASKED_FOR.items():
        _write_private(folders.config / name, text)


def template_files(role: Role) -> list[Path]:
    """The templates of a role, general ones first."""
    general = data_dir("asterisk-conf")
    if role == "citizen":
        return [general / name for name in SHARED_BY_CITIZEN] + sorted((general / "citizen").glob("*.conf"))
    return sorted(general.glob("*.conf")) + sorted(data_dir("dialplans").glob("*.conf"))


def fill(text: str, values: Mapping[str, str], template: Path) -> str:
    """Replace every ``@NAME@`` of a template.

    Raises:
        ConfigurationError: An unknown name; the message begins with file and line.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        for name in _PLACEHOLDER.findall(line):
            if name not in values:
                raise ConfigurationError(
                    f"{template}:{number}: @{name}@ is not known; use one of {', '.join(sorted(values))}"
                )
        lines.append(_PLACEHOLDER.sub(lambda found: values[found[1]], line))
    return "\n".join(lines) + "\n"


def _values(
    options: AsteriskOptions, root: AsteriskRoot, ports: Ports, secrets: Secrets, folders: Folders
) -> dict[str, str]:
    single = {
        "ROLE": options.role,
        "HOST": options.host,
        "SIP_HOST": options.sip_host or options.host,
        "SIP_PORT": str(ports.sip),
        "ARI_PORT": str(ports.ari),
        "ARI_USER": user_of(options.role),
        "ARI_PASSWORD": secrets.ari_password,
        "AMI_PORT": str(ports.ami),
        "AMI_USER": user_of(options.role),
        "AMI_PASSWORD": secrets.ami_password,
        "AGI_HOST": options.host,
        "AGI_PORT": str(ports.agi),
        "RTP_START": str(ports.rtp_start),
        "RTP_END": str(ports.rtp_end),
        "APPLICATION": options.application,
        "DEADMAN_S": f"{options.dead_man_s:g}",
        "DUTY_MOBILE": options.duty_mobile,
        # A hand-over holds two telephones, and a rescued citizen may wait while others are served.
        "MAX_CALLS": str(options.max_calls * 2),
        "MAX_FILES": str(1000 + 20 * options.max_calls),
        "OUTBOUND_CALLS": str(options.max_calls),
        "TRUNK_URI": options.trunk_uri,
        "TRUNK_ADDRESSES": ",".join(options.trunk_addresses),
        "QUALIFY_S": str(options.qualify_s),
        "PEER_URI": f"sip:{options.peer}" if options.peer else NOWHERE,
        "PEER_ADDRESS": options.peer.partition(":")[0] or "127.0.0.1",
        "CONF_DIR": str(folders.config),
        "STATE_DIR": str(folders.state),
        "SOUNDS_DIR": str(folders.sounds),
        "SOCKET_DIR": str(folders.socket),
        "MODULES_DIR": str(root.modules_dir),
        "DATA_DIR": str(root.data_dir),
    }
    for name, value in (*single.items(), *(("staff", uri) for uri in options.staff.values())):
        if _UNSAFE.search(value):
            raise ConfigurationError(
                f"{name}: {value!r} holds a character that Asterisk's files do not allow"
            )
    for name in options.staff:
        if not _STAFF_NAME.fullmatch(name):
            raise ConfigurationError(f"staff name {name!r}: use small letters, digits and hyphens")
    return single | {
        "STAFF_PHONES": "\n".join(_staff_phone(name, uri) for name, uri in options.staff.items()),
        "DUTY_MEMBERS": "\n".join(f"member => PJSIP/{name},0,{name}" for name in options.staff),
    }


def user_of(role: Role) -> str:
    """The name of the ARI and AMI user of a role."""
    return "voicebot" if role == "engine" else "citizen"


def _staff_phone(name: str, uri: str) -> str:
    return f"\n[{name}](staff)\naors = {name}\n\n[{name}]\ntype = aor\ncontact = {uri}\n"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
