"""One HTTP POST to a receiver of the city: in bounded time, to this address and no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import aiohttp

from voicebot.events.answers import judged
from voicebot.events.verdict import Failed, Postponed, Verdict

_TOTAL_S = 10.0
_CONNECT_S = 5.0
_LIMIT = aiohttp.ClientTimeout(total=_TOTAL_S, connect=_CONNECT_S)
USER_AGENT = "voicebot"


async def post(
    session: aiohttp.ClientSession,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    now: Callable[[], datetime],
) -> Verdict:
    """Send a body once; the reasons of a verdict hold no part of the address but its host.

    Args:
        session: Open.
        url: Where to.
        body: JSON.
        headers: Beside the usual ones.
        now: Wall clock with a time zone.
    """
    told = {"Content-Type": "application/json; charset=utf-8", "User-Agent": USER_AGENT, **headers}
    try:
        async with session.post(
            url, data=body, headers=told, timeout=_LIMIT, allow_redirects=False
        ) as answer:
            return judged(answer.status, answer.headers.get("Retry-After", ""), now())
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return Postponed(reason=f"no connection ({type(error).__name__})")
    except TimeoutError:
        return Failed(reason=f"no answer within {_TOTAL_S:.0f} s")
    except aiohttp.ClientError as error:
        return Failed(reason=f"the connection broke ({type(error).__name__})")
