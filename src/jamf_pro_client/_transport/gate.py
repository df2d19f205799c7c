"""A first-come-first-served limit for threads and tasks of every event loop together."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Protocol, overload

from jamf_pro_client._transport.fork import reset_after_fork
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client._transport.signals import Signal

__all__ = ("Gate", "Slot")


class Slot:
    """The right to have one request in flight, or a place in the line for it.

    It gives itself back when it is collected: an interrupt (Ctrl-C) can come before whoever took it
    gets to the block that releases it.
    """

    __slots__ = ("__weakref__", "_gate", "_signal")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._signal: Signal | None = None

    def release(self) -> None:
        """Give it back, or leave the line; a second call does nothing."""
        self._gate._give_back(self)


class _Resizable(Protocol):
    def resize(self) -> None: ...


class Gate:
    """Lets at most `limit` requests through at a time, in the order they came.

    A slot that was handed to somebody who was just going away (a cancelled task, an interrupted
    thread) is handed to the next in line.
    """

    def __init__(self, limit: int) -> None:
        self._limit = check_limit(limit)
        self._pools: weakref.WeakSet[_Resizable] = weakref.WeakSet()
        self._reset_after_fork()
        reset_after_fork(self)

    def _reset_after_fork(self) -> None:
        # Slots taken before the fork belong to the parent: releasing one finds nothing here.
        self._lock = threading.Lock()
        # One step takes a slot and one gives it back, so an interrupt finds no half of it done.
        self._held: dict[int, weakref.ref[Slot]] = {}
        self._line: deque[Slot] = deque()

    @property
    def limit(self) -> int:
        """How many may be in flight at a time."""
        return self._limit

    @property
    def taken(self) -> int:
        """How many are in flight now."""
        return len(self._held)

    @property
    def has_line(self) -> bool:
        """Whether somebody waits for a slot."""
        return bool(self._line)

    def set_limit(self, limit: int) -> None:
        """Change the limit at once; what is in flight above a lower one runs to its end.

        Args:
            limit: At least 1.

        Raises:
            ConfigurationError: It is below 1 or no whole number.
        """
        self._limit = check_limit(limit)
        # Before anybody is let in who would need a connection more.
        for pools in list(self._pools):
            pools.resize()
        self._admit()

    def serve(self, pools: _Resizable) -> None:
        """Have connections follow the limit.

        Args:
            pools: Held weakly.
        """
        self._pools.add(pools)

    def acquire(self, timeout: float | None = None) -> Slot | None:
        """Wait for a slot in this thread.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            The slot, or None when the time was over.
        """
        slot = Slot(self)
        try:
            if self._enter(slot):
                return slot
            from jamf_pro_client._transport.signals import ThreadSignal  # few calls have to wait

            signal = slot._signal = ThreadSignal()
            self._line_up(slot)
            signal.wait(timeout)
            return slot if self._is_granted(slot) else None
        except BaseException:
            slot.release()
            raise

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
        slot = Slot(self)
        try:
            if self._enter(slot):
                return slot
            from jamf_pro_client._transport.signals import task_signal  # few calls have to wait

            signal = slot._signal = task_signal()
            self._line_up(slot)
            await signal.wait(timeout)
            return slot if self._is_granted(slot) else None
        except BaseException:
            slot.release()
            raise

    def _enter(self, slot: Slot) -> bool:
        """Take a slot if one is free and nobody waits for it."""
        with self._lock:
            if self._line or len(self._held) >= self._limit:
                return False
            self._held[id(slot)] = weakref.ref(slot, self._lost)
            return True

    def _line_up(self, slot: Slot) -> None:
        self._line.append(slot)
        # A slot may have come back since `_enter` looked.
        self._admit()

    def _is_granted(self, slot: Slot) -> bool:
        """Return whether a slot is held; one that is not leaves the line."""
        # The time may end just as the slot is granted: what counts is who gets the lock first.
        with self._lock:
            granted = id(slot) in self._held
            if not granted and slot in self._line:
                self._line.remove(slot)
            # It is in no line any more, so giving it back need not look there.
            slot._signal = None
        self._admit()
        return granted

    def _give_back(self, slot: Slot) -> None:
        try:
            if slot._signal is not None:
                with self._lock:
                    if slot in self._line:
                        self._line.remove(slot)
            self._held.pop(id(slot), None)
            self._admit()
        except BaseException:
            # Interrupted: the next in the line must not wait for a slot that is free.
            self._held.pop(id(slot), None)
            self._admit()
            raise

    def _lost(self, reference: weakref.ref[Slot]) -> None:
        """Take back what was collected before it was released."""
        for key, held in list(self._held.items()):
            if held is reference:
                self._held.pop(key, None)
        # Garbage can be collected while this very thread holds the lock. Whoever holds it looks
        # at the line afterwards.
        if self._lock.acquire(blocking=False):
            self._lock.release()
            self._admit()

    def _admit(self) -> None:
        """Grant what is free to the head of the line."""
        while self._line and len(self._held) < self._limit:
            head: Slot | None = None
            try:
                with self._lock:
                    if not self._line or len(self._held) >= self._limit:
                        continue
                    head = self._line[0]
                    self._held[id(head)] = weakref.ref(head, self._lost)
                    self._line.popleft()
                self._wake(head)
            except BaseException:
                # Interrupted in between: nobody else would tell the one who holds it now.
                if head is not None:
                    with self._lock:
                        if id(head) in self._held and head in self._line:
                            self._line.remove(head)
                    self._wake(head)
                raise

    def _wake(self, slot: Slot) -> None:
        # It may have found out by itself, if its time was over at the same moment.
        signal = slot._signal if id(slot) in self._held else None
        if signal is not None and not signal.wake():
            # Its loop is gone. Should the rest of its task still be run, it holds nothing.
            self._held.pop(id(slot), None)


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
