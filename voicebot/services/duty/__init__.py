"""The duty desk: takes complaints after hours, answers what is asked often, and finds people for the rest."""

from __future__ import annotations

from voicebot.services.duty.loading import equip

__all__ = ["equip"]
