"""The RTP packet: reading and writing (RFC 3550 section 5.1).

::

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |V=2|P|X|  CC   |M|     PT      |       sequence number         |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |                           timestamp                           |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |           synchronization source (SSRC) identifier            |
    +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
    |            contributing source (CSRC) identifiers  (CC words) |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |  profile-defined (16 bit), length in words (16 bit)    (if X) |
    |                    header extension words                     |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from voicebot.errors import RtpError

HEADER_BYTES = 12
"""The fixed header (RFC 3550 section 5.1)."""

_VERSION_BITS = 0x80  # version 2 in the two top bits, and nothing else set: the usual first byte
_FIXED_HEADER = Struct("!BBHII")
_EXTENSION_HEADER = Struct("!HH")
_CSRC_BYTES = 4
_CSRC_LIMIT = 15  # CC has four bits
_WORD_BYTES = 4


# Per-packet type: slots without frozen, since building a frozen one costs more than twice as much.
@dataclass(slots=True)
class RtpPacket:
    """One RTP packet; what is on the wire only for transport (padding) is not kept."""

    payload_type: int
    marker: bool
    sequence_number: int
    timestamp: int
    """In samples of the payload's clock."""
    ssrc: int
    payload: bytes
    csrcs: tuple[int, ...] = ()
    extension: tuple[int, bytes] | None = None
    """Profile-defined number and the extension's bytes (whole words)."""


def parse_packet(data: bytes) -> RtpPacket:
    """Read one datagram (RFC 3550 section 5.1; RTCP on the same port is refused by RFC 5761 section 4).

    Raises:
        RtpError: The datagram is not a whole RTP packet; the message says what is wrong with it.
    """
    size = len(data)
    if size < HEADER_BYTES:
        raise RtpError(f"RTP packet of {size} bytes: shorter than its {HEADER_BYTES} byte header")
    first, second, sequence_number, timestamp, ssrc = _FIXED_HEADER.unpack_from(data)
    if first == _VERSION_BITS:
        start, end = HEADER_BYTES, size
        csrcs: tuple[int, ...] = ()
        extension = None
    else:
        start, end, csrcs, extension = _parse_options(data, first)
    # 192–223 in the whole second byte are RTCP packet types (RFC 5761): M set and payload types 64–95.
    if 192 <= second <= 223:
        raise RtpError(f"RTCP packet of type {second} on the RTP port: turn RTCP multiplexing off")
    return RtpPacket(
        second & 0x7F, second > 0x7F, sequence_number, timestamp, ssrc, data[start:end], csrcs, extension
    )


def _parse_options(data: bytes, first: int) -> tuple[int, int, tuple[int, ...], tuple[int, bytes] | None]:
    """Read what follows the fixed header: ``(payload start, payload end, CSRCs, extension)``."""
    if first >> 6 != 2:
        raise RtpError(f"RTP packet of version {first >> 6}: only version 2 is RTP")
    start, end = HEADER_BYTES, len(data)
    csrc_count = first & 0x0F
    csrcs_end = start + csrc_count * _CSRC_BYTES
    if csrcs_end > end:
        raise RtpError(f"RTP packet of {end} bytes: too short for its {csrc_count} contributing sources")
    csrcs = Struct(f"!{csrc_count}I").unpack_from(data, start)
    start = csrcs_end
    extension = None
    if first & 0x10:
        if start + _EXTENSION_HEADER.size > end:
            raise RtpError(f"RTP packet of {end} bytes: too short for its header extension")
        profile, words = _EXTENSION_HEADER.unpack_from(data, start)
        extension_start = start + _EXTENSION_HEADER.size
        start = extension_start + words * _WORD_BYTES
        if start > end:
            raise RtpError(f"RTP packet of {end} bytes: its header extension claims {words} words")
        extension = (profile, data[extension_start:start])
    if first & 0x20:
        # The last byte counts the padding bytes, itself included.
        padding = data[end - 1] if end > start else 0
        if padding == 0 or padding > end - start:
            raise RtpError(f"RTP packet of {end} bytes: its padding count {padding} is impossible")
        end -= padding
    return start, end, csrcs, extension


def serialise_packet(packet: RtpPacket) -> bytes:
    """Write one packet, without padding.

    Raises:
        RtpError: A field does not fit its place in the header.
    """
    if len(packet.csrcs) > _CSRC_LIMIT:
        raise RtpError(f"{len(packet.csrcs)} contributing sources: a packet carries at most {_CSRC_LIMIT}")
    if not 0 <= packet.payload_type <= 0x7F:
        raise RtpError(f"payload type {packet.payload_type}: must be 0 to 127")
    first = _VERSION_BITS | len(packet.csrcs)
    options = b"".join(csrc.to_bytes(_CSRC_BYTES, "big") for csrc in packet.csrcs)
    if packet.extension is not None:
        profile, words = packet.extension
        if len(words) % _WORD_BYTES or len(words) > 0xFFFF * _WORD_BYTES:
            raise RtpError(f"header extension of {len(words)} bytes: must be at most 65535 whole words of 4")
        first |= 0x10
        options += _EXTENSION_HEADER.pack(profile, len(words) // _WORD_BYTES) + words
    second = packet.payload_type | (0x80 if packet.marker else 0)
    try:
        header = _FIXED_HEADER.pack(first, second, packet.sequence_number, packet.timestamp, packet.ssrc)
    except StructError as error:
        raise RtpError(
            f"sequence number {packet.sequence_number}, timestamp {packet.timestamp} or SSRC {packet.ssrc} "
            "does not fit its 16, 32 and 32 bits"
        ) from error
    return header + options + packet.payload


def serialise_plain(
    payload_type: int, marker: bool, sequence_number: int, timestamp: int, ssrc: int, payload: bytes
) -> bytes:
    """Write a packet without CSRCs and extension from values known to fit: the sending side's hot path."""
    second = payload_type | 0x80 if marker else payload_type
    return _FIXED_HEADER.pack(_VERSION_BITS, second, sequence_number, timestamp, ssrc) + payload
