"""``--known NAME=VALUE``: what is known of a citizen before a call, as a flow takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from voicebot.engine.known import problems_of, told_to
from voicebot.errors import ConfigurationError
from voicebot.services import Service

KnownOption = Annotated[
    list[str] | None,
    typer.Option("--known", metavar="NAME=VALUE", help="What is known of the citizen; may be repeated."),
]


def known_facts(
    given: Sequence[str] | None, service: Service, own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Facts of the command line, over those of a persona, checked against the service.

    Args:
        given: ``NAME=VALUE`` each.
        service: Whose flow will be told them.
        own: The persona's.

    Raises:
        ConfigurationError: No ``=``, a variable that the flow does not have, or a value that it cannot read.
    """
    facts = dict(own or {})
    for each in given or ():
        name, sign, value = each.partition("=")
        if not sign:
            raise ConfigurationError(f"--known {each!r}: give NAME=VALUE, e.g. --known name=김순이")
        facts[name.strip()] = value
    if problems := problems_of(facts, [service]):
        raise ConfigurationError("\n".join(f"known {problem}" for problem in problems))
    return told_to(service, facts)
