"""What a care call may be told of a citizen before it begins: mistakes in words, with the remedy."""

from __future__ import annotations

from voicebot.services.care.memory import from_text

VARIANTS = ("living_alone", "illness", "cognitive")
"""Kinds of care calls; the flow takes anything else for the first."""


def variant_problem(value: str) -> str:
    """What is wrong with a ``variant``; nothing if it is one."""
    return "" if value in VARIANTS else f"{value!r} is no kind of care call; use {', '.join(VARIANTS)}"


def facts_problem(value: str) -> str:
    """What is wrong with remembered ``facts``; nothing if they can be read."""
    try:
        from_text(value)
    except ValueError as error:
        return f"{error}; give a list of kind, subject, text and since, as a call's `remember` told it"
    return ""


def medicine_problem(value: str) -> str:
    """What is wrong with ``takes_medicine``."""
    return "" if value in ("yes", "no", "") else f"{value!r}; use yes or no, or leave it out"
