"""Triage: what a complaint is about, how urgent it is and who takes it."""

from __future__ import annotations

from voicebot.services.triage.complaint_types import ComplaintType
from voicebot.services.triage.judging import Judgement, Triage
from voicebot.services.triage.loading import load_complaint_types, load_triage
from voicebot.services.triage.slots import slots_of

__all__ = ["ComplaintType", "Judgement", "Triage", "load_complaint_types", "load_triage", "slots_of"]
