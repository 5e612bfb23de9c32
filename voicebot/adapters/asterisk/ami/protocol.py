"""One AMI connection: panoramisk's protocol with a careful reader and writer."""

from __future__ import annotations

import asyncio
import codecs
import logging
from typing import Any

from panoramisk import Message
from panoramisk.ami_protocol import AMIProtocol

from voicebot.adapters.asterisk.ami.fields import Fields
from voicebot.errors import TelephonyError

logger = logging.getLogger(__name__)

# The longest message seen is 3 kB; a peer that sends more than this without an end is not Asterisk.
_LONGEST_MESSAGE = 1 << 20
# By it Asterisk says that it is stopping; panoramisk then closes the connection.
_SHUTDOWN = "shutdown"


class GuardedProtocol(AMIProtocol):  # type: ignore[misc]
    """One connection.

    Args:
        wanted: Names of events, in lower case.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted | {_SHUTDOWN}
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self.faults = 0
        """Messages that could not be handled."""

    def send(self, data: Any, as_list: Any = None) -> asyncio.Future[Any]:
        """Send an action.

        Raises:
            TelephonyError: A name or a value would break the format.
        """
        for name, value in data.items():
            _check(str(name), str(value))
        future: asyncio.Future[Any] = super().send(data, as_list=as_list)
        return future

    def data_received(self, data: bytes) -> None:
        """Take in what was read and handle the messages that it completes."""
        self._text += self._decoder.decode(data)
        *messages, self._text = self._text.split("\r\n\r\n")
        for text in messages:
            if not self._worth_parsing(text):
                continue
            try:
                message = Message.from_line(text.strip())
                if message is not None:
                    self.handle_message(message)
            except Exception as error:  # noqa: BLE001 - the edge to a library: one message may not end them all
                self.faults += 1
                logger.warning(
                    "an AMI message could not be handled",
                    extra={"action": "ami_message", "reason": f"{type(error).__name__}: {error}"},
                )
        if len(self._text) > _LONGEST_MESSAGE:
            self.transport.abort()

    def connection_lost(self, exc: Any) -> None:
        """Fail what waits for an answer, then let the manager know."""
        self.fail_pending()
        # None when the connection ends before the manager was told of it; it then sees a closing transport.
        if self.factory is not None:
            super().connection_lost(exc)

    def fail_pending(self) -> None:
        """Cancel every action without an answer: panoramisk sends those again that are not done."""
        for action in list(self.responses.values()):
            action.future.cancel()

    def forget(self, future: asyncio.Future[Any]) -> None:
        """Let go of an action whose answer will not be waited for."""
        for identifier in [key for key, action in self.responses.items() if action.future is future]:
            del self.responses[identifier]

    def _worth_parsing(self, text: str) -> bool:
        name, _, rest = text.lstrip().partition("\r\n")
        if not name.startswith("Event: "):
            return True
        return name[7:].lower() in self._wanted or "ActionID: " in rest


def fields_of(message: Any) -> Fields:
    """The headers of one message of panoramisk's."""
    return {
        str(name).lower(): str(value[-1] if isinstance(value, list) else value)
        for name, value in message.items()
    }


def _check(name: str, value: str) -> None:
    whole = f"{name}: {value}"
    if any(character in whole for character in "\r\n\0"):
        raise TelephonyError(
            f"AMI header {name[:40]!r}: holds a line break or a zero; remove it from the data"
        )
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        raise TelephonyError(f"AMI header {name[:40]!r}: its value is not valid text") from error
