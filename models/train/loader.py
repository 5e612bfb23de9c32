"""Processes that make batches while the network learns."""

from __future__ import annotations

import os
import queue
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from models.train.errors import TrainingError
from models.train.network.batches import Batch, Batches
from models.train.network.shape import Shape
from models.train.network.tokens import load_tokens
from models.train.shards import open_shards

_WAITING = 6
"""Batches that each process is ahead at most: some seconds of work, some 10 MB."""
_LOOK_S = 0.5
"""How often either side looks whether the other is still there."""
_CLOSING_S = 5.0
# NumPy in each process must not start a pool of threads of its own beside those of the network.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that a process needs to make batches: small, since it is sent to it."""

    clips_folder: Path
    shards: int
    tokens_folder: Path
    shape: Shape
    size: int
    seed: int

    def maker(self) -> Callable[[int], Batch]:
        """Open the files; what makes a batch by its number."""
        batches = Batches(
            shards=open_shards(self.clips_folder, self.shards),
            tokens=load_tokens(self.tokens_folder),
            shape=self.shape,
            size=self.size,
            seed=self.seed,
        )
        return batches.batch


class Loader:
    """Batches in order from ``first`` on, made by ``processes`` processes; a context manager.

    Args:
        make: Called in each process, gives what makes a batch by its number; must be picklable.
        first: Number of the first batch.
        processes: Any number gives the same batches.
    """

    def __init__(self, make: Callable[[], Callable[[int], Batch]], *, first: int, processes: int) -> None:
        context = get_context("spawn")
        self._queues: list[Any] = [context.Queue(_WAITING) for _ in range(processes)]
        self._stop = context.Event()
        self._next = first
        self._processes: list[BaseProcess] = [
            context.Process(
                target=_work,
                args=(make, first + number, processes, waiting, self._stop),
                name=f"batches-{number}",
                daemon=True,
            )
            for number, waiting in enumerate(self._queues)
        ]
        self._first = first

    def __enter__(self) -> Self:
        before = {name: os.environ.get(name) for name in _ONE_THREAD}
        os.environ.update(_ONE_THREAD)  # inherited by what is started now
        try:
            for process in self._processes:
                process.start()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for waiting, process in zip(self._queues, self._processes, strict=True):
            process.join(_CLOSING_S)
            if process.is_alive():
                process.terminate()
                process.join()
            waiting.cancel_join_thread()
            waiting.close()

    def __iter__(self) -> Iterator[Batch]:
        """Endless.

        Raises:
            TrainingError: A process failed or was ended.
        """
        while True:
            place = (self._next - self._first) % len(self._queues)
            yield self._take(self._queues[place], self._processes[place])
            self._next += 1

    def _take(self, waiting: Any, process: BaseProcess) -> Batch:
        while True:
            try:
                made = waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                if not process.is_alive():
                    raise TrainingError(
                        f"the process {process.name} ended (exit code {process.exitcode}), perhaps for want "
                        "of memory; start again: training goes on where it was"
                    ) from None
                continue
            if isinstance(made, str):
                raise TrainingError(f"a batch could not be made:\n{made}")
            batch: Batch = made
            return batch


def _work(
    make: Callable[[], Callable[[int], Batch]], first: int, stride: int, waiting: Any, stop: Any
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that trains
    parent = os.getppid()
    made: Batch | str
    number = first
    try:
        batch = make()
        while not stop.is_set() and os.getppid() == parent:
            made = batch(number)
            _put(made, waiting, stop, parent)
            number += stride
    except Exception:  # noqa: BLE001 - the edge of the process: the other side raises it
        _put(traceback.format_exc(), waiting, stop, parent)
    if stop.is_set() or os.getppid() != parent:
        waiting.cancel_join_thread()  # nobody empties the queue any more


def _put(made: Batch | str, waiting: Any, stop: Any, parent: int) -> None:
    """Hand over, unless nobody wants it any more: a killed parent would leave this process waiting."""
    while not stop.is_set() and os.getppid() == parent:
        try:
            waiting.put(made, timeout=_LOOK_S)
        except queue.Full:
            continue
        return
