"""Reads bodies within bounds: decompressed in small steps, and no more than was allowed.

httpx 0.28 decompresses each chunk of the network at once, so that 300 kB become 300 MB before
anybody can stop it, and neither it nor its successor notices a compressed body that was cut off.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.ending import check_end_of
from jamf_pro_client.errors import InvalidResponseError

if TYPE_CHECKING:
    from jamf_pro_client._transport.inflate import Inflate
    from jamf_pro_client._transport.turns import Turn

__all__ = ("MAX_BYTES", "bound_stream", "read_whole", "read_whole_async")

MAX_BYTES: Final = 64 * 2**20
"""How large a body kept in memory may be, decompressed, unless the caller says otherwise."""

_MAX_CODINGS: Final = 2
# From here on it matters how a body is put together.
_LARGE_BYTES: Final = 262_144
# What a large body is given until its size is known. The GNU C library keeps blocks of up to 32
# MiB for the thread that had them (M_MMAP_THRESHOLD), and those of five threads are many. Larger
# ones go back to the system at once, and take memory only where something was written.
_ROOM_BYTES: Final = 33 * 2**20
# How many chunks a closed connection may still have; a test double could have endless ones.
_MOST_BUFFERED: Final = 1000
# About what one read of a socket gives.
_SMALL_BYTES: Final = 65_536
_HELP: Final = "allow more with max_response_bytes, or use stream() or download() for large bodies"

Deadline = Callable[[], None]


def read_whole(
    response: httpx.Response,
    *,
    max_bytes: int | None = MAX_BYTES,
    deadline: Deadline | None = None,
    what: str | None = None,
) -> None:
    """Read the whole body; from then on the reply is as any other that was read.

    The connection is given back or closed, whatever happens.

    Args:
        response: What a streamed send gave. One that was read before is left alone.
        max_bytes: How large the body may be, decompressed; None is no limit.
        deadline: Called between chunks; what it raises ends the reading.
        what: How the call is named in errors; by default method and path.

    Raises:
        InvalidResponseError: The body is too large or cannot be decompressed.
        httpx.RequestError: It could not be read.
    """
    try:
        reading = _reading(response, max_bytes, deadline, what)
        if reading is not None:
            reading.take_over()
        elif deadline is not None and not response.is_closed:
            from jamf_pro_client._transport.reads import Timed  # with a deadline only

            response.stream = Timed(response, _declared(response) or 0, deadline)
        response.read()
    except BaseException:
        response.close()
        raise
    _check_read(response, max_bytes, what)


async def read_whole_async(
    response: httpx.Response,
    *,
    max_bytes: int | None = MAX_BYTES,
    deadline: Deadline | None = None,
    what: str | None = None,
) -> None:
    """Do as `read_whole` does, without blocking the event loop.

    The deadline is not called for small bodies: a timeout around the call cuts them off as well.
    """
    try:
        reading = _reading(response, max_bytes, deadline, what)
        if reading is None and deadline is not None and not _is_small(response):
            reading = _ReadingWhole(response, max_bytes, deadline, what)
        if reading is not None and not response.is_closed:
            reading.take_over()
        await response.aread()
    except BaseException:
        await response.aclose()
        raise
    _check_read(response, max_bytes, what)


def bound_stream(
    response: httpx.Response,
    *,
    max_bytes: int | None = None,
    deadline: Deadline | None = None,
    what: str | None = None,
) -> None:
    """Let a streamed body be decompressed in small steps, whichever way it is read.

    Raw bytes, headers and the count of downloaded bytes stay as they were sent. Arguments and
    errors are those of `read_whole`, and come while the body is read.

    Args:
        response: What a streamed send gave.
        max_bytes: How large the body may be, decompressed; None is no limit.
        deadline: Called between chunks; what it raises ends the reading.
        what: How the call is named in errors; by default method and path.
    """
    if not response.is_closed:
        _Reading(response, max_bytes, deadline, what).take_over()


def _reading(
    response: httpx.Response, max_bytes: int | None, deadline: Deadline | None, what: str | None
) -> _Reading | None:
    """Return what reads a body in place of httpx; None if httpx reads it as well."""
    if response.is_closed:
        return None
    is_compressed = "content-encoding" in response.headers
    length = _declared(response)
    is_bounded = max_bytes is None or (length is not None and length <= max_bytes)
    is_small = length is not None and length <= _LARGE_BYTES
    if is_bounded and is_small and not is_compressed:
        # No more than what was declared is taken from the network.
        return None
    return _ReadingWhole(response, max_bytes, deadline, what)


def _is_small(response: httpx.Response) -> bool:
    length = _declared(response)
    return length is not None and length <= _SMALL_BYTES


def _declared(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None


def _turn_of_this_call() -> Turn | None:
    from jamf_pro_client._transport.turns import current_turn  # with large bodies only

    return current_turn()


def _check_read(response: httpx.Response, max_bytes: int | None, what: str | None) -> None:
    """Refuse a reply that came with its body in memory, as those of test doubles do."""
    size = len(response.content)
    if max_bytes is not None and size > max_bytes:
        raise _too_large(_name(response, what), f"has {size} bytes", max_bytes)


def _name(response: httpx.Response, what: str | None) -> str:
    request = response.request
    return what or f"{request.method} {request.url.path}"


def _too_large(what: str, size: str, max_bytes: int) -> InvalidResponseError:
    return InvalidResponseError(
        f"{what}: the body {size}, but no more than {max_bytes} bytes are allowed; {_HELP}"
    )


class _Reading:
    """Reads one body in place of the reply's own methods.

    Everything that httpx offers for reading goes through `iter_bytes` or `aiter_bytes`; the reply
    gets others for as long as it is being read.
    """

    def __init__(
        self,
        response: httpx.Response,
        max_bytes: int | None,
        deadline: Deadline | None,
        what: str | None,
    ) -> None:
        self._response = response
        self._max_bytes = max_bytes
        self._deadline = deadline
        # Taken while the request is there: the one that users get has no extensions.
        self._steps = response.request.extensions.get("timeout")
        self._what = what
        self._raw_bytes = 0
        self._layers: list[Inflate] = []

    def take_over(self) -> None:
        if self._deadline is None:
            # A second look at the same body does not lift the first one's deadline.
            before = getattr(vars(self._response).get("iter_bytes"), "__self__", None)
            if isinstance(before, _Reading):
                self._deadline, self._steps = before._deadline, before._steps
        vars(self._response).update(iter_bytes=self.iter_bytes, aiter_bytes=self.aiter_bytes)

    def _let_go(self) -> None:
        for name in ("iter_bytes", "aiter_bytes"):
            vars(self._response).pop(name, None)

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Do as the reply's own method does."""
        from jamf_pro_client._transport.reads import sync_reads  # with the first such body

        sized = _Sized(chunk_size)
        try:
            with sync_reads(self._response, self._steps, self._deadline):
                for raw in self._response.iter_raw():
                    for piece in self._decoded(raw):
                        yield from sized.take(piece)
            self._finish()
            yield from sized.rest()
        finally:
            self._let_go()

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncGenerator[bytes, None]:
        """Do as the reply's own method does."""
        sized = _Sized(chunk_size)
        chunks: Any = self._response.aiter_raw()
        try:
            async for raw in chunks:
                for piece in self._decoded(raw):
                    for part in sized.take(piece):
                        yield part
            self._finish()
            for part in sized.rest():
                yield part
        finally:
            self._let_go()
            await _unwind(self._response, chunks)

    def _decoded(self, raw: bytes) -> Iterable[bytes]:
        if self._deadline is not None:
            self._deadline()
        if not raw:
            return ()
        if not self._raw_bytes:
            self._begin()
        self._raw_bytes += len(raw)
        # Also of compressed bodies: they can go on for ever without a byte in them.
        if self._max_bytes is not None and self._raw_bytes > self._max_bytes:
            raise self._exceeded()
        pieces: Iterable[bytes] = (raw,)
        for layer in self._layers:
            pieces = self._through(layer, pieces)
        return pieces

    def _begin(self) -> None:
        """Look at the headers only now that there is a body: replies to HEAD have none."""
        named = self._response.headers.get("content-encoding", "").lower().split(",")
        codings = [name for name in (n.strip() for n in named) if name not in ("", "identity")]
        if not codings:
            length = _declared(self._response)
            if self._max_bytes is not None and length is not None and length > self._max_bytes:
                raise _too_large(self._name(), f"has {length} bytes", self._max_bytes)
            return
        from jamf_pro_client._transport.inflate import CODINGS, Inflate

        if len(codings) > _MAX_CODINGS:
            raise InvalidResponseError(f"{self._name()}: the body is compressed more than twice")
        if not CODINGS.issuperset(codings):
            raise InvalidResponseError(
                f"{self._name()}: the body is compressed in a way that cannot be kept within "
                f"bounds; accepted are {', '.join(sorted(CODINGS))}"
            )
        self._layers = [Inflate(name) for name in reversed(codings)]

    def _through(self, layer: Inflate, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            for plain in layer.feed(piece):
                if self._max_bytes is not None and layer.size > self._max_bytes:
                    raise self._exceeded()
                yield plain
                if self._deadline is not None:
                    self._deadline()
            if layer.is_broken:
                raise InvalidResponseError(f"{self._name()}: the body cannot be decompressed")

    def _finish(self) -> None:
        if not all(layer.is_complete for layer in self._layers):
            raise InvalidResponseError(f"{self._name()}: the compressed body is cut off")
        check_end_of(self._response)

    def _exceeded(self) -> InvalidResponseError:
        assert self._max_bytes is not None  # noqa: S101  # only then there is something to exceed
        return _too_large(self._name(), "is larger", self._max_bytes)

    def _name(self) -> str:
        return _name(self._response, self._what)


class _ReadingWhole(_Reading):
    """Reads a body that is kept in memory, and gives it as one piece.

    httpx keeps all chunks and joins them in the end, which takes twice the body's memory, and time.
    A single piece is not joined but taken as it is.
    """

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Give the whole body."""
        whole = _Whole(_declared(self._response) or 0)
        for piece in super().iter_bytes(chunk_size):
            has_become_large = whole.add(piece)
            if has_become_large and (turn := _turn_of_this_call()) is not None:
                turn.wait()
        yield whole.value()

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncGenerator[bytes, None]:
        """Give the whole body."""
        from jamf_pro_client._transport.reads import async_reads  # with the first large body

        whole = _Whole(_declared(self._response) or 0)
        with async_reads(self._response):
            # It can be cancelled here, while it waits for its turn.
            async with contextlib.aclosing(super().aiter_bytes(chunk_size)) as pieces:
                async for piece in pieces:
                    has_become_large = whole.add(piece)
                    if has_become_large and (turn := _turn_of_this_call()) is not None:
                        await turn.wait_async()
        yield whole.value()


class _Whole:
    """Puts pieces together where they stay, once there are many."""

    def __init__(self, declared_bytes: int) -> None:
        self._room = max(min(declared_bytes, MAX_BYTES), _ROOM_BYTES)
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._large: BytesIO | None = None

    def add(self, piece: bytes) -> bool:
        """Take a piece; return whether the body has become large with it."""
        if self._large is not None:
            self._large.write(piece)
            return False
        self._pieces.append(piece)
        self._bytes += len(piece)
        if self._bytes <= _LARGE_BYTES:
            return False
        self._large = BytesIO(bytes(self._room))
        self._large.writelines(self._pieces)
        self._pieces.clear()
        return True

    def value(self) -> bytes:
        if self._large is None:
            return b"".join(self._pieces)
        self._large.truncate()
        return self._large.getvalue()


async def _unwind(response: httpx.Response, chunks: Any) -> None:
    """End the async generators that httpx has nested; left to the collector, trio complains.

    They end by themselves when they are asked for more of a closed connection.
    """
    await response.aclose()
    with contextlib.suppress(Exception):
        for _ in range(_MOST_BUFFERED):
            await anext(chunks)
    await chunks.aclose()


class _Sized:
    """Cuts what comes into pieces of one size; the last one can be shorter."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._kept = bytearray()

    def take(self, piece: bytes) -> Iterable[bytes]:
        if self._size is None:
            return (piece,)
        self._kept += piece
        whole = len(self._kept) // self._size * self._size
        ready, self._kept = bytes(self._kept[:whole]), self._kept[whole:]
        return [ready[start : start + self._size] for start in range(0, whole, self._size)]

    def rest(self) -> Iterable[bytes]:
        return (bytes(self._kept),) if self._kept else ()
