"""Timeouts of the steps of a request and its reply, which have to be over at a certain moment."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jamf_pro_client._httpx import httpx

__all__ = ("StepsUntil", "Timed", "reads_of")

# What is waited for without any time is not even looked at.
_LEAST_SECONDS: Final = 0.001


class StepsUntil(Mapping[str, "float | None"]):
    """Seconds for each step, told when the step begins.

    Several steps can use up the time together, which fixed seconds for each would not notice:
    a token, a connection, the first byte and the rest.

    Args:
        told: The seconds that each step may take by itself; None is no limit.
        ends_at: When all of them have to be over, on the monotonic clock.
    """

    def __init__(self, told: Mapping[str, float | None], ends_at: float) -> None:
        self._told = told
        self._ends_at = ends_at

    def __getitem__(self, step: str) -> float | None:
        # Callers may name some of the steps only.
        told = self._told.get(step)
        left = max(_LEAST_SECONDS, self._ends_at - time.monotonic())
        return left if told is None else min(told, left)

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def reads_of(
    response: httpx.Response, deadline: Callable[[], None]
) -> contextlib.AbstractContextManager[None]:
    """Return a context in which each read of a body takes no longer than there is time left.

    httpcore asks for the timeout once, when a body begins: one that stalls near the deadline would
    be waited for as long again. With HTTP/2, where calls share the connection, it asks anew.

    Args:
        response: What a sync send gave, not read.
        deadline: Raises the error to raise when the time is over.
    """
    steps = response.request.extensions.get("timeout")
    stream = response.extensions.get("network_stream")
    shared = response.extensions.get("http_version") == b"HTTP/2"
    if shared or type(steps) is not StepsUntil or not hasattr(stream, "__dict__"):
        return contextlib.nullcontext()
    return _Reads(stream, steps, deadline)


class _Reads(contextlib.AbstractContextManager[None]):
    """Reads of one connection, each within the time that is left."""

    def __init__(self, stream: Any, steps: StepsUntil, deadline: Callable[[], None]) -> None:
        self._stream = stream
        self._steps = steps
        self._deadline = deadline
        self._reader = 0
        self._ordinary: Callable[[int, float | None], bytes] = stream.read

    def __enter__(self) -> None:
        self._reader = threading.get_ident()
        vars(self._stream)["read"] = self._read

    def __exit__(self, *_: object) -> None:
        if vars(self._stream).get("read") == self._read:
            del vars(self._stream)["read"]

    def _read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # When a body ends, the next call can have its connection before it is let go of here.
        if threading.get_ident() != self._reader:
            return self._ordinary(max_bytes, timeout)
        try:
            return self._ordinary(max_bytes, self._steps["read"])
        except Exception as error:
            failure = error
        # Outside of the handler, so that the first error is not attached.
        try:
            self._deadline()
            raise failure
        finally:
            del failure


class Timed(httpx.SyncByteStream):
    """A short body that has to come before a deadline.

    Args:
        response: What a sync send gave, not read.
        length: How many bytes it declares.
        deadline: Called after each chunk of the network; raises when the time is over.
    """

    def __init__(self, response: httpx.Response, length: int, deadline: Callable[[], None]) -> None:
        self._response = response
        self._length = length
        self._stream: Any = response.stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        chunks = iter(self._stream)
        for chunk in chunks:
            self._deadline()
            yield chunk
            if len(chunk) < self._length:
                break
        else:
            return
        # Few short bodies get here: the rest comes later than the first part.
        with reads_of(self._response, self._deadline):
            for chunk in chunks:
                self._deadline()
                yield chunk

    def close(self) -> None:
        self._stream.close()
