"""Whole conversations as data: a file format, and a runner that plays them as text in simulated time."""

from __future__ import annotations

from voicebot.testing.conversation.format import (
    Conversation,
    ConversationFile,
    Expected,
    Turn,
    WorkResult,
    load_conversations,
)
from voicebot.testing.conversation.runner import Played, play
from voicebot.testing.conversation.transcript import Line, transcript

__all__ = [
    "Conversation",
    "ConversationFile",
    "Expected",
    "Line",
    "Played",
    "Turn",
    "WorkResult",
    "load_conversations",
    "play",
    "transcript",
]
