"""Prompts: from the dialogue's words to payloads on the wire, from a cache wherever that is possible."""

from voicebot.engine.prompts.store import RATES, PromptStore, RenderReport

__all__ = ["RATES", "PromptStore", "RenderReport"]
