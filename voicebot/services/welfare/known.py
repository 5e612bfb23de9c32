"""What the city knows of a person before a welfare call: a profile, as ``voicebot eligibility`` takes it."""

from __future__ import annotations

import json

from voicebot.services.welfare.profile import Knowledge, read_profile


def read_known(text: str) -> tuple[Knowledge, list[str]]:
    """The profile of a JSON object, and what is wrong with it; empty text knows nothing."""
    if not text.strip():
        return Knowledge(possible={}), []
    try:
        profile = json.loads(text)
    except ValueError as error:
        return Knowledge(possible={}), [f'no JSON ({error}); give an object such as {{"age": 70}}']
    if not isinstance(profile, dict):
        return Knowledge(possible={}), ['no JSON object; give keys with values, such as {"age": 70}']
    return read_profile(profile)


def profile_problem(text: str) -> str:
    """What is wrong with a ``profile``; nothing if it can be read."""
    return "; ".join(read_known(text)[1])
