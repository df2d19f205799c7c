"""Waking a thread or a task from any other thread; loaded when somebody first has to wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jamf_pro_client._transport.loops import runs_in_trio

if TYPE_CHECKING:
    import asyncio

__all__ = ("AsyncSignal", "Signal", "ThreadSignal", "task_signal")


class ThreadSignal:
    """What one thread waits for."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def wake(self) -> bool:
        """Tell the thread."""
        self._event.set()
        return True

    def wait(self, timeout: float | None = None) -> None:
        """Return when it was told, or when *timeout* seconds are over."""
        self._event.wait(timeout)


class _AsyncioSignal:
    """What one task of asyncio waits for."""

    __slots__ = ("_future", "_loop")

    def __init__(self) -> None:
        import asyncio  # loaded by whoever runs the loop

        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[None] = self._loop.create_future()

    def wake(self) -> bool:
        """Tell the task; False when its event loop is gone."""
        try:
            self._loop.call_soon_threadsafe(self._resolve)
        except RuntimeError:  # the loop is closed
            return False
        return True

    async def wait(self, timeout: float | None = None) -> None:
        """Return when it was told, or when *timeout* seconds are over."""
        import asyncio

        if timeout is None:
            await self._future
        else:
            await asyncio.wait((self._future,), timeout=timeout)

    def _resolve(self) -> None:
        if not self._future.done():
            self._future.set_result(None)


class _TrioSignal:
    """What one task of trio waits for."""

    __slots__ = ("_event", "_token")

    def __init__(self) -> None:
        import trio  # loaded by whoever runs it

        self._token = trio.lowlevel.current_trio_token()
        self._event = trio.Event()

    def wake(self) -> bool:
        """Tell the task; False when its run has ended."""
        try:
            self._token.run_sync_soon(self._event.set)
        except RuntimeError:  # trio.RunFinishedError
            return False
        return True

    async def wait(self, timeout: float | None = None) -> None:
        """Return when it was told, or when *timeout* seconds are over."""
        import trio

        if timeout is None:
            await self._event.wait()
        else:
            with trio.move_on_after(max(0.0, timeout)):
                await self._event.wait()


AsyncSignal = _AsyncioSignal | _TrioSignal
Signal = ThreadSignal | AsyncSignal


def task_signal() -> AsyncSignal:
    """Return what the running task can wait for."""
    return _TrioSignal() if runs_in_trio() else _AsyncioSignal()
