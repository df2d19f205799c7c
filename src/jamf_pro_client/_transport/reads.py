"""How a connection is read while a body comes: how much at once, and until when."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.steps_until import StepsUntil

__all__ = ("Timed", "async_reads", "sync_reads")

# httpcore asks for 64 KiB at once, also when a head comes. The C library cuts the block for it to
# what came, and what is left of it is too small for the next 64 KiB, so that the heap that it keeps
# for each thread grows. A little less fits in.
_SYNC_BYTES: Final = 61_440
# What asyncio takes from a socket at once. Each time some ten coroutines run, and anyio copies the
# rest: with 64 KiB a page of 7 MB takes a sixth more time.
_ASYNC_BYTES: Final = 262_144


def sync_reads(
    response: httpx.Response, steps: object, deadline: Callable[[], None] | None
) -> contextlib.AbstractContextManager[None]:
    """Return a context in which a body is read in parts that fit, each in the time that is left.

    httpcore asks for the timeout once, when a body begins: one that stalls near the deadline would
    be waited for as long again.

    Args:
        response: What a sync send gave, not read.
        steps: The timeouts that it was sent with.
        deadline: Raises the error to raise when the time is over; None is no limit.
    """
    stream = _connection_of(response)
    if stream is None:
        return contextlib.nullcontext()
    return _Reads(stream, steps if isinstance(steps, StepsUntil) else None, deadline)


@contextlib.contextmanager
def async_reads(response: httpx.Response) -> Iterator[None]:
    """Let a connection give as much at once as there is, while a body is read.

    Args:
        response: What an async send gave, not read.
    """
    stream = _connection_of(response)
    if stream is None:
        yield
        return
    ordinary = stream.read

    async def read(max_bytes: int, timeout: float | None = None) -> bytes:
        given: bytes = await ordinary(max(max_bytes, _ASYNC_BYTES), timeout)
        return given

    vars(stream)["read"] = read
    try:
        yield
    finally:
        # When a body ends, the next call can have its connection already.
        if vars(stream).get("read") is read:
            vars(stream).pop("read", None)


def _connection_of(response: httpx.Response) -> Any:
    """Return what a reply alone is read from; None with HTTP/2, where calls share a connection."""
    stream = response.extensions.get("network_stream")
    is_shared = response.extensions.get("http_version") == b"HTTP/2"
    # A test double has none, and those of other transports can be anything.
    is_usual = hasattr(stream, "__dict__") and callable(getattr(stream, "read", None))
    return stream if is_usual and not is_shared else None


class _Reads(contextlib.AbstractContextManager[None]):
    """Reads of one connection.

    Args:
        stream: The connection.
        steps: Tell the time that is left; None is what httpcore says.
        deadline: Raises the error to raise when there is none left.
    """

    def __init__(
        self,
        stream: Any,
        steps: Mapping[str, float | None] | None,
        deadline: Callable[[], None] | None,
    ) -> None:
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
            vars(self._stream).pop("read", None)

    def _read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # When a body ends, the next call can have its connection before it is let go of here.
        if threading.get_ident() != self._reader:
            return self._ordinary(max_bytes, timeout)
        left = timeout if self._steps is None else self._steps["read"]
        try:
            return self._ordinary(min(max_bytes, _SYNC_BYTES), left)
        except Exception as error:
            failure = error
        # Outside of the handler, so that the first error is not attached.
        try:
            if self._deadline is not None:
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
        self._steps = response.request.extensions.get("timeout")
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
        with sync_reads(self._response, self._steps, self._deadline):
            for chunk in chunks:
                self._deadline()
                yield chunk

    def close(self) -> None:
        self._stream.close()
