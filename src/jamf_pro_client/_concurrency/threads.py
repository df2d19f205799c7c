"""Threads that are gone when their work is."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

__all__ = ("Threads",)

T = TypeVar("T")


class Threads:
    """Runs functions in threads; leaving the `with` block waits for those that run."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def start(self, limit: int, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """Run a function in a thread, with the context variables of this one.

        Args:
            limit: How many threads there may be; the first call decides.
            work: The function.
            *arguments: Its arguments.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(limit, thread_name_prefix="jamf-pro-client")
        return self._pool.submit(contextvars.copy_context().run, work, *arguments)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
