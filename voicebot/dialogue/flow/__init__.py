"""Flows as data: the file format, its validation and the typed plan."""

from __future__ import annotations

from voicebot.dialogue.flow.compiler import Compilation, compile_flow
from voicebot.dialogue.flow.plan import Plan, fixed_texts
from voicebot.dialogue.flow.problems import Problem, raise_errors

__all__ = ["Compilation", "Plan", "Problem", "compile_flow", "fixed_texts", "raise_errors"]
