"""A first-come-first-served limit for threads and tasks of every event loop together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from jamf_pro_client._transport.fork import reset_after_fork
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncio

__all__ = ("Gate", "Slot")

W = TypeVar("W", "_Thread", "_Task")


class Slot:
    """The right to have one request in flight."""

    __slots__ = ("_gate", "_generation")

    def __init__(self, gate: Gate, generation: int) -> None:
        self._gate: Gate | None = gate
        self._generation = generation

    def release(self) -> None:
        """Give it back; a second call does nothing."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate._give_back(self._generation)


class _Thread:
    """A thread in the line."""

    __slots__ = ("event", "granted")

    def __init__(self) -> None:
        self.granted = False
        self.event = threading.Event()

    def wake(self) -> bool:
        """Tell the thread."""
        self.event.set()
        return True


class _Task:
    """A task in the line."""

    __slots__ = ("future", "granted", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.granted = False
        self.loop = loop
        self.future: asyncio.Future[None] = loop.create_future()

    def wake(self) -> bool:
        """Tell the task; False when its event loop is gone."""
        try:
            self.loop.call_soon_threadsafe(self._resolve)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _resolve(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


class Gate:
    """Lets at most `limit` requests through at a time, in the order they came.

    A slot that was handed to somebody who went away in the same moment (a cancelled task, an
    interrupted thread) is handed to the next in the line.
    """

    def __init__(self, limit: int) -> None:
        self._limit = check_limit(limit)
        self._generation = 0
        self._clear()
        reset_after_fork(self)

    def _clear(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0
        self._line: deque[_Thread | _Task] = deque()

    def _reset_after_fork(self) -> None:
        # Slots taken before the fork belong to the parent; releasing one here must not count.
        self._generation += 1
        self._clear()

    @property
    def limit(self) -> int:
        """How many may be in flight at a time."""
        return self._limit

    def set_limit(self, limit: int) -> None:
        """Change the limit at once; what is in flight above a lower one runs to its end.

        Args:
            limit: At least 1.

        Raises:
            ConfigurationError: It is below 1 or no whole number.
        """
        check_limit(limit)
        with self._lock:
            self._limit = limit
        self._admit()

    def acquire(self, timeout: float | None = None) -> Slot | None:
        """Wait for a slot in this thread.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            The slot, or None when the time was over.
        """
        waiter = self._enter(_Thread)
        if waiter is None:
            return Slot(self, self._generation)
        try:
            waiter.event.wait(timeout)
        except BaseException:
            self._leave(waiter, give_back=True)
            raise
        # The time may end in the moment of the grant: what counts is who holds the lock first.
        if not waiter.granted and self._leave(waiter):
            return None
        return Slot(self, self._generation)

    async def acquire_async(self) -> Slot:
        """Wait for a slot in this task."""
        waiter = self._enter(_task)
        if waiter is not None:
            try:
                await waiter.future
            except BaseException:
                self._leave(waiter, give_back=True)
                raise
        return Slot(self, self._generation)

    def _enter(self, make: Callable[[], W]) -> W | None:
        """Take a slot and return None, or line up."""
        with self._lock:
            if self._taken < self._limit and not self._line:
                self._taken += 1
                return None
            waiter = make()
            self._line.append(waiter)
        self._admit()
        return waiter

    def _leave(self, waiter: _Thread | _Task, *, give_back: bool = False) -> bool:
        """Step out of the line; False when the slot was granted before.

        Args:
            waiter: Who leaves.
            give_back: Whether a slot that was granted before is passed on.
        """
        with self._lock:
            if not waiter.granted:
                self._line.remove(waiter)
                return True
            if give_back:
                self._taken -= 1
        if give_back:
            self._admit()
        return False

    def _give_back(self, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            self._taken -= 1
        if self._line:
            self._admit()

    def _admit(self) -> None:
        """Grant what is free to the head of the line."""
        while True:
            with self._lock:
                if not self._line or self._taken >= self._limit:
                    return
                waiter = self._line.popleft()
                waiter.granted = True
                self._taken += 1
            if not waiter.wake():
                with self._lock:
                    self._taken -= 1


def _task() -> _Task:
    import asyncio  # loaded by whoever runs the loop; importing the package must not load it

    return _Task(asyncio.get_running_loop())


def check_limit(limit: int) -> int:
    """Return *limit* when it can be one.

    Args:
        limit: How many requests may be in flight.

    Raises:
        ConfigurationError: It is below 1 or no whole number.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ConfigurationError(f"max_concurrency must be a whole number of at least 1: {limit!r}")
    return limit
