"""What it takes to reach an MQTT broker."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.errors import ConfigurationError

PASSWORD_VARIABLE = "VOICEBOT_MQTT_PASSWORD"
PLAIN_PORT, TLS_PORT = 1883, 8883


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker and who we are there."""

    host: str
    port: int
    site: str
    """Which installation this is: the second word of every topic."""
    engine: str
    """Which engine of it: several of one site are several clients."""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca_file: Path | None = None
    """Certificates of the city's own authority; ``None``: those of the system."""
    protocol: str = "5"
    """``5``, or ``3.1.1`` for an old broker, which cannot say that it refused a message."""

    @property
    def where(self) -> str:
        """Its address as it is shown."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"

    @property
    def root(self) -> str:
        """What all topics begin with."""
        return f"voicebot/{self.site}"

    @property
    def status_topic(self) -> str:
        """Where this engine says, retained, whether it is there."""
        return f"{self.root}/status/{self.engine}"

    @property
    def client_id(self) -> str:
        """The same after a restart: the broker then drops the connection that the last one left behind."""
        return f"voicebot-{self.site}-{self.engine}"

    def tls_context(self) -> ssl.SSLContext | None:
        """Checks the broker's certificate and name; ``None`` where nothing is encrypted.

        Raises:
            ConfigurationError: The file of certificates cannot be used.
        """
        if not self.tls:
            return None
        try:
            return ssl.create_default_context(cafile=None if self.ca_file is None else str(self.ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"[events.mqtt] ca_file {self.ca_file}: {error}; give a file with certificates in PEM"
            ) from error
