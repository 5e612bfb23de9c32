"""What is known of a citizen before the first word, on its way from the settings to the flow."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from voicebot.errors import ConfigurationError
from voicebot.services import Service

OF_EVERY_CALL = ("caller_id", "today", "direction")
"""Variables that the engine itself tells every flow; a value that is known of a citizen wins, for tests."""


def check_known(known: Mapping[str, Mapping[str, str]], services: Collection[Service]) -> None:
    """Refuse what no flow would understand, before any call.

    Args:
        known: Caller's number → variable → value.
        services: The services that may take that caller's call.

    Raises:
        ConfigurationError: A variable that no flow has, or a value that one cannot read; one line each.
    """
    problems = [
        f"[known.{number}] {problem}"
        for number, facts in known.items()
        for problem in problems_of(facts, services)
    ]
    if problems:
        raise ConfigurationError("\n".join(problems))


def problems_of(facts: Mapping[str, str], services: Collection[Service]) -> list[str]:
    """What is wrong with the facts known of one citizen."""
    variables = sorted({name for service in services for name in service.plan.variables} | {*OF_EVERY_CALL})
    unknown = [
        f"{name}: no flow has this variable; there are {', '.join(variables)}"
        for name in facts
        if name not in variables
    ]
    return unknown + [problem for service in services for problem in service.problems(facts)]


def told_to(service: Service, facts: Mapping[str, str]) -> dict[str, str]:
    """Of what is known of a citizen, only what this service's flow asks to be told."""
    wanted = {*service.plan.variables, *OF_EVERY_CALL}
    return {name: value for name, value in facts.items() if name in wanted}
