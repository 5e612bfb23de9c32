"""Which service takes a call: the dialplan's question, answered from settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Route(StrEnum):
    """What the dialplan is told to do with a call (its variable ``VB_ROUTE``; it knows more of them)."""

    ENGINE = "stasis"
    DUTY_QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The rules, as data.

    Args:
        services: Called number → service. ``*`` stands for any other number.
        most_calls: Calls that the engine takes at once; more go to the duty queue, where people answer.
        not_after_opt_out: Services that call citizens. Whoever asked not to be called by them and calls back
            wants a person; any other service is theirs as everybody's.
    """

    services: Mapping[str, str]
    most_calls: int
    not_after_opt_out: frozenset[str] = frozenset()

    def asks_opt_outs(self, called: str) -> bool:
        """Whether the way of a call depends on the caller's opt-out."""
        return self._service(called) in self.not_after_opt_out

    def route(
        self, *, called: str, calls_now: int, stopping: bool, opted_out: bool = False
    ) -> dict[str, str]:
        """Answer the dialplan: the channel variables ``VB_ROUTE`` and ``VB_SERVICE``."""
        service = self._service(called)
        refused = opted_out and service in self.not_after_opt_out
        if stopping or not service or refused or calls_now >= self.most_calls:
            return {"VB_ROUTE": Route.DUTY_QUEUE.value}
        return {"VB_ROUTE": Route.ENGINE.value, "VB_SERVICE": service}

    def _service(self, called: str) -> str:
        return self.services.get(called) or self.services.get("*", "")
