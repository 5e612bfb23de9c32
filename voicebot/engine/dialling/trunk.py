"""What the dialler asks of a telephone system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundCall:
    """A call to be placed."""

    attempt_id: str
    """Becomes the channel's id."""
    number: str
    """As it is dialled: ``01012345678``."""
    service: str
    caller_id: str
    ring_s: int


class Trunk(Protocol):
    """Places calls. What becomes of them is told to the dialler: ``answered``, ``destroyed``."""

    async def dial(self, call: OutboundCall) -> None:
        """Place a call, under the attempt's id.

        Raises:
            DuplicateIdentifier: It was placed before.
            ChannelGone: It ended before anything could be told of it.
            AsteriskUnreachable: It was certainly not placed.
            AsteriskUnavailable: Nobody knows whether it was placed.
            TelephonyError: It was refused.
        """
        ...

    async def live(self) -> Mapping[str, bool]:
        """Every channel there is, and whether somebody has answered it.

        Raises:
            TelephonyError: It is not known.
        """
        ...

    async def watch(self, attempt_id: str) -> None:
        """Tell the dialler of a call that an earlier engine has placed.

        Raises:
            ChannelGone: It has ended.
            TelephonyError: It could not be asked for.
        """
        ...

    async def hang_up(self, attempt_id: str) -> None:
        """Take a call back.

        Raises:
            TelephonyError: It could not be asked for.
        """
        ...
