"""The services: data (flows) and small pure code."""

from __future__ import annotations

from voicebot.services.loading import Service, load_flow, load_service, service_names

__all__ = ["Service", "load_flow", "load_service", "service_names"]
