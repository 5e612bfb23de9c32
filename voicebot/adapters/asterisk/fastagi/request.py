"""A FastAGI request, read line by line within limits; pure.

Asterisk opens with lines of ``agi_name: value``, ends them with an empty line, and then waits for commands
(``setup_env`` in ``res/res_agi.c``)::

    agi_network: yes
    agi_network_script: route
    agi_channel: PJSIP/trunk-00000001
    …
    agi_arg_1: 0311234567
    <empty line>
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from voicebot.errors import FastAgiError

# Asterisk 22 sends 22 lines and one for each argument; a whole command is at most AGI_BUF_LEN (2048) bytes
# there, so that no value that it could have been given is longer.
LONGEST_LINE_BYTES = 2048
# MAX_ARGS of res_agi.c is 128; with the 22 lines of the environment and some to spare.
MOST_LINES = 160
_PREFIX = "agi_"
_SHOWN = 40


class LineBuffer:
    """Cuts a stream of bytes into lines, without ever holding more than one line too many.

    Args:
        longest_bytes: A longer line is an error, whether its end has come or not.
    """

    def __init__(self, longest_bytes: int = LONGEST_LINE_BYTES) -> None:
        self._longest_bytes = longest_bytes
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Take in what was read."""
        self._buffer += data

    def next_line(self) -> bytes | None:
        """The next whole line without its end, or ``None`` until more is fed.

        Raises:
            FastAgiError: The line is longer than allowed.
        """
        end = self._buffer.find(b"\n", 0, self._longest_bytes + 1)
        if end < 0:
            if len(self._buffer) > self._longest_bytes:
                raise FastAgiError(
                    f"FastAGI: a line of more than {self._longest_bytes} bytes; "
                    "only Asterisk should reach this port"
                )
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    @property
    def empty(self) -> bool:
        """Whether nothing is left over."""
        return not self._buffer


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiRequest:
    """What the dialplan asks: its call and the arguments of ``AGI()``."""

    variables: Mapping[str, str]
    """All of them, with their whole names, e.g. ``agi_channel``."""
    arguments: tuple[str, ...]
    """``agi_arg_1``, ``agi_arg_2`` …"""

    @property
    def script(self) -> str:
        """The path of the address, e.g. ``route`` in ``agi://host/route``."""
        return self.variables["agi_network_script"]

    @property
    def channel_name(self) -> str:
        """The asking channel's name."""
        return self._known("agi_channel")

    @property
    def channel_id(self) -> str:
        """The asking channel's id, the same as in ARI."""
        return self._known("agi_uniqueid")

    @property
    def caller_number(self) -> str:
        """The caller's number as it came, empty when it is withheld."""
        return self._known("agi_callerid")

    @property
    def called_number(self) -> str:
        """The number that was called; the extension where the line did not tell it."""
        return self._known("agi_dnid") or self._known("agi_extension")

    @property
    def context(self) -> str:
        """The dialplan context that asks."""
        return self._known("agi_context")

    def _known(self, name: str) -> str:
        value = self.variables.get(name, "")
        # res_agi.c writes this word for a number that it does not have.
        return "" if value == "unknown" else value


class RequestParser:
    """Takes the lines of one request."""

    def __init__(self, *, most_lines: int = MOST_LINES) -> None:
        self._most_lines = most_lines
        self._variables: dict[str, str] = {}

    def line(self, line: bytes) -> AgiRequest | None:
        """Take one line; the request when this was its end.

        Raises:
            FastAgiError: Not a line of a request, one too many, a name that comes twice, or a request that
                does not say what is asked.
        """
        if not line:
            return self._finish()
        if len(self._variables) >= self._most_lines:
            raise FastAgiError(f"FastAGI request: more than {self._most_lines} lines; is this Asterisk?")
        # A caller's name may be in any encoding; it must not keep the call from being routed.
        name, separator, value = line.decode("utf-8", "replace").partition(": ")
        if not separator or not name.startswith(_PREFIX) or not name.isprintable() or "\0" in value:
            raise FastAgiError(f"FastAGI request: {name[:_SHOWN]!r} is not a line of one; is this Asterisk?")
        if name in self._variables:
            # A line break smuggled into a value would come out as a second line of another name.
            raise FastAgiError(f"FastAGI request: {name[:_SHOWN]!r} comes twice; the request is not trusted")
        self._variables[name] = value
        return None

    def _finish(self) -> AgiRequest:
        if not self._variables.get("agi_network_script"):
            raise FastAgiError("FastAGI request: no agi_network_script; the address is agi://host:port/route")
        arguments: list[str] = []
        while (value := self._variables.get(f"agi_arg_{len(arguments) + 1}")) is not None:
            arguments.append(value)
        return AgiRequest(variables=MappingProxyType(self._variables), arguments=tuple(arguments))
