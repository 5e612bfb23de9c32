"""The AMI client: what queues, agents and trunks do, and the redirection of calls that nobody looks after."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.adapters.asterisk.ami import models
from voicebot.adapters.asterisk.ami.connection import AmiConnection
from voicebot.adapters.asterisk.ami.fields import DeviceState, named_state, text
from voicebot.errors import ChannelGone, TelephonyError


class AmiClient(AmiConnection):
    """The questions that we ask of Asterisk over AMI, one method each."""

    async def queue_status(self, queue: str) -> models.QueueStatus:
        """Members and waiting callers of a queue.

        Raises:
            TelephonyError: There is no such queue.
            AsteriskUnavailable: Not connected, or no answer.
        """
        return models.read_queue_status(queue, await self._ask("QueueStatus", Queue=queue))

    async def device_states(self) -> Mapping[str, DeviceState]:
        """The state of every telephone and trunk, by device name, e.g. ``PJSIP/trunk``.

        Raises:
            AsteriskUnavailable: Not connected, or no answer.
        """
        answer = await self._ask("DeviceStateList")
        return {
            text(fields, "device"): named_state(fields)
            for fields in answer
            if fields.get("event", "").lower() == "devicestatechange"
        }

    async def endpoint_state(self, endpoint: str) -> DeviceState:
        """The state of one PJSIP endpoint; a trunk whose other side does not answer is ``UNAVAILABLE``.

        Raises:
            TelephonyError: There is no such endpoint.
            AsteriskUnavailable: Not connected, or no answer.
        """
        state = (await self.device_states()).get(f"PJSIP/{endpoint}")
        if state is None:
            raise TelephonyError(f"endpoint {endpoint!r}: Asterisk knows none of this name; see pjsip.conf")
        return state

    async def registrations(self) -> tuple[models.Registration, ...]:
        """Our registrations with carriers.

        Raises:
            AsteriskUnavailable: Not connected, or no answer.
        """
        return models.read_registrations(await self._ask("PJSIPShowRegistrationsOutbound"))

    async def core_status(self) -> models.CoreStatus:
        """Version and load.

        Raises:
            AsteriskUnavailable: Not connected, or no answer.
        """
        settings = await self._ask("CoreSettings")
        status = await self._ask("CoreStatus")
        return models.read_core_status(settings[0], status[0])

    async def redirect(self, channel_name: str, *, context: str, extension: str, priority: int = 1) -> None:
        """Send a channel to another place in the dialplan, out of whatever it does, ``Stasis()`` included.

        Args:
            channel_name: Its name or its id.

        Raises:
            ChannelGone: There is no such channel (any more).
            TelephonyError: Refused for another reason.
            AsteriskUnavailable: Not connected, or no answer; it may have been carried out, and is not sent
                again.
        """
        try:
            await self._ask(
                "Redirect", Channel=channel_name, Context=context, Exten=extension, Priority=str(priority)
            )
        except TelephonyError as error:
            if "does not exist" in str(error):
                raise ChannelGone(str(error)) from error
            raise
