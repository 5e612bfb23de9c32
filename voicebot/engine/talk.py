"""A call without a telephone: microphone and loudspeaker stand where Asterisk's end of the media leg does.

Everything else is the call that citizens have: the audio goes through the media loop as RTP on the loopback,
in the format of the line, so that what is heard here is what is heard on the telephone.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable, Mapping
from typing import Protocol

from voicebot.dialogue.machine import Machine
from voicebot.engine.call import Call, SharedParts
from voicebot.engine.line import MediaAddress, OfficerLine
from voicebot.engine.media.loop import MediaLoop
from voicebot.errors import RtpError, SoundCardError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import Samples, TimelineSink
from voicebot.records.calls import Direction, NewCall
from voicebot.rtp.pacing import Pacer
from voicebot.rtp.packet import parse_packet
from voicebot.services.reporting import WriteReport

_DATAGRAM_BYTES = 2048  # more than the media loop sends

_LAST_WORDS_S = 0.2
"""Between the last packet and the end where a person would take over: what the sound card still holds is
heard. A hang-up waits as long by itself (``Call``)."""


class SoundDevice(Protocol):
    """A microphone and a loudspeaker, at the rate of the line."""

    def start(self, heard: Callable[[Samples], None], failed: Callable[[SoundCardError], None]) -> None:
        """Begin to hear, 20 ms at a time in the event loop's thread; ``failed`` is told of a break."""
        ...

    def play(self, samples: Samples) -> None:
        """Play 20 ms after what has been given so far."""
        ...


class LocalLine:
    """A ``CallLine`` whose far end is a sound device.

    Args:
        device: Opened, not yet started; whoever opened it closes it.
        media: The media loop, started.
    """

    def __init__(self, device: SoundDevice, media: MediaLoop) -> None:
        self._device = device
        self._media = media
        self._socket: socket.socket | None = None
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        wire_format = media.wire_format
        self._pacer = Pacer(
            payload_type=wire_format.payload_type,
            frame_samples=wire_format.frame_samples,
            silence=wire_format.silence,
            ssrc=secrets.randbits(32),
            sequence_number=secrets.randbits(16),
            timestamp=secrets.randbits(32),
        )

    async def watch(self) -> None:
        """Wait until the device breaks; cancelled when the call is over.

        Raises:
            SoundCardError: It broke.
        """
        await self._broken

    async def open(self) -> MediaAddress:
        """Bind the far end's socket, beside the media loop's."""
        host = self._media.address[0]
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self._socket, self._play)
        return MediaAddress(host=host, port=int(self._socket.getsockname()[1]))

    async def answer(self) -> None:
        """Switch microphone and loudspeaker on.

        Raises:
            SoundCardError: They cannot be started.
        """
        self._device.start(self._heard, self._fail)

    async def transfer(self, target: str) -> None:
        """End where a person would take over."""
        await asyncio.sleep(_LAST_WORDS_S)

    async def has_mobile(self) -> bool:
        """There is no other telephone here."""
        return False

    async def transfer_to_mobile(self) -> None:
        """Likewise end."""
        await self.transfer("duty")

    async def join(self, officer: OfficerLine) -> None:
        """Likewise end."""
        await self.transfer("duty")

    async def hang_up(self) -> None:
        """End; there is nobody to be told."""

    async def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _heard(self, samples: Samples) -> None:
        """Send 20 ms of the microphone to the media loop."""
        if self._socket is None:
            return  # the last frames come after the end
        for payload in self._media.wire_format.encode_frames(samples):
            try:
                self._socket.sendto(self._pacer.next_packet(payload), self._media.address)
            except BlockingIOError:
                return  # the socket's buffer is full: the media loop hears a lost packet

    def _play(self) -> None:
        """Give what the media loop sent to the loudspeaker."""
        assert self._socket is not None, "it is read while it is open"
        while True:
            try:
                datagram, sender = self._socket.recvfrom(_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except ConnectionError:
                continue  # ICMP: the media loop has closed its end
            if sender != self._media.address:
                continue  # only the engine is heard
            try:
                packet = parse_packet(datagram)
            except RtpError:
                continue
            if len(packet.payload) == self._media.wire_format.frame_bytes:
                self._device.play(self._media.wire_format.decode_frames([packet.payload])[0])

    def _fail(self, error: SoundCardError) -> None:
        if not self._broken.done():
            self._broken.set_exception(error)


class Talk:
    """One conversation over a sound device.

    Args:
        call_id: Names it in timeline and records.
        device: Opened, not yet started.
        machine: The service's dialogue.
        variables: What the flow knows before the first word.
        parts: What calls share.
        timeline: Of this conversation; closed at its end.
        service: For the report.
        write_report: What staff read of it; ``None``: nothing.
    """

    def __init__(
        self,
        *,
        call_id: str,
        device: SoundDevice,
        machine: Machine,
        variables: Mapping[str, str],
        parts: SharedParts,
        timeline: TimelineSink,
        service: str = "",
        write_report: WriteReport | None = None,
    ) -> None:
        self._line = LocalLine(device, parts.media)
        self._call = Call(
            call_id=call_id,
            line=self._line,
            machine=machine,
            variables=variables,
            parts=parts,
            timeline=timeline,
            kept_as=NewCall(
                call_id=call_id,
                direction=Direction.INBOUND,
                service=service,
                phone=variables.get("caller_id", ""),
            ),
            write_report=write_report,
        )

    async def run(self) -> CallOutcome:
        """Hold the conversation to its end.

        Raises:
            ExceptionGroup: The device broke (``SoundCardError``), or something of ours did.
        """
        outcome = CallOutcome(result=CallResult.FAILED, reason="broken off by an error")
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._line.watch())
                outcome = await self._call.run()
                watching.cancel()
        finally:
            self._call.close(outcome)
        return outcome

    def press(self, key: str) -> None:
        """A telephone key was typed."""
        self._call.key_heard(key)

    def hang_up(self) -> None:
        """The one who talks ends it."""
        self._call.citizen_gone()
