"""How to reach the Asterisk that the settings name."""

from __future__ import annotations

import os
from dataclasses import dataclass

from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.config import Settings
from voicebot.errors import ConfigurationError

_ARI_PASSWORD = "VOICEBOT_ARI_PASSWORD"
_AMI_PASSWORD = "VOICEBOT_AMI_PASSWORD"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskReach:
    """Addresses, users and secrets of a running Asterisk."""

    host: str
    ari_port: int
    ari_user: str
    ari_password: str
    ami_port: int
    ami_user: str
    ami_password: str
    agi_host: str
    agi_port: int
    application: str

    @property
    def ari_url(self) -> str:
        """Base address of the REST interface."""
        return f"http://{self.host}:{self.ari_port}"


def reach_asterisk(settings: Settings) -> AsteriskReach | None:
    """Find the Asterisk to work with; ``None`` where the embedded one is not running.

    Raises:
        ConfigurationError: A system Asterisk is wanted but a password is missing from the environment.
    """
    asterisk = settings.asterisk
    if asterisk.mode == "system":
        return AsteriskReach(
            host=asterisk.host,
            ari_port=asterisk.ari_port,
            ari_user=asterisk.ari_user,
            ari_password=_secret(_ARI_PASSWORD),
            ami_port=asterisk.ami_port,
            ami_user=asterisk.ami_user,
            ami_password=_secret(_AMI_PASSWORD),
            agi_host=asterisk.agi_host,
            agi_port=asterisk.agi_port,
            application=asterisk.application,
        )
    found = Endpoints.load(asterisk.run_dir.absolute())
    if found is None or not found.alive():
        return None
    return AsteriskReach(
        host=found.host,
        ari_port=found.ari_port,
        ari_user=found.ari_user,
        ari_password=found.ari_password,
        ami_port=found.ami_port,
        ami_user=found.ami_user,
        ami_password=found.ami_password,
        agi_host=found.host,
        agi_port=found.agi_port,
        application=found.application,
    )


def _secret(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ConfigurationError(
            f"environment variable {name} is empty; set it to the password in ari.conf "
            "or manager.conf of the system Asterisk"
        )
    return value
