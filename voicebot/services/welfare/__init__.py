"""The welfare call: tells people of reductions that they may receive, by rules kept as data."""

from __future__ import annotations

from voicebot.services.welfare.calling import functions
from voicebot.services.welfare.known import profile_problem
from voicebot.services.welfare.reading import load_rules
from voicebot.services.welfare.report import report_of

_RULES = load_rules()

FUNCTIONS = functions(_RULES)
"""What the flow computes with; a mistake in the rules is told here, when the service is loaded."""

REPORT = report_of(_RULES)
"""What staff read of each call."""

CHECKS = {"profile": profile_problem}
"""What is told of a citizen before the call, checked when the engine starts."""
