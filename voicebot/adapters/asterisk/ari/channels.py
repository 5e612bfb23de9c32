"""ARI's calls on channels that exist."""

from __future__ import annotations

from enum import StrEnum

from voicebot.adapters.asterisk.ari import fields
from voicebot.adapters.asterisk.ari.http import AriHttp
from voicebot.adapters.asterisk.ari.models import Channel, Playback, read_channel, read_playback
from voicebot.errors import ChannelGone


class HangupReason(StrEnum):
    """The reasons that ARI takes and we give; each becomes a SIP answer on the other side."""

    NORMAL = "normal"
    BUSY = "busy"
    CONGESTION = "congestion"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"


class ChannelCalls:
    """What can be asked about and done to a channel; part of ``AriClient``."""

    _http: AriHttp

    async def channels(self) -> tuple[Channel, ...]:
        """Every channel of this Asterisk, ours or not."""
        answer = await self._http.request("GET", "channels")
        return tuple(read_channel(item) for item in fields.as_list(answer, "ARI list of channels"))

    async def channel(self, channel_id: str) -> Channel:
        """One channel."""
        return read_channel(await self._http.request("GET", "channels", channel_id))

    async def answer(self, channel_id: str) -> None:
        """Take the call."""
        await self._http.request("POST", "channels", channel_id, "answer")

    async def hang_up(self, channel_id: str, reason: HangupReason = HangupReason.NORMAL) -> bool:
        """End a channel, wherever in Asterisk it is; ``False`` when it had ended before."""
        try:
            await self._http.request("DELETE", "channels", channel_id, query={"reason": reason.value})
        except ChannelGone:
            return False
        return True

    async def continue_in_dialplan(
        self, channel_id: str, *, context: str, extension: str, priority: int = 1
    ) -> None:
        """Give the channel back to the dialplan at this place; it leaves its bridge and our application."""
        body = {"context": context, "extension": extension, "priority": priority}
        await self._http.request("POST", "channels", channel_id, "continue", body=body)

    async def set_variable(self, channel_id: str, name: str, value: str) -> None:
        """Set a channel variable, or write a dialplan function such as ``TIMEOUT(absolute)``."""
        await self._http.request(
            "POST", "channels", channel_id, "variable", body={"variable": name, "value": value}
        )

    async def variable(self, channel_id: str, name: str) -> str:
        """Read a channel variable or a dialplan function.

        Raises:
            ChannelGone: The channel is gone, or has no such variable (ARI answers 404 to both).
        """
        where = "ARI variable"
        answer = await self._http.request("GET", "channels", channel_id, "variable", query={"variable": name})
        return fields.text(fields.as_object(answer, where), "value", where)

    async def ring(self, channel_id: str) -> None:
        """Let the caller hear ringing."""
        await self._http.request("POST", "channels", channel_id, "ring")

    async def stop_ringing(self, channel_id: str) -> None:
        """End ``ring``."""
        await self._http.request("DELETE", "channels", channel_id, "ring")

    async def start_music(self, channel_id: str, music_class: str = "default") -> None:
        """Let the channel hear music on hold."""
        await self._http.request("POST", "channels", channel_id, "moh", body={"mohClass": music_class})

    async def stop_music(self, channel_id: str) -> None:
        """End ``start_music``."""
        await self._http.request("DELETE", "channels", channel_id, "moh")

    async def play(self, channel_id: str, playback_id: str, media_uri: str) -> Playback:
        """Play ``sound:…``, ``tone:…`` or ``digits:…``; ``PlaybackFinished`` follows."""
        body = {"media": media_uri}
        return read_playback(
            await self._http.request("POST", "channels", channel_id, "play", playback_id, body=body)
        )

    async def stop_playback(self, playback_id: str) -> bool:
        """Stop a playback; ``False`` when it had ended before."""
        try:
            await self._http.request("DELETE", "playbacks", playback_id)
        except ChannelGone:
            return False
        return True

    async def send_digits(self, channel_id: str, digits: str) -> None:
        """Press telephone keys towards the channel's other end."""
        await self._http.request("POST", "channels", channel_id, "dtmf", body={"dtmf": digits})
