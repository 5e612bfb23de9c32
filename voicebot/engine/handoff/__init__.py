"""Handing a citizen over: a duty officer is found, hears what it is about, and takes the call or not."""

from __future__ import annotations

from voicebot.engine.handoff.policy import MOBILE_WORD, WAITING_WORDS
from voicebot.services.briefing import TEXTS

HANDOFF_TEXTS = (*WAITING_WORDS, MOBILE_WORD, *TEXTS)
"""What every hand-over says in the same words, to waiting citizens and to officers: rendered at deploy."""
