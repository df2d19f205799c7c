"""A first-come-first-served limit for threads and tasks of every event loop together."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, overload

from jamf_pro_client._transport.fork import reset_after_fork
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client._transport.signals import Signal

__all__ = ("Gate", "Slot")


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


class _Waiter:
    """A thread or task in the line."""

    __slots__ = ("granted", "is_gone", "signal")

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self.granted = False
        self.is_gone = False


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
        self._line: deque[_Waiter] = deque()

    def _reset_after_fork(self) -> None:
        # Slots taken before the fork belong to the parent; releasing one here must not count.
        self._generation += 1
        self._clear()

    @property
    def limit(self) -> int:
        """How many may be in flight at a time."""
        return self._limit

    @property
    def taken(self) -> int:
        """How many are in flight now."""
        return self._taken

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
        if self._enter():
            return Slot(self, self._generation)
        from jamf_pro_client._transport.signals import ThreadSignal  # few calls have to wait

        signal = ThreadSignal()
        waiter = self._line_up(signal)
        try:
            signal.wait(timeout)
        except BaseException:
            self._leave(waiter, give_back=True)
            raise
        # The time may end in the moment of the grant: what counts is who holds the lock first.
        if not waiter.granted and self._leave(waiter):
            return None
        return Slot(self, self._generation)

    @overload
    async def acquire_async(self, timeout: None = None) -> Slot: ...
    @overload
    async def acquire_async(self, timeout: float | None) -> Slot | None: ...
    async def acquire_async(self, timeout: float | None = None) -> Slot | None:
        """Wait for a slot in this task, of asyncio or trio.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            The slot, or None when the time was over.
        """
        if self._enter():
            return Slot(self, self._generation)
        from jamf_pro_client._transport.signals import task_signal  # few calls have to wait

        signal = task_signal()
        waiter = self._line_up(signal)
        try:
            await signal.wait(timeout)
        except BaseException:
            self._leave(waiter, give_back=True)
            raise
        if not waiter.granted and self._leave(waiter):
            return None
        return Slot(self, self._generation)

    def _enter(self) -> bool:
        """Take a slot if one is free and nobody waits for it."""
        with self._lock:
            if self._taken < self._limit and not self._line:
                self._taken += 1
                return True
            return False

    def _line_up(self, signal: Signal) -> _Waiter:
        waiter = _Waiter(signal)
        with self._lock:
            self._line.append(waiter)
        # A slot may have come back since `_enter` looked.
        self._admit()
        return waiter

    def _leave(self, waiter: _Waiter, *, give_back: bool = False) -> bool:
        """Step out of the line; False when the slot was granted before.

        Args:
            waiter: Who leaves.
            give_back: Whether a slot that was granted before is passed on.
        """
        with self._lock:
            if waiter.is_gone:
                return True
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
            if not waiter.signal.wake():
                # Its loop is gone. Should the rest of its task still be run, it holds nothing.
                with self._lock:
                    waiter.is_gone = True
                    self._taken -= 1


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
