"""ARI's calls that make a channel: towards a citizen, towards a person of ours, towards our media socket."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.adapters.asterisk.ari.http import AriHttp
from voicebot.adapters.asterisk.ari.models import (
    Channel,
    ExternalMedia,
    read_channel,
    read_external_media,
)
from voicebot.errors import (
    ChannelGone,
    DuplicateIdentifier,
    TelephonyError,
)

_CREATED_BEFORE = frozenset((409,))


class LegCalls:
    """How legs come to be; part of ``AriClient``."""

    _http: AriHttp
    application: str

    async def originate(
        self,
        attempt_id: str,
        endpoint: str,
        *,
        context: str,
        extension: str,
        priority: int = 1,
        caller_id: str = "",
        ring_s: int = 30,
        variables: Mapping[str, str] | None = None,
    ) -> Channel:
        """Dial, and send whoever answers into the dialplan (which calls ``Stasis()``, then its own fallback).

        Going through the dialplan means that the person who answers hears a recorded notice, not a dead line,
        if this engine is gone by then. The attempt's events come to us, as those of every channel do.

        Args:
            attempt_id: Becomes the channel's id, so that the same attempt is never dialled twice while its
                first call lives: after a lost answer it is safe to ask again at once. It does not protect
                for longer; once the call has ended, its id is free again.
            endpoint: E.g. ``PJSIP/0311234567@trunk``.
            ring_s: Seconds until an unanswered call is given up.

        Raises:
            DuplicateIdentifier: A call with this attempt id is under way: an earlier request was carried out.
            AsteriskUnreachable: It was certainly not placed.
        """
        answer = await self._http.request(
            "POST",
            "channels",
            attempt_id,
            body={
                "endpoint": endpoint,
                "context": context,
                "extension": extension,
                "priority": priority,
                "callerId": caller_id,
                "timeout": ring_s,
                "variables": dict(variables or {}),
            },
            duplicate=_CREATED_BEFORE,
        )
        return read_channel(answer)

    async def dial_into_application(
        self,
        channel_id: str,
        endpoint: str,
        *,
        arguments: str = "",
        caller_id: str = "",
        ring_s: int = 30,
        variables: Mapping[str, str] | None = None,
    ) -> Channel:
        """Dial a person of ours (the desk); on answer the leg comes to this application as ``StasisStart``.

        Raises:
            DuplicateIdentifier: A leg with this id is there already.
        """
        answer = await self._http.request(
            "POST",
            "channels",
            channel_id,
            body={
                "endpoint": endpoint,
                "app": self.application,
                "appArgs": arguments,
                "callerId": caller_id,
                "timeout": ring_s,
                "variables": dict(variables or {}),
            },
            duplicate=_CREATED_BEFORE,
        )
        return read_channel(answer)

    async def external_media(
        self, channel_id: str, *, external_host: str, media_format: str
    ) -> ExternalMedia:
        """Make the leg that sends the audio of the bridge it joins to us over RTP, and takes ours.

        Args:
            channel_id: See ``naming.media_channel_id``.
            external_host: ``address:port`` of our RTP socket; packets from elsewhere are dropped (strict
                RTP).
            media_format: ``slin16``, ``alaw``, ``ulaw`` or ``g722``: those with a payload type that needs no
                SDP.

        Raises:
            DuplicateIdentifier: A leg with this id is there already.
        """
        body = {
            "app": self.application,
            "channelId": channel_id,
            "external_host": external_host,
            "encapsulation": "rtp",
            "transport": "udp",
            "connection_type": "client",
            "format": media_format,
            "direction": "both",
        }
        try:
            answer = await self._http.request("POST", "channels", "externalMedia", body=body)
        except TelephonyError as error:
            # Asterisk 22.10 answers 500, not 409, when the id is in use.
            if type(error) is TelephonyError and await self._exists(channel_id):
                raise DuplicateIdentifier(
                    f"ARI externalMedia: channel {channel_id!r} is there already; "
                    "hang it up first if it is left over from an earlier call"
                ) from error
            raise
        return read_external_media(answer)

    async def _exists(self, channel_id: str) -> bool:
        try:
            await self._http.request("GET", "channels", channel_id)
        except ChannelGone:
            return False
        return True
