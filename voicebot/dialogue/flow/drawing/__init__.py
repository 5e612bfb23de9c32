"""Pictures of flows."""

from __future__ import annotations

from voicebot.dialogue.flow.drawing.svg import draw_plan

__all__ = ["draw_plan"]
