"""Work that was begun in a call, and is finished however the call ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType

logger = logging.getLogger(__name__)

_LIMIT_S = 10.0
"""Longest wait for work when the call is over: thrice what the desk waits for the database."""


class Works:
    """The work of one call; leaving this context waits for it.

    Args:
        call_id: For logs.
        failed: Told of an error that a piece of work ended with; the others go on.
    """

    def __init__(self, *, call_id: str, failed: Callable[[Exception], None]) -> None:
        self._call_id = call_id
        self._failed = failed
        self._tasks = asyncio.TaskGroup()
        self._under_way: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Works:
        """Work can be begun."""
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what was begun, but not for ever; being cancelled cancels it too."""
        if kind is None and self._under_way:
            _, unfinished = await asyncio.wait(self._under_way, timeout=_LIMIT_S)
            for task in unfinished:
                task.cancel()
                logger.error(
                    "work begun in a call was not finished",
                    extra={"action": "work_unfinished", "call_id": self._call_id},
                )
        await self._tasks.__aexit__(kind, error, trace)

    async def settle(self, limit_s: float) -> bool:
        """Wait for what is under way now; whether it is done."""
        if not self._under_way:
            return True
        _, unfinished = await asyncio.wait(self._under_way, timeout=limit_s)
        return not unfinished

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Begin a piece of work."""
        task = self._tasks.create_task(self._guard(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _guard(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - one piece of work must not end the others
            self._failed(error)
