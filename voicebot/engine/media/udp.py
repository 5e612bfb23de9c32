"""The one UDP socket of the media loop."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

from voicebot.errors import ConfigurationError
from voicebot.rtp.source_lock import Address

_DATAGRAM_BYTES = 2048  # more than an Ethernet frame carries
_BUFFER_BYTES = 4 << 20
"""Asked of the kernel for receiving: 200 calls bring 10,000 packets a second, each of which counts with about
800 bytes, so that the default of 208 KiB holds 25 ms of them; this holds half a second."""
_SO_RCVBUFFORCE = (
    33  # socket(7), Linux: beyond net.core.rmem_max, where the process may; not in Python's module
)


class MediaSocket:
    """A bound, non-blocking IPv4 UDP socket.

    Args:
        host: IPv4 address to bind.
        port: Port to bind; 0 takes a free one.

    Raises:
        ConfigurationError: The address is not of this machine, or the port is in use or not allowed.
    """

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise ConfigurationError(f"media socket {host}:{port}: {_explain(error)}") from error
        self._socket.setblocking(False)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
        except OSError:
            # Not privileged: the kernel gives as much as net.core.rmem_max allows.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self.unsent = 0
        """Datagrams that the kernel did not take."""

    @property
    def address(self) -> Address:
        """Where it is bound."""
        host, port = self._socket.getsockname()
        return host, port

    @property
    def receive_buffer_bytes(self) -> int:
        """What the kernel granted (it counts its own overhead into it)."""
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def read(self, limit: int) -> Iterator[tuple[bytes, Address]]:
        """What has arrived, oldest first, at most ``limit`` datagrams."""
        receive = self._socket.recvfrom
        try:
            for _ in range(limit):
                yield receive(_DATAGRAM_BYTES)
        except BlockingIOError:
            return
        except ConnectionError:
            return  # ICMP said that nobody listens at a leg's address: the rest comes with the next tick

    def send(self, datagram: bytes, address: Address) -> None:
        """Send, or count what the kernel does not take: audio that is late is worth nothing."""
        try:
            self._socket.sendto(datagram, address)
        except OSError:
            self.unsent += 1

    def discard(self) -> None:
        """Forget all that has arrived."""
        for _ in self.read(limit=1 << 16):
            pass

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _explain(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use; choose another as port in [media], or 0 for a free one"
        case errno.EADDRNOTAVAIL:
            return "not an address of this machine; correct host in [media]"
        case errno.EACCES:
            return "this port needs privileges; choose one above 1023 as port in [media]"
        case _:
            return f"{error.strerror or error}; correct host in [media]: an IPv4 address of this machine"
