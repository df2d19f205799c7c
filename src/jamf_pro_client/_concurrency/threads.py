"""Threads that are gone when their work is."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from jamf_pro_client._transport.abandoning import run_until

__all__ = ("Lane", "Lanes", "Threads")

T = TypeVar("T")


class Threads:
    """Runs functions in threads; leaving the `with` block waits for those that run.

    After an interrupt (Ctrl-C), or when the results are not wanted any longer, they do not pause to
    try again.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._abandoned = threading.Event()

    def start(self, limit: int, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """Run a function in a thread, with the context variables of this one.

        Args:
            limit: How many threads there may be; the first call decides.
            work: The function.
            *arguments: Its arguments.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(limit, thread_name_prefix="jamf-pro-client")
        context = contextvars.copy_context()
        return self._pool.submit(context.run, run_until, self._abandoned, work, *arguments)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is not None and not issubclass(exc_type, Exception):
            self._abandoned.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


class Lane:
    """A thread for one piece of work after the other.

    Args:
        abandoned: Set when no result is wanted any longer.
    """

    def __init__(self, abandoned: threading.Event) -> None:
        self._abandoned = abandoned
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="jamf-pro-client")
        self._future: Future[Any] | None = None

    def begin(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Run a function, with the context variables of this thread."""
        context = contextvars.copy_context()
        self._future = self._pool.submit(context.run, run_until, self._abandoned, work, *arguments)

    def result(self) -> Any:
        """Wait for the result and return it; it is not kept."""
        assert self._future is not None  # noqa: S101  # asked for once, after it was begun
        future, self._future = self._future, None
        return future.result()

    def give_up(self) -> bool:
        """Forget the work; return whether nothing of it runs any longer."""
        future, self._future = self._future, None
        return future is None or future.cancel() or future.done()

    def end(self) -> None:
        """Wait until nothing runs; what has not begun never will."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Lanes:
    """Threads of which none goes on while its last result waits to be taken.

    Leaving the `with` block waits for what is on its way, but nothing is tried again after it.

    Memory is kept for each thread by the C library. One that fetched a page while its last one
    waits would have the memory of two for good, and in the end all of them would.
    """

    def __init__(self) -> None:
        self._abandoned = threading.Event()
        self._all: list[Lane] = []
        self._idle: list[Lane] = []

    def start(self, work: Callable[..., Any], *arguments: Any) -> Lane:
        """Run a function in a thread that has nothing to do, a new one if there is none.

        Args:
            work: The function.
            *arguments: Its arguments.
        """
        if self._idle:
            lane = self._idle.pop()
        else:
            lane = Lane(self._abandoned)
            self._all.append(lane)
        lane.begin(work, *arguments)
        return lane

    def free(self, lane: Lane) -> None:
        """Let a thread go on, whose result was taken or is not wanted any longer."""
        if lane.give_up():
            self._idle.append(lane)
        else:
            # Still running: the last one to be chosen.
            self._idle.insert(0, lane)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._abandoned.set()
        for lane in self._all:
            lane.give_up()
        for lane in self._all:
            lane.end()
