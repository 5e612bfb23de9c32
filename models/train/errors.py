"""The error of training: shown to whoever runs it, with the remedy."""

from __future__ import annotations

from voicebot.errors import VoicebotError


class TrainingError(VoicebotError):
    """Training cannot start or go on; the message names the thing, the place and the remedy."""
