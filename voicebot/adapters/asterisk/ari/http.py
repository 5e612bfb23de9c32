"""HTTP to ARI: one session, warm connections, a deadline on every request, one error for every refusal."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

import aiohttp
from yarl import URL

from voicebot.errors import (
    AsteriskUnavailable,
    AsteriskUnreachable,
    ChannelGone,
    DuplicateIdentifier,
    TelephonyError,
)

# A healthy Asterisk answers in 0.3–2 ms (measured on loopback); a citizen must be in the duty queue within 5
# s, which leaves room for one request that fails and one that follows it.
REQUEST_TIMEOUT_S = 2.0
# http.conf closes an idle connection after session_keep_alive, 15 s by default. A request sent into a
# connection that is just being closed fails, and a POST is rightly not repeated: so we close first.
_KEEP_ALIVE_S = 10.0
# Longest wait for the other side of a websocket to say goodbye: over a dead link it never does.
_CLOSE_TIMEOUT_S = 0.5
# Each connection counts against http.conf's sessionlimit (100 by default), and each costs Asterisk a thread.
_CONNECTIONS = 24

Method = Literal["GET", "POST", "PUT", "DELETE"]
Query = Mapping[str, str | int]


class NotInApplication(ChannelGone):
    """ARI's 422: the channel is there, but not in our application: it is still entering, or has just left."""


class AriHttp:
    """Sends requests to ARI and turns every failure into one of our errors.

    Args:
        base_url: Of Asterisk's HTTP server, e.g. ``http://127.0.0.1:8088``.
        user: Section of ``ari.conf``.
        password: Its password.
    """

    def __init__(
        self, base_url: str, user: str, password: str, *, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        self._base = base_url.rstrip("/") + "/ari/"
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection; a later request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: Method,
        *segments: str,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        gone: frozenset[int] = frozenset((404, 409, 422)),
        duplicate: frozenset[int] = frozenset(),
    ) -> object:
        """Send one request and return the JSON of its answer (``None`` where there is none).

        Args:
            segments: Of the path below ``/ari``; quoted here, since a Local channel's id has a ``;`` in it.
            query: For GET and DELETE.
            body: For POST and PUT: ARI reads a call's parameters from JSON too, which keeps telephone numbers
                out of anybody's log of addresses.
            gone: Statuses that mean that the channel or bridge is not there or not ours.
            duplicate: Statuses that mean that the id is in use; looked at first.

        Raises:
            AsteriskUnreachable: No connection could be made.
            AsteriskUnavailable: The connection broke, no answer in time, or Asterisk is overloaded (503).
            ChannelGone: See ``gone``.
            DuplicateIdentifier: See ``duplicate``.
            TelephonyError: Refused for another reason, or answered with something that is not JSON.
        """
        path = "/".join(quote(segment, safe="") for segment in segments)
        what = f"ARI {method} /{path}"
        try:
            async with self._open_session().request(
                method,
                URL(self._base + path, encoded=True),
                params=query,
                json=body,
                headers=self._headers,
                # Asterisk never redirects; following one would carry the password elsewhere.
                allow_redirects=False,
            ) as response:
                status = response.status
                content = await response.read()
        except TimeoutError as error:
            raise AsteriskUnavailable(
                f"{what}: no answer within {self._timeout_s:g} s; see whether Asterisk hangs"
            ) from error
        except aiohttp.ClientConnectorError as error:
            raise AsteriskUnreachable(
                f"{what}: {error}; see whether Asterisk runs and http.conf enables its HTTP server"
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise AsteriskUnavailable(
                f"{what}: {error}; see whether Asterisk runs and http.conf enables its HTTP server"
            ) from error
        if 200 <= status < 300:
            return _parsed(content, what)
        raise _refusal(what, status, content, gone, duplicate)

    async def open_websocket(self, query: Query, *, heartbeat_s: float) -> aiohttp.ClientWebSocketResponse:
        """Open the websocket of events.

        Args:
            query: The application's name and options.
            heartbeat_s: Seconds between pings; an unanswered one ends the connection after half of that.

        Raises:
            AsteriskUnavailable: It cannot be opened now.
            TelephonyError: User or password are wrong.
        """
        what = "ARI websocket /events"
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._open_session().ws_connect(
                    URL(self._base + "events"),
                    params=query,
                    headers=self._headers,
                    heartbeat=heartbeat_s,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_TIMEOUT_S),
                )
        except aiohttp.WSServerHandshakeError as error:
            if error.status in (401, 403):
                raise _refusal(what, error.status, b"", frozenset(), frozenset()) from error
            raise AsteriskUnavailable(
                f"{what}: refused with {error.status}; see whether res_ari_events.so is loaded, and raise "
                "sessionlimit in http.conf if many connections are open"
            ) from error
        except TimeoutError as error:
            raise AsteriskUnavailable(f"{what}: no answer within {self._timeout_s:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise AsteriskUnavailable(
                f"{what}: {error}; see whether Asterisk runs and http.conf enables its HTTP server"
            ) from error

    def _open_session(self) -> aiohttp.ClientSession:
        # Made at the first use: a session belongs to the running event loop.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S),
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                # An address from the environment's proxy settings has no business between us and Asterisk.
                trust_env=False,
            )
        return self._session


def _parsed(content: bytes, what: str) -> object:
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise TelephonyError(f"{what}: the answer is not JSON; check what listens on the ARI port") from error


def _refusal(
    what: str, status: int, content: bytes, gone: frozenset[int], duplicate: frozenset[int]
) -> TelephonyError:
    message = f"{what}: refused with {status}{_reason(content)}"
    if status in (401, 403):
        return TelephonyError(f"{message}; user and password must be those of ari.conf, with read_only=no")
    if status in duplicate:
        return DuplicateIdentifier(f"{message}; an earlier request with this id was carried out")
    if status in gone:
        refined = NotInApplication if status == 422 else ChannelGone
        return refined(f"{message}; it has ended, or has left our application")
    if status == 503:
        return AsteriskUnavailable(f"{message}; raise sessionlimit in http.conf if many connections are open")
    return TelephonyError(f"{message}; see Asterisk's log")


def _reason(content: bytes) -> str:
    """ARI's own words for a refusal, in brackets; nothing when it gave none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    reason = value.get("message") if isinstance(value, dict) else None
    return f" ({reason[:200]})" if isinstance(reason, str) else ""
