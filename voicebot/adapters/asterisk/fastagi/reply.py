"""The one AGI command that we send, and Asterisk's replies; pure.

Source: ``parse_args`` and ``agi_handle_command`` in ``res/res_agi.c`` of Asterisk 22, and what it answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicebot.errors import FastAgiError

# AGI_BUF_LEN of res_agi.c, less the line's end and the terminating zero; what is longer is cut without a
# word.
LONGEST_COMMAND_BYTES = 2046
# Plain names only: a name such as SHELL(…) would be a dialplan function with effects of its own.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REPLY = re.compile(r"(\d{3}) result=(\S*)(?: \((.*)\))?")
_CODE = re.compile(r"(\d{3})([ -]|$)")
USAGE_ERROR = 520


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiReply:
    """What Asterisk answered to a command."""

    code: int
    """200 done, 510 unknown, 511 not allowed on a channel that has ended, 520 wrongly used."""
    result: str
    data: str
    """What stood in brackets."""

    @property
    def succeeded(self) -> bool:
        """Whether the variable is set."""
        return self.code == 200 and self.result == "1"


def set_variable_command(name: str, value: str) -> bytes:
    """The command that sets a channel variable; Asterisk reads back exactly ``value``.

    Raises:
        FastAgiError: The name is not that of a plain variable, the value holds a control character (a line
            break would be a second command), or both together are longer than Asterisk reads.
    """
    if not _NAME.fullmatch(name):
        raise FastAgiError(f"AGI variable {name[:40]!r}: only letters, digits and _ are allowed in its name")
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        raise FastAgiError(f"AGI variable {name}: its value holds a control character; remove line breaks")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    try:
        command = f'SET VARIABLE {name} "{escaped}"'.encode()
    except UnicodeEncodeError as error:
        raise FastAgiError(f"AGI variable {name}: its value is not valid text") from error
    if len(command) > LONGEST_COMMAND_BYTES:
        raise FastAgiError(
            f"AGI variable {name}: a command of {len(command)} bytes, Asterisk reads {LONGEST_COMMAND_BYTES}"
        )
    return command + b"\n"


class ReplyParser:
    """Takes the lines of replies, one command after the other."""

    def __init__(self) -> None:
        self._in_usage = False

    def line(self, line: bytes) -> AgiReply | None:
        """Take one line; the reply when this was its end.

        Raises:
            FastAgiError: Not a line of a reply.
        """
        text = line.decode("utf-8", "replace")
        code = _CODE.match(text)
        if self._in_usage:
            if code is None or int(code[1]) != USAGE_ERROR or code[2] == "-":
                return None
            self._in_usage = False
            return AgiReply(code=USAGE_ERROR, result="", data="")
        # HANGUP comes by itself when the caller hangs up; the reply to the command still follows.
        # 100 is "Trying…": the reply follows.
        if text == "HANGUP" or (code is not None and code[1] == "100"):
            return None
        if code is None:
            raise FastAgiError(f"AGI reply {text[:40]!r}: not one of Asterisk's; the connection is closed")
        if int(code[1]) == USAGE_ERROR and code[2] == "-":
            self._in_usage = True
            return None
        reply = _REPLY.fullmatch(text)
        if reply is None:
            return AgiReply(code=int(code[1]), result="", data=text[4:])
        return AgiReply(code=int(reply[1]), result=reply[2], data=reply[3] or "")
