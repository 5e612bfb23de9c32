"""The duty desk: takes complaints after hours."""

from __future__ import annotations

from voicebot.services.duty.triage import triage

FUNCTIONS = {"triage": triage}
"""What the flow computes with."""
