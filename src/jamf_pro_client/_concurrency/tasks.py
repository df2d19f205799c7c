"""Background tasks of asyncio or trio that belong to an iterator.

A nursery cannot stay open between two steps of an iterator, so each task has its own scope, and
the iterator ends them: when it is over, fails, is closed, or is dropped in the middle of a loop.
"""

from __future__ import annotations

import contextvars
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from jamf_pro_client._transport.loops import runs_in_trio
from jamf_pro_client._transport.signals import task_signal

if TYPE_CHECKING:
    from jamf_pro_client._transport.signals import AsyncSignal

__all__ = ("Job", "Jobs", "Stream")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Job(Generic[T]):
    """A background task and what came of it."""

    __slots__ = ("_error", "_has_ended", "_stop", "_value", "is_done", "watchers")

    def __init__(self) -> None:
        self.is_done = False
        self._has_ended = False
        self.watchers: list[AsyncSignal] = []
        """Told when it is done."""
        self._value: T | None = None
        self._error: BaseException | None = None
        self._stop: Callable[[], Any] | None = None

    def start(self, work: Callable[..., Awaitable[T]], arguments: tuple[Any, ...]) -> None:
        """Start it in the running loop.

        Args:
            work: What it does; with the context variables of this task.
            arguments: Of *work*.
        """
        if not runs_in_trio():
            import asyncio

            task = asyncio.ensure_future(self._run(work, arguments))
            self._stop = task.cancel
            # A task that is cancelled before its first step does not run at all.
            task.add_done_callback(self._finish)
            return
        import trio

        scope = trio.CancelScope()
        self._stop = scope.cancel

        async def scoped() -> None:
            try:
                with scope:
                    await self._run(work, arguments)
            finally:
                self._finish()

        trio.lowlevel.spawn_system_task(scoped, context=contextvars.copy_context())

    def stop(self) -> None:
        """Cancel it; it ends soon."""
        if self._stop is not None and not self.is_done:
            self._stop()

    def result(self) -> T:
        """Return its value or raise its error; once only, because it keeps neither.

        Raises:
            RuntimeError: It was cancelled, and not by whoever waits for it.
        """
        value, error, self._value, self._error = self._value, self._error, None, None
        if error is not None:
            raise error
        if not self._has_ended:
            raise RuntimeError(
                "a call was cancelled from outside: its event loop has ended, or it raised a "
                "cancellation of its own"
            )
        return value  # type: ignore[return-value]  # it is done, and there was no error

    async def _run(self, work: Callable[..., Awaitable[T]], arguments: tuple[Any, ...]) -> None:
        try:
            self._value = await work(*arguments)
            self._has_ended = True
        except Exception as error:
            self._error = error

    def _finish(self, _task: object = None) -> None:
        self.is_done, self._stop = True, None
        for watcher in self.watchers:
            watcher.wake()


class Jobs:
    """The tasks of one iterator."""

    def __init__(self) -> None:
        self._running: set[Job[Any]] = set()

    def start(self, work: Callable[..., Awaitable[T]], *arguments: Any) -> Job[T]:
        """Start a task in the running loop.

        Args:
            work: What it does.
            *arguments: Of *work*.
        """
        job: Job[T] = Job()
        self._running = {one for one in self._running if not one.is_done}
        self._running.add(job)
        job.start(work, arguments)
        return job

    async def wait_for_any(self, jobs: list[Job[T]]) -> Job[T]:
        """Return the first of these that is done, as soon as there is one."""
        while True:
            for job in jobs:
                if job.is_done:
                    return job
            signal = task_signal()
            for job in jobs:
                job.watchers.append(signal)
            try:
                await signal.wait()
            finally:
                for job in jobs:
                    job.watchers.remove(signal)

    def stop(self) -> None:
        """Cancel all of them; they end soon."""
        for job in self._running:
            # The loop may be gone, or this may be another thread.
            try:
                job.stop()
            except (AttributeError, RuntimeError):
                continue

    async def end(self) -> None:
        """Cancel all of them and wait until they have ended."""
        self.stop()
        if runs_in_trio():
            import trio

            with trio.CancelScope(shield=True):
                await self._ended()
        else:
            await self._ended()

    async def _ended(self) -> None:
        while self._running:
            ended = await self.wait_for_any(list(self._running))
            self._running.discard(ended)


class Stream(AsyncIterator[T_co]):
    """An async iterator whose background tasks end with it.

    Breaking out of the loop ends them soon; `async with` or `aclose` wait until they have ended.
    """

    def __init__(self) -> None:
        self._jobs = Jobs()
        self._is_over = False
        self._is_awaited = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T_co:
        if self._is_awaited:
            raise RuntimeError(
                "another task already waits for the next item; give each task its own iterator"
            )
        if self._is_over:
            raise StopAsyncIteration
        self._is_awaited = True
        try:
            return await self._next()
        except BaseException:
            await self.aclose()
            raise
        finally:
            self._is_awaited = False

    async def aclose(self) -> None:
        """End the iteration and wait until nothing runs any more."""
        self._is_over = True
        await self._jobs.end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        # At the end of the interpreter there may be nothing left to stop with.
        if not sys.is_finalizing() and hasattr(self, "_jobs"):
            self._jobs.stop()

    async def _next(self) -> T_co:
        raise NotImplementedError
