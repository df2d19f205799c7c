"""Turns of large replies: those of a walk are read in their order, few of them at a time.

Whoever fetches pages ahead has as many of them in memory as happen to come at once: five of 7 MB
when a walk begins. In turns they take less, and the first one comes sooner. Of a page that waits
for its turn, the head and the first part are there; the rest is on its way.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

from jamf_pro_client._transport.signals import ThreadSignal, task_signal

if TYPE_CHECKING:
    from jamf_pro_client._transport.signals import Signal

__all__ = ("Turn", "Turns", "current_turn")

T = TypeVar("T")

# Where pages come slowly or are used slowly, nothing is gained by one after the other. The wait
# also counts for the call's deadline, and no server waits for ever until somebody reads.
_LONGEST_WAIT_SECONDS: Final = 0.25


class Turns:
    """The turns of one walk: each page has one, whatever its size.

    It needs no lock, so it can be closed when garbage is collected, in the middle of anything.

    Args:
        most_in_memory: How many large pages may be in memory.
        is_crowded: Whether other calls wait for the slots that waiting pages keep.
    """

    def __init__(self, most_in_memory: int, is_crowded: Callable[[], bool]) -> None:
        self._most = most_in_memory
        self._is_crowded = is_crowded
        self._is_closed = False
        self._begun = self._over = 0
        self._line: deque[Signal] = deque()

    def next(self) -> Turn:
        """Return the turn after the last one."""
        self._begun += 1
        return Turn(self, self._begun)

    def end(self, number: int) -> None:
        """Note that the walk is done with some pages.

        Args:
            number: The latest one of them, counted from 1.
        """
        self._over = number
        with contextlib.suppress(IndexError):
            while True:
                self._line.popleft().wake()

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._is_closed = True
        self.end(self._begun)

    def put_in_line(self, number: int, signal: Signal) -> bool:
        """Have somebody told when others are done; return False if there is nothing to wait for.

        Args:
            number: The turn that is waited for, counted from 1.
            signal: Is told.
        """
        self._line.append(signal)
        # Looked at only now: whoever was done before has told nobody.
        is_due = number <= self._over + self._most
        return not (is_due or self._is_closed or self._is_crowded())


class Turn:
    """When one page may be read, if it is large.

    Args:
        turns: All of the walk.
        number: Which one it is, counted from 1.
    """

    def __init__(self, turns: Turns, number: int) -> None:
        self._turns = turns
        self._number = number

    def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Call a function that has this turn; in a context of its own, which is not tidied up.

        Args:
            work: The function.
            *arguments: Its arguments.
        """
        _turn.set(self)
        return work(*arguments)

    async def run_async(self, work: Callable[..., Awaitable[T]], *arguments: object) -> T:
        """Do as `run` does, without blocking the event loop."""
        _turn.set(self)
        return await work(*arguments)

    def end_earlier(self) -> None:
        """Note that the walk is done with the pages before this one."""
        self._turns.end(self._number - 1)

    def wait(self) -> None:
        """Wait until the turn has come, but not long."""
        ends_at = time.monotonic() + _LONGEST_WAIT_SECONDS
        while (left := ends_at - time.monotonic()) > 0:
            signal = ThreadSignal()
            if not self._turns.put_in_line(self._number, signal):
                return
            signal.wait(left)

    async def wait_async(self) -> None:
        """Do as `wait` does, without blocking the event loop."""
        ends_at = time.monotonic() + _LONGEST_WAIT_SECONDS
        while (left := ends_at - time.monotonic()) > 0:
            signal = task_signal()
            if not self._turns.put_in_line(self._number, signal):
                return
            await signal.wait(left)


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn | None:
    """Return the turn of what is called now; None if it has none."""
    return _turn.get()
