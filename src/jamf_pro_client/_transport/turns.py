"""Turns of large replies: those of a walk are read in their order, few of them at a time.

Whoever fetches pages ahead has as many of them in memory as happen to come at once: five of 7 MB
when a walk begins. In turns they take less, and the same in every walk; the first one comes sooner.
What waits for its turn has been answered, and its beginning is on its way.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

from jamf_pro_client._transport.signals import ThreadSignal, task_signal

if TYPE_CHECKING:
    from jamf_pro_client._transport.signals import Signal

__all__ = ("Turn", "Turns", "current_turn")

T = TypeVar("T")

# Where replies come slowly or are used slowly, nothing is gained by one after the other; and no
# server waits for ever until somebody reads, nor do other calls for a slot.
_PATIENCE_SECONDS: Final = 0.1


class Turns:
    """The turns of one walk.

    Args:
        most: How many large replies may be in memory.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._begun = 0
        self._lock = threading.Lock()
        self._waiting: list[Signal] = []
        self.over = 0
        """How many are over."""

    def next(self) -> Turn:
        """Return the turn after the last one."""
        self._begun += 1
        return Turn(self, self._begun)

    def end(self, number: int) -> None:
        """Note that replies are not in memory any longer.

        Args:
            number: The latest one of them, counted from 1.
        """
        with self._lock:
            self.over = number
            waiting, self._waiting = self._waiting, []
        for signal in waiting:
            signal.wake()

    def close(self) -> None:
        """Let all go on that wait."""
        self.end(self._begun)

    def must_wait(self, number: int, signal: Signal) -> bool:
        """Return whether a turn has not come yet; then there is a signal when others have ended.

        Args:
            number: The turn, counted from 1.
            signal: Is told.
        """
        with self._lock:
            waits = number > self.over + self._most
            if waits:
                self._waiting.append(signal)
            return waits


class Turn:
    """When one large reply may be read.

    Args:
        turns: All of the walk.
        number: Which one it is, counted from 1.
    """

    def __init__(self, turns: Turns, number: int) -> None:
        self._turns = turns
        self._number = number

    def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Run a function that reads its large reply when the turn has come.

        Args:
            work: The function; it is run in a context of its own.
            *arguments: Its arguments.
        """
        _turn.set(self)
        return work(*arguments)

    async def run_async(self, work: Callable[..., Awaitable[T]], *arguments: object) -> T:
        """Do as `run` does, without blocking the event loop."""
        _turn.set(self)
        return await work(*arguments)

    def end_earlier(self) -> None:
        """Note that the replies before this one are not in memory any longer."""
        self._turns.end(self._number - 1)

    def wait(self) -> None:
        """Wait until the turn has come, or no other ends any more."""
        over = -1
        while over < self._turns.over:
            over, signal = self._turns.over, ThreadSignal()
            if not self._turns.must_wait(self._number, signal):
                return
            signal.wait(_PATIENCE_SECONDS)

    async def wait_async(self) -> None:
        """Do as `wait` does, without blocking the event loop."""
        over = -1
        while over < self._turns.over:
            over, signal = self._turns.over, task_signal()
            if not self._turns.must_wait(self._number, signal):
                return
            await signal.wait(_PATIENCE_SECONDS)


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn | None:
    """Return the turn of what is called now; None if it has none."""
    return _turn.get()
